@NullMarked
package dev.littlecloud.kernel.freeze;

import org.jspecify.annotations.NullMarked;
