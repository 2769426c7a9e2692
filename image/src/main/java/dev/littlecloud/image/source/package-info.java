/**
 * Where images come from: archives, layouts and registries, all read into the same shape.
 *
 * <p>{@link dev.littlecloud.image.source.ImageSource} gives images as {@link
 * dev.littlecloud.image.source.SourceImage}: the configuration and layers that can be opened. What
 * comes out is checked.
 */
@NullMarked
package dev.littlecloud.image.source;

import org.jspecify.annotations.NullMarked;
