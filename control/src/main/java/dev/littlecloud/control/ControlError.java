package dev.littlecloud.control;

import java.util.Locale;

/** What kind of trouble a {@link ControlException} reports, and the HTTP status it becomes. */
public enum ControlError {
    BAD_REQUEST(400),
    UNAUTHORIZED(401),
    FORBIDDEN(403),
    NOT_FOUND(404),
    METHOD_NOT_ALLOWED(405),
    CONFLICT(409),
    /** Something else still needs it. */
    IN_USE(409),
    /** It changed since it was seen. */
    VERSION_CONFLICT(412),
    QUOTA_EXCEEDED(403),
    TOO_LARGE(413),
    IDEMPOTENCY_KEY_REUSED(422),
    STORAGE_FULL(507),
    INTERNAL(500);

    private final int status;

    ControlError(int status) {
        this.status = status;
    }

    public int status() {
        return status;
    }

    /** As programs see it: {@code not-found}. */
    public String code() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
