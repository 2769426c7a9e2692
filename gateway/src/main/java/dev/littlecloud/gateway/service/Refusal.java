package dev.littlecloud.gateway.service;

/**
 * A request cannot be answered, and why. Part of normal operation, so without a stack trace. The
 * message is for the developer of the service and reaches clients: no secrets.
 */
public final class Refusal extends Exception {
    private static final long serialVersionUID = 1;

    private final Reason reason;

    public Refusal(Reason reason, String message) {
        super(message, null, false, false);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }

    @Override
    public String getMessage() {
        String message = super.getMessage();
        return message == null ? reason.phrase() : message;
    }
}
