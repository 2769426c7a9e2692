package dev.littlecloud.image.store;

import dev.littlecloud.image.Digest;
import dev.littlecloud.image.ImageConfig;
import java.util.List;
import java.util.Optional;

/**
 * What the store remembers of an image beside its tree.
 *
 * @param manifest digest of the manifest it was pulled by
 * @param layers digests of the layers as stored under blobs; empty for an image from an archive
 */
record ImageInfo(ImageConfig config, Optional<Digest> manifest, List<Digest> layers) {}
