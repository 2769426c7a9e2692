package dev.littlecloud.control.model;

import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/**
 * Something that happened to a service.
 *
 * @param id grows
 * @param message a sentence: what, and why
 */
public record Event(
        long id,
        Instant at,
        String service,
        Optional<Integer> revision,
        Optional<String> instance,
        Kind kind,
        String message) {
    /** What kinds of things happen. */
    public enum Kind {
        SERVICE_CREATED,
        SERVICE_CHANGED,
        SERVICE_REMOVED,
        REVISION_READY,
        REVISION_FAILED,
        REVISION_SUPERSEDED,
        INSTANCE_STARTED,
        INSTANCE_ENDED,
        INSTANCE_CRASHED,
        /** An idle instance could not be frozen, and goes on running. */
        FREEZE_FAILED,
        /** What was kept on disk of a revision cannot be used, or could not be written. */
        SNAPSHOT_LOST,
        CRASH_LOOP;

        public String text() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }

        public static Kind of(String text) {
            return valueOf(text.toUpperCase(Locale.ROOT).replace('-', '_'));
        }
    }
}
