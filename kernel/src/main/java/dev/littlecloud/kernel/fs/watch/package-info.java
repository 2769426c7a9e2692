@NullMarked
package dev.littlecloud.kernel.fs.watch;

import org.jspecify.annotations.NullMarked;
