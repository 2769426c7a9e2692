/**
 * OCI and Docker images: references to them, the local store, and what a machine needs of one.
 *
 * <p>{@link dev.littlecloud.image.ImageStore} is the door. It finds an image by an {@link
 * dev.littlecloud.image.ImageReference}, fetches it if it is not there, and gives back an {@link
 * dev.littlecloud.image.Image}: its configuration and its file system as one immutable tree ({@code
 * tree}) over one file of page-aligned contents. Behind it, {@code source} reads archives, layouts
 * and registries ({@code registry}), {@code layer} applies the layers, {@code store} keeps the
 * result on disk.
 *
 * <p>Threads: everything here may be called from any thread and from several processes on one data
 * directory. Nothing here knows of machines or of the kernel.
 */
@NullMarked
package dev.littlecloud.image;

import org.jspecify.annotations.NullMarked;
