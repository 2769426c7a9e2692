package dev.littlecloud.runtime;

import org.jspecify.annotations.Nullable;

/** An instance could not be made. The message is one line for the user, with the way out. */
public final class InstanceException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public InstanceException(String message) {
        this(message, null);
    }

    public InstanceException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
