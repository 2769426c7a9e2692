@NullMarked
package dev.littlecloud.gateway.scaling;

import org.jspecify.annotations.NullMarked;
