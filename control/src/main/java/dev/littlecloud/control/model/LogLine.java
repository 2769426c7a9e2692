package dev.littlecloud.control.model;

import java.time.Instant;

/**
 * A line that an instance wrote.
 *
 * @param id grows over all services
 * @param isError whether to standard error
 */
public record LogLine(long id, Instant at, String instance, boolean isError, String text) {}
