package dev.littlecloud.kernel.freeze;

/** An object was found that cannot be frozen. */
public final class UnknownTypeException extends FreezingException {
    private static final long serialVersionUID = 1L;

    public UnknownTypeException(String message) {
        super(message);
    }
}
