@NullMarked
package dev.littlecloud.kernel.signal;

import org.jspecify.annotations.NullMarked;
