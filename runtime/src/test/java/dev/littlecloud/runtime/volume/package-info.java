@NullMarked
package dev.littlecloud.runtime.volume;

import org.jspecify.annotations.NullMarked;
