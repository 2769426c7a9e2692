package dev.littlecloud.image;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import org.jspecify.annotations.Nullable;

/** Any failure of this module. The message is one line for the user: what is wrong, what to do. */
public final class ImageException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ErrorCode code;
    private final String message;

    public ImageException(ErrorCode code, String message) {
        this(code, message, null);
    }

    public ImageException(ErrorCode code, String message, @Nullable Throwable cause) {
        this(code, cause, oneLine(message));
    }

    private ImageException(ErrorCode code, @Nullable Throwable cause, String message) {
        super(message, cause);
        this.code = code;
        this.message = message;
    }

    @Override
    public String getMessage() {
        return message;
    }

    public ErrorCode code() {
        return code;
    }

    public static ImageException malformed(String message) {
        return new ImageException(ErrorCode.MALFORMED, message);
    }

    /** Turns a failed read or write of the data directory, or of a file named by the user, around. */
    public static ImageException io(String action, IOException cause) {
        if (isDiskFull(cause)) {
            return new ImageException(
                    ErrorCode.DISK_FULL,
                    action
                            + ": no space left on the disk; free some, remove images with"
                            + " 'littlecloud image rm', or set LITTLECLOUD_DATA to another disk",
                    cause);
        }
        if (cause instanceof NoSuchFileException) {
            return new ImageException(
                    ErrorCode.NOT_FOUND, action + ": no such file: " + cause.getMessage(), cause);
        }
        if (cause instanceof AccessDeniedException) {
            return new ImageException(
                    ErrorCode.STORAGE,
                    action + ": permission denied: " + cause.getMessage(),
                    cause);
        }
        return new ImageException(ErrorCode.STORAGE, action + ": " + reason(cause), cause);
    }

    private static boolean isDiskFull(IOException cause) {
        String reason = reason(cause);
        return reason.contains("No space left on device")
                || reason.contains("Disk quota exceeded")
                || reason.contains("File too large");
    }

    private static String reason(IOException cause) {
        if (cause instanceof FileSystemException failure && failure.getReason() != null) {
            return failure.getReason() + ": " + failure.getFile();
        }
        String message = cause.getMessage();
        return message == null ? cause.getClass().getSimpleName() : message;
    }

    /** Names from hostile images end up in messages: no control characters reach a terminal. */
    private static String oneLine(String message) {
        StringBuilder text = new StringBuilder(message.length());
        for (int i = 0; i < message.length(); i++) {
            char c = message.charAt(i);
            if (c < 0x20 || (c >= 0x7f && c < 0xa0)) {
                text.append(String.format("\\x%02x", (int) c));
            } else {
                text.append(c);
            }
        }
        return text.toString();
    }
}
