package dev.littlecloud.image;

import dev.littlecloud.image.ImageReference.RegistryName;
import java.time.Instant;
import java.util.List;

/**
 * A line of {@code image ls}.
 *
 * @param id digest of the configuration
 * @param names in the store; empty where newer images took all of them
 * @param sizeBytes of the unpacked contents
 * @param created when the image was made, the epoch where it does not say
 */
public record ImageSummary(Digest id, List<RegistryName> names, long sizeBytes, Instant created) {
    public ImageSummary {
        names = List.copyOf(names);
    }
}
