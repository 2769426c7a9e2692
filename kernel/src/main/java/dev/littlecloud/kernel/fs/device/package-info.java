@NullMarked
package dev.littlecloud.kernel.fs.device;

import org.jspecify.annotations.NullMarked;
