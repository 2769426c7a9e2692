package dev.littlecloud.image.source;

import dev.littlecloud.image.Digest;
import dev.littlecloud.image.ImageConfig;
import dev.littlecloud.image.ImageReference.RegistryName;
import dev.littlecloud.image.layer.LayerSource;
import java.util.List;
import java.util.Optional;

/**
 * An image that can be unpacked.
 *
 * @param id digest of the configuration; as that lists the digests of all layers, it stands for the
 *     whole file system
 * @param configJson the configuration as it was found
 * @param config the configuration as it was understood
 * @param manifest digest of the manifest, where there is one
 * @param layers lowest first
 * @param names under which the source knows the image
 */
public record SourceImage(
        Digest id,
        byte[] configJson,
        ImageConfig config,
        Optional<Digest> manifest,
        List<LayerSource> layers,
        List<RegistryName> names) {}
