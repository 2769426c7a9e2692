@NullMarked
package dev.littlecloud.kernel.time;

import org.jspecify.annotations.NullMarked;
