@NullMarked
package dev.littlecloud.kernel.task;

import org.jspecify.annotations.NullMarked;
