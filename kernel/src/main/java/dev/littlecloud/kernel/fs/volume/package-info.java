@NullMarked
package dev.littlecloud.kernel.fs.volume;

import org.jspecify.annotations.NullMarked;
