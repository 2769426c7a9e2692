@NullMarked
package dev.littlecloud.kernel.syscall;

import org.jspecify.annotations.NullMarked;
