package dev.littlecloud.cli.cloud;

/** A command could not be done. The message is one line for the user. */
public sealed class CloudException extends RuntimeException permits BrokenStreamException {
    private static final long serialVersionUID = 1L;

    private final int exitCode;

    CloudException(int exitCode, String message) {
        super(message);
        this.exitCode = exitCode;
    }

    /** One of {@link dev.littlecloud.cli.ExitCodes}. */
    public int exitCode() {
        return exitCode;
    }
}
