@NullMarked
package dev.littlecloud.image;

import org.jspecify.annotations.NullMarked;
