@NullMarked
package dev.littlecloud.gateway.metrics;

import org.jspecify.annotations.NullMarked;
