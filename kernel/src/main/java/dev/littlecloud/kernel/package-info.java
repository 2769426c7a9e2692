@NullMarked
package dev.littlecloud.kernel;

import org.jspecify.annotations.NullMarked;
