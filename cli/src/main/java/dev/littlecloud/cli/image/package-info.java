/** {@code littlecloud image}: the images in the local store, and progress of long work. */
@NullMarked
package dev.littlecloud.cli.image;

import org.jspecify.annotations.NullMarked;
