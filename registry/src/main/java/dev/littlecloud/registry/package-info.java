/**
 * A registry for images: the server's side of the OCI Distribution Specification 1.1, whose section
 * names comments cite.
 *
 * <p>{@link dev.littlecloud.registry.Registry} is the store and the door; {@link
 * dev.littlecloud.registry.RegistryEndpoint} speaks HTTP for it. On disk, below its root:
 *
 * <pre>
 * blobs/ALGORITHM/HEX                         contents of blobs and manifests, once each
 * repositories/NAME/_blobs/ALGORITHM-HEX      the blob belongs to the repository (empty)
 * repositories/NAME/_manifests/ALGORITHM-HEX  the manifest does; holds its media type
 * repositories/NAME/_tags/TAG                 holds the digest of a manifest
 * repositories/NAME/_referrers/SUBJECT/ALGORITHM-HEX  descriptor of a manifest with that subject
 * uploads/ID/                                 what has arrived of a blob
 * tmp/                                        files before they are renamed
 * </pre>
 *
 * <p>What has its final name is complete: it is written elsewhere, forced to disk and renamed. A
 * push makes things visible from the bottom up (contents, manifest, tag), so a kill at any moment
 * leaves what was there before.
 *
 * <p>Threads: all of it may be called from any thread; one process owns a root at a time. The lock
 * of the store ({@code Registry}) is held shared while references are made and alone while garbage
 * is removed; an upload's own lock is taken before it.
 */
@NullMarked
package dev.littlecloud.registry;

import org.jspecify.annotations.NullMarked;
