@NullMarked
package dev.littlecloud.runtime.network;

import org.jspecify.annotations.NullMarked;
