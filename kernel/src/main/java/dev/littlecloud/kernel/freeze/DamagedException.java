package dev.littlecloud.kernel.freeze;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** What was written down cannot be used: it is damaged, or of another build. */
public final class DamagedException extends IOException {
    private static final long serialVersionUID = 1L;

    public DamagedException(String message) {
        this(message, null);
    }

    public DamagedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
