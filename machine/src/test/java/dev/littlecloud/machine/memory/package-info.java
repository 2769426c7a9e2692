@NullMarked
package dev.littlecloud.machine.memory;

import org.jspecify.annotations.NullMarked;
