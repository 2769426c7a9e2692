@NullMarked
package dev.littlecloud.kernel.fs;

import org.jspecify.annotations.NullMarked;
