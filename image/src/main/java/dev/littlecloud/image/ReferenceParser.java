package dev.littlecloud.image;

import dev.littlecloud.image.ImageReference.DockerArchive;
import dev.littlecloud.image.ImageReference.LocalId;
import dev.littlecloud.image.ImageReference.OciArchive;
import dev.littlecloud.image.ImageReference.OciLayout;
import dev.littlecloud.image.ImageReference.RegistryName;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;

/** The grammar of references: transports as skopeo writes them, names as Docker does. */
final class ReferenceParser {
    private static final int NAME_LENGTH = 255;
    private static final int TAG_LENGTH = 128;
    private static final int SHORTEST_ID = 4;

    private ReferenceParser() {}

    static ImageReference parse(String text) {
        if (text.isBlank()) {
            throw invalid(text, "it is empty");
        }
        int colon = text.indexOf(':');
        String rest = text.substring(colon + 1);
        return switch (colon < 0 ? "" : text.substring(0, colon)) {
            case "docker-archive" -> dockerArchive(text, rest);
            case "oci" -> {
                PathAndTag at = pathAndTag(text, rest);
                yield new OciLayout(at.path, at.tag);
            }
            case "oci-archive" -> {
                PathAndTag at = pathAndTag(text, rest);
                yield new OciArchive(at.path, at.tag);
            }
            case "docker" -> {
                if (!rest.startsWith("//")) {
                    // A repository called "docker" with a tag.
                    yield name(text);
                }
                yield name(rest.substring(2));
            }
            case "sha256" -> localId(text, rest);
            default -> name(text);
        };
    }

    private static ImageReference dockerArchive(String text, String rest) {
        PathAndTag at = pathAndTag(text, rest);
        return new DockerArchive(at.path, at.tag.map(ReferenceParser::name));
    }

    private static ImageReference localId(String text, String hex) {
        if (hex.length() < SHORTEST_ID || hex.length() > 64 || !Digest.isLowerCaseHex(hex)) {
            throw invalid(text, "an image id is sha256: and 4 to 64 lower-case hex digits");
        }
        return new LocalId(hex);
    }

    private record PathAndTag(Path path, Optional<String> tag) {}

    /**
     * A path may hold colons itself, so it is the whole where such a file exists, else what is
     * before the first colon that leaves an existing file; a path that is nowhere ends at its first
     * colon.
     */
    private static PathAndTag pathAndTag(String text, String rest) {
        if (rest.isEmpty()) {
            throw invalid(text, "the path is missing");
        }
        try {
            int colon = Files.exists(Path.of(rest)) ? -1 : rest.indexOf(':');
            for (int at = colon; at > 0; at = rest.indexOf(':', at + 1)) {
                if (Files.exists(Path.of(rest.substring(0, at)))) {
                    colon = at;
                    break;
                }
            }
            if (colon < 0) {
                return new PathAndTag(Path.of(rest), Optional.empty());
            }
            String tag = rest.substring(colon + 1);
            if (colon == 0 || tag.isEmpty()) {
                throw invalid(text, "one side of the ':' is missing");
            }
            return new PathAndTag(Path.of(rest.substring(0, colon)), Optional.of(tag));
        } catch (InvalidPathException e) {
            throw new ImageException(
                    ErrorCode.INVALID_REFERENCE, "'" + text + "' holds an impossible path", e);
        }
    }

    /** A registry name, Docker's short forms included. */
    static RegistryName name(String text) {
        String rest = text;
        Optional<Digest> digest = Optional.empty();
        int at = rest.indexOf('@');
        if (at >= 0) {
            String written = rest.substring(at + 1);
            digest = Digest.tryParse(written);
            if (digest.isEmpty()) {
                throw invalid(
                        text, "'" + written + "' is not a digest like sha256:<64 hex digits>");
            }
            rest = rest.substring(0, at);
        }
        Optional<String> tag = Optional.empty();
        int colon = rest.lastIndexOf(':');
        if (colon > rest.lastIndexOf('/')) {
            String written = rest.substring(colon + 1);
            requireTag(text, written);
            tag = Optional.of(written);
            rest = rest.substring(0, colon);
        }
        int slash = rest.indexOf('/');
        String first = slash < 0 ? "" : rest.substring(0, slash);
        String registry;
        String repository;
        if (isRegistryHost(first)) {
            requireHost(text, first);
            registry = first.equals("index.docker.io") ? RegistryName.DOCKER_HUB : first;
            repository = rest.substring(slash + 1);
        } else {
            registry = RegistryName.DOCKER_HUB;
            repository = rest;
        }
        if (registry.equals(RegistryName.DOCKER_HUB) && repository.indexOf('/') < 0) {
            repository = "library/" + repository;
        }
        requireRepository(text, repository);
        if (registry.length() + 1 + repository.length() > NAME_LENGTH) {
            throw invalid(text, "a name has at most " + NAME_LENGTH + " characters");
        }
        if (tag.isEmpty() && digest.isEmpty()) {
            tag = Optional.of("latest");
        }
        return new RegistryName(registry, repository, tag, digest);
    }

    /** Docker's rule for telling {@code host/name} from {@code user/name}. */
    private static boolean isRegistryHost(String first) {
        return first.indexOf('.') >= 0
                || first.indexOf(':') >= 0
                || first.equals("localhost")
                || first.chars().anyMatch(c -> c >= 'A' && c <= 'Z');
    }

    private static void requireHost(String text, String host) {
        String name = host;
        if (host.startsWith("[")) {
            int end = host.indexOf(']');
            if (end < 0) {
                throw invalid(text, "the IPv6 address of the registry has no ']'");
            }
            String address = host.substring(1, end);
            if (address.isEmpty() || !address.chars().allMatch(c -> isHex(c) || c == ':')) {
                throw invalid(text, "'" + host + "' is not an IPv6 address");
            }
            name = "host" + host.substring(end + 1);
        }
        int colon = name.indexOf(':');
        if (colon >= 0) {
            String port = name.substring(colon + 1);
            if (port.isEmpty()
                    || port.length() > 5
                    || !port.chars().allMatch(c -> isDigit(c))
                    || Integer.parseInt(port) > 65_535
                    || Integer.parseInt(port) == 0) {
                throw invalid(text, "'" + port + "' is not a port");
            }
            name = name.substring(0, colon);
        }
        for (String label : name.split("\\.", -1)) {
            boolean good =
                    !label.isEmpty()
                            && label.chars().allMatch(c -> isAlphanumeric(c) || c == '-')
                            && !label.startsWith("-")
                            && !label.endsWith("-");
            if (!good) {
                throw invalid(text, "'" + host + "' is not a registry host");
            }
        }
    }

    private static void requireTag(String text, String tag) {
        boolean good =
                !tag.isEmpty()
                        && tag.length() <= TAG_LENGTH
                        && tag.charAt(0) != '.'
                        && tag.charAt(0) != '-'
                        && tag.chars()
                                .allMatch(
                                        c -> isAlphanumeric(c) || c == '_' || c == '.' || c == '-');
        if (!good) {
            throw invalid(text, "'" + tag + "' is not a tag");
        }
    }

    private static void requireRepository(String text, String repository) {
        for (String component : repository.split("/", -1)) {
            if (!isPathComponent(component)) {
                String hint =
                        component.chars().anyMatch(c -> c >= 'A' && c <= 'Z')
                                ? "; names are in lower case"
                                : "";
                throw invalid(text, "'" + component + "' cannot be part of a name" + hint);
            }
        }
    }

    // distribution/reference: [a-z0-9]+ with separators '.', '_', '__' or any number of '-'
    // between.
    private static boolean isPathComponent(String component) {
        int i = 0;
        int length = component.length();
        while (true) {
            int start = i;
            while (i < length && isLowerAlphanumeric(component.charAt(i))) {
                i++;
            }
            if (i == start) {
                return false;
            }
            if (i == length) {
                return true;
            }
            int separator = i;
            while (i < length && component.charAt(i) == component.charAt(separator)) {
                i++;
            }
            boolean good =
                    switch (component.charAt(separator)) {
                        case '.' -> i - separator == 1;
                        case '_' -> i - separator <= 2;
                        case '-' -> true;
                        default -> false;
                    };
            if (!good) {
                return false;
            }
        }
    }

    private static boolean isDigit(int c) {
        return c >= '0' && c <= '9';
    }

    private static boolean isHex(int c) {
        return isDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    }

    private static boolean isLowerAlphanumeric(int c) {
        return isDigit(c) || (c >= 'a' && c <= 'z');
    }

    private static boolean isAlphanumeric(int c) {
        return isLowerAlphanumeric(c) || (c >= 'A' && c <= 'Z');
    }

    private static ImageException invalid(String text, String why) {
        return new ImageException(
                ErrorCode.INVALID_REFERENCE, "'" + text + "' is not an image reference: " + why);
    }
}
