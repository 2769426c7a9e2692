@NullMarked
package dev.littlecloud.kernel.mm;

import org.jspecify.annotations.NullMarked;
