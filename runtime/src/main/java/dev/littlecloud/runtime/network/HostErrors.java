package dev.littlecloud.runtime.network;

import dev.littlecloud.kernel.Errno;
import java.io.IOException;
import java.util.Map;

/** Errno of the host's network errors. Java tells them by strerror(3)'s text only. */
final class HostErrors {
    private static final Map<String, Integer> BY_TEXT =
            Map.ofEntries(
                    Map.entry("Connection reset", Errno.ECONNRESET),
                    Map.entry("Connection reset by peer", Errno.ECONNRESET),
                    Map.entry("Broken pipe", Errno.EPIPE),
                    Map.entry("Connection refused", Errno.ECONNREFUSED),
                    Map.entry("Connection timed out", Errno.ETIMEDOUT),
                    Map.entry("No route to host", Errno.EHOSTUNREACH),
                    Map.entry("Host is down", Errno.EHOSTUNREACH),
                    Map.entry("Network is unreachable", Errno.ENETUNREACH),
                    Map.entry("Network is down", Errno.ENETDOWN),
                    Map.entry("Permission denied", Errno.EACCES),
                    Map.entry("Operation not permitted", Errno.EPERM),
                    Map.entry("Invalid argument", Errno.EINVAL),
                    Map.entry("Message too long", Errno.EMSGSIZE),
                    Map.entry("No buffer space available", Errno.ENOBUFS),
                    Map.entry("Cannot assign requested address", Errno.EADDRNOTAVAIL),
                    Map.entry("Too many open files", Errno.ENOBUFS));

    private HostErrors() {}

    static int errno(IOException failure) {
        String message = failure.getMessage();
        if (message == null) {
            return Errno.EIO;
        }
        Integer known = BY_TEXT.get(message);
        if (known != null) {
            return known;
        }
        for (Map.Entry<String, Integer> entry : BY_TEXT.entrySet()) {
            if (message.startsWith(entry.getKey())) {
                return entry.getValue();
            }
        }
        return Errno.EIO;
    }
}
