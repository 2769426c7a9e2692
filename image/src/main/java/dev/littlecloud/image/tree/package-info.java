/**
 * The file system of an image as one immutable tree over one file of page-aligned contents.
 *
 * <p>{@link dev.littlecloud.image.tree.ImageTree} is what instances share. It is read from an index
 * file ({@link dev.littlecloud.image.tree.TreeIndexReader}, which trusts nothing in it) that {@link
 * dev.littlecloud.image.tree.TreeIndexWriter} wrote from a {@link
 * dev.littlecloud.image.tree.MutableTree}.
 *
 * <p>Names, link targets and names of extended attributes are bytes on Linux. Here they are {@code
 * String}s with one char per byte (ISO 8859-1), so that nothing is lost and the order of the
 * strings is the order of the bytes.
 */
@NullMarked
package dev.littlecloud.image.tree;

import org.jspecify.annotations.NullMarked;
