package dev.littlecloud.image;

import dev.littlecloud.image.tree.ImageTree;
import java.nio.file.Path;
import java.util.Optional;

/**
 * An image in the store, ready to run.
 *
 * @param id digest of its configuration, which stands for everything in it
 * @param manifest digest of the manifest, where it came with one
 * @param config how it wants to be run
 * @param tree its file system
 * @param configFile the configuration as the image has it, JSON
 */
public record Image(
        Digest id,
        Optional<Digest> manifest,
        ImageConfig config,
        ImageTree tree,
        Path configFile) {}
