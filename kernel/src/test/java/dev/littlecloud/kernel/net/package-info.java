@NullMarked
package dev.littlecloud.kernel.net;

import org.jspecify.annotations.NullMarked;
