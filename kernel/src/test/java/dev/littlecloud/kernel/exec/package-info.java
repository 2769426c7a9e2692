@NullMarked
package dev.littlecloud.kernel.exec;

import org.jspecify.annotations.NullMarked;
