package dev.littlecloud.image.registry;

import dev.littlecloud.image.ErrorCode;
import dev.littlecloud.image.ImageException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.security.cert.CertPathBuilderException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;

/** What goes wrong with registries, in words. */
public final class RegistryErrors {
    private static final int MOST_CHARACTERS = 200;

    /** A peek at {@code {"errors":[{"message":"..."}]}}, which may be cut off or no JSON at all. */
    private static final Pattern MESSAGE = Pattern.compile("\"message\"\\s*:\\s*\"([^\"]*)\"");

    private RegistryErrors() {}

    /** The message of a registry's error, in brackets; nothing where there is none. */
    static String text(String body) {
        Matcher message = MESSAGE.matcher(body);
        if (!message.find()) {
            return "";
        }
        String text = message.group(1);
        return " (" + text.substring(0, Math.min(text.length(), MOST_CHARACTERS)) + ")";
    }

    public static ImageException unreachable(String registry, @Nullable Exception cause) {
        String why =
                switch (cause) {
                    case HttpConnectTimeoutException e -> "it does not answer";
                    case ConnectException e
                            when e.getCause() instanceof UnresolvedAddressException ->
                            "there is no such host";
                    case ConnectException e -> "nothing listens there; is it running?";
                    case UnknownHostException e -> "there is no such host";
                    case SSLHandshakeException e when isUntrusted(e) ->
                            "nobody trusted here vouches for its certificate; if the registry is"
                                    + " yours, put its authority's certificate into"
                                    + " /etc/docker/certs.d/"
                                    + registry
                                    + "/ca.crt";
                    case SSLException e -> "TLS failed: " + e.getMessage();
                    case null -> "it does not answer";
                    default -> String.valueOf(cause.getMessage());
                };
        return new ImageException(
                ErrorCode.NETWORK, "cannot reach the registry " + registry + ": " + why, cause);
    }

    private static boolean isUntrusted(SSLHandshakeException failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof CertPathBuilderException) {
                return true;
            }
        }
        return false;
    }
}
