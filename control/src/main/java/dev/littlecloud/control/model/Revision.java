package dev.littlecloud.control.model;

import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/**
 * One immutable version of a service.
 *
 * @param number from 1 on
 * @param reason why it failed
 * @param imageId what the image's name meant when it was deployed
 * @param manifest digest in the registry it came from, if it came from one
 */
public record Revision(
        int number,
        State state,
        Optional<String> reason,
        Optional<String> imageId,
        Optional<String> manifest,
        ServiceSpec spec,
        Instant createdAt,
        Optional<Instant> readyAt) {
    /** How far a revision is. */
    public enum State {
        PENDING,
        PULLING,
        STARTING,
        READY,
        FAILED,
        /** A newer one came before this was ready. */
        SUPERSEDED;

        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }

        public static State of(String text) {
            return valueOf(text.toUpperCase(Locale.ROOT));
        }

        /** Whether nothing more will happen to it. */
        public boolean isFinal() {
            return this == READY || this == FAILED || this == SUPERSEDED;
        }
    }
}
