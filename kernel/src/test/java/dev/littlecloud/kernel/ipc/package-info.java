@NullMarked
package dev.littlecloud.kernel.ipc;

import org.jspecify.annotations.NullMarked;
