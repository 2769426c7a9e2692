package dev.littlecloud.image;

import java.nio.file.Path;
import java.util.Optional;

/** Where an image is: an archive, a layout, a registry, or the local store by its id. */
public sealed interface ImageReference {
    /**
     * Reads a reference as people write it.
     *
     * @throws ImageException INVALID_REFERENCE
     */
    static ImageReference parse(String text) {
        return ReferenceParser.parse(text);
    }

    /** A name in a registry, without any transport before it; empty where the text is none. */
    static Optional<RegistryName> tryParseName(String text) {
        try {
            return Optional.of(ReferenceParser.name(text));
        } catch (ImageException e) {
            return Optional.empty();
        }
    }

    /**
     * A tar as {@code docker save} makes it: {@code docker-archive:FILE[:NAME[:TAG]]}.
     *
     * @param file the archive; may be compressed
     * @param name which image of it; empty means the only one
     */
    record DockerArchive(Path file, Optional<RegistryName> name) implements ImageReference {
        @Override
        public String toString() {
            return "docker-archive:" + file + name.map(n -> ":" + n).orElse("");
        }
    }

    /** A folder with an OCI image layout: {@code oci:DIR[:TAG]}. */
    record OciLayout(Path directory, Optional<String> tag) implements ImageReference {
        @Override
        public String toString() {
            return "oci:" + directory + tag.map(t -> ":" + t).orElse("");
        }
    }

    /** A tar of an OCI image layout: {@code oci-archive:FILE[:TAG]}. */
    record OciArchive(Path file, Optional<String> tag) implements ImageReference {
        @Override
        public String toString() {
            return "oci-archive:" + file + tag.map(t -> ":" + t).orElse("");
        }
    }

    /**
     * An image in the local store by its id, {@code sha256:HEX}, where HEX may be cut short.
     *
     * @param hexPrefix the id's digits, or their beginning
     */
    record LocalId(String hexPrefix) implements ImageReference {
        @Override
        public String toString() {
            return "sha256:" + hexPrefix;
        }
    }

    /**
     * A name in a registry; the store knows images by these too.
     *
     * @param registry host and optional port, {@code docker.io} for Docker Hub
     * @param repository path in the registry, such as {@code library/nginx}
     * @param tag such as {@code latest}; empty only where there is a digest
     * @param digest of the manifest
     */
    record RegistryName(
            String registry, String repository, Optional<String> tag, Optional<Digest> digest)
            implements ImageReference {
        public static final String DOCKER_HUB = "docker.io";

        /** The full name, {@code docker.io/library/nginx:latest}. */
        public String canonical() {
            return registry + "/" + repository + suffix();
        }

        /** As Docker shows it: {@code nginx:latest}. */
        public String familiar() {
            if (!registry.equals(DOCKER_HUB)) {
                return canonical();
            }
            String official = "library/";
            boolean isOfficial =
                    repository.startsWith(official)
                            && repository.indexOf('/', official.length()) < 0;
            return (isOfficial ? repository.substring(official.length()) : repository) + suffix();
        }

        private String suffix() {
            return tag.map(t -> ":" + t).orElse("") + digest.map(d -> "@" + d).orElse("");
        }

        @Override
        public String toString() {
            return familiar();
        }
    }
}
