@NullMarked
package dev.littlecloud.kernel.io;

import org.jspecify.annotations.NullMarked;
