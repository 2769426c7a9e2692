package dev.littlecloud.control.model;

import java.time.Instant;
import java.util.Optional;

/**
 * A service in the state.
 *
 * @param version changes with each change; what ETags are made of
 * @param serving number of the revision that answers requests
 * @param latest the newest revision
 */
public record ServiceRecord(
        String name,
        String owner,
        ServiceSpec spec,
        long version,
        Optional<Integer> serving,
        Revision latest,
        Instant createdAt,
        Instant updatedAt) {
    public String etag() {
        return "\"" + version + "\"";
    }
}
