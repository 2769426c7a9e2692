/**
 * The store on disk. Below its root:
 *
 * <pre>
 * blobs/sha256/HEX   layers as a registry sent them, so that the next pull need not fetch them
 * trees-1/HEX/       an unpacked image by the digest of its configuration:
 *                    index, blob, config.json, info
 * names/HEX          name -> image, one small file each
 * seen/HEX           archive file -> image, so that an unchanged archive is not read again
 * locks/             lock files
 * tmp/               work in progress, each with a lock its owner holds
 * </pre>
 *
 * <p>What appears under blobs, trees-1 and names is complete: it is written under tmp, forced to
 * disk, and renamed. What a killed process leaves in tmp nobody holds a lock on; the next one to
 * open the store removes it.
 *
 * <p>Lock order: an image's lock before the store's lock. The store's lock is held for moments.
 */
@NullMarked
package dev.littlecloud.image.store;

import org.jspecify.annotations.NullMarked;
