package dev.littlecloud.registry;

/** A request that is refused. The message is one line for the person behind the client. */
public final class RegistryException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final RegistryErrorCode code;

    RegistryException(RegistryErrorCode code, String message) {
        super(message);
        this.code = code;
    }

    RegistryException(RegistryErrorCode code, String message, Throwable cause) {
        super(message, cause);
        this.code = code;
    }

    public RegistryErrorCode code() {
        return code;
    }
}
