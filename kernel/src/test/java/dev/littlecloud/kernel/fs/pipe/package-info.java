@NullMarked
package dev.littlecloud.kernel.fs.pipe;

import org.jspecify.annotations.NullMarked;
