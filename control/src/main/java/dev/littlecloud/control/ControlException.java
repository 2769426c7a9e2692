package dev.littlecloud.control;

import java.util.Map;

/** A request that is refused. The message is one line: what is wrong, what to do. */
public final class ControlException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ControlError error;
    private final transient Map<String, Object> details;

    public ControlException(ControlError error, String message) {
        this(error, message, Map.of());
    }

    /**
     * A refusal with facts for programs.
     *
     * @param details become JSON
     */
    public ControlException(ControlError error, String message, Map<String, Object> details) {
        super(message);
        this.error = error;
        this.details = Map.copyOf(details);
    }

    public ControlError error() {
        return error;
    }

    public Map<String, Object> details() {
        return details;
    }

    public static ControlException badRequest(String message) {
        return new ControlException(ControlError.BAD_REQUEST, message);
    }

    public static ControlException notFound(String message) {
        return new ControlException(ControlError.NOT_FOUND, message);
    }
}
