package dev.littlecloud.kernel.freeze;

/** What an instance was frozen with is not there any more. */
public final class ThawingException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public ThawingException(String message) {
        super(message);
    }
}
