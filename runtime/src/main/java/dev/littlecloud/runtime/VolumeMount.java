package dev.littlecloud.runtime;

import java.nio.file.Path;

/**
 * A directory or file of the host that the guest sees.
 *
 * @param hostPath absolute
 * @param guestPath absolute, without {@code .} and {@code ..}
 */
public record VolumeMount(Path hostPath, String guestPath, boolean readOnly) {
    public VolumeMount {
        if (!hostPath.isAbsolute()) {
            throw new IllegalArgumentException(
                    "the host path '%s' is not absolute".formatted(hostPath));
        }
        if (!guestPath.startsWith("/")) {
            throw new IllegalArgumentException(
                    "the guest path '%s' is not absolute".formatted(guestPath));
        }
    }

    /**
     * Reads {@code HOST:GUEST[:ro|rw]}, as {@code docker run -v}.
     *
     * @param directory what a relative host path starts from
     */
    public static VolumeMount parse(String text, Path directory) {
        String[] parts = text.split(":", -1);
        if (parts.length < 2 || parts.length > 3 || parts[0].isEmpty()) {
            throw new IllegalArgumentException(
                    "'%s' is not HOST:GUEST[:ro]; write for example ./site:/usr/share/nginx/html:ro"
                            .formatted(text));
        }
        boolean readOnly =
                switch (parts.length == 3 ? parts[2] : "rw") {
                    case "ro" -> true;
                    case "rw" -> false;
                    default ->
                            throw new IllegalArgumentException(
                                    "'%s' in '%s' is not a mode; write ro or rw"
                                            .formatted(parts[2], text));
                };
        if (!parts[0].startsWith("/") && !parts[0].startsWith(".") && !parts[0].contains("/")) {
            throw new IllegalArgumentException(
                    "'%s' in '%s' names no path of the host; write ./%s or an absolute path"
                            .formatted(parts[0], text, parts[0]));
        }
        if (!parts[1].startsWith("/")) {
            throw new IllegalArgumentException(
                    "'%s' in '%s' must be an absolute path of the guest".formatted(parts[1], text));
        }
        String guestPath = Path.of(parts[1]).normalize().toString();
        if (guestPath.equals("/")) {
            throw new IllegalArgumentException(
                    "'%s' would hide the image: mount below /".formatted(text));
        }
        return new VolumeMount(directory.resolve(parts[0]).normalize(), guestPath, readOnly);
    }
}
