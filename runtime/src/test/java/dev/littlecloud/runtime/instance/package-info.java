@NullMarked
package dev.littlecloud.runtime.instance;

import org.jspecify.annotations.NullMarked;
