/**
 * Layers: from a compressed tar, which anybody may have written, to entries in a {@link
 * dev.littlecloud.image.tree.MutableTree} and contents in one page-aligned file.
 *
 * <p>The tar reader is our own because names and extended attributes are bytes here: the library at
 * hand decodes PAX values as UTF-8 and loses the others, {@code security.capability} among them.
 */
@NullMarked
package dev.littlecloud.image.layer;

import org.jspecify.annotations.NullMarked;
