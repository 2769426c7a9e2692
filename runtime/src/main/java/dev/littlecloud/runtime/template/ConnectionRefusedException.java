package dev.littlecloud.runtime.template;

import java.io.IOException;

/** Nobody listens where a connection should go. */
public final class ConnectionRefusedException extends IOException {
    private static final long serialVersionUID = 1L;

    public ConnectionRefusedException(String message) {
        super(message);
    }
}
