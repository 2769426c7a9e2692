@NullMarked
package dev.littlecloud.gateway;

import org.jspecify.annotations.NullMarked;
