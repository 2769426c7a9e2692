/** Counts what the gateway does for each service. */
@NullMarked
package dev.littlecloud.gateway.metrics;

import org.jspecify.annotations.NullMarked;
