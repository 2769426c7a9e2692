package dev.littlecloud.kernel.freeze;

/** An instance cannot be frozen now. It goes on as it was. */
public class FreezingException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public FreezingException(String message) {
        super(message);
    }
}
