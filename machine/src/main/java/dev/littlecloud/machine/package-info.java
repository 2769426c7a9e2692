@NullMarked
package dev.littlecloud.machine;

import org.jspecify.annotations.NullMarked;
