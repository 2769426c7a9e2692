@NullMarked
package dev.littlecloud.runtime;

import org.jspecify.annotations.NullMarked;
