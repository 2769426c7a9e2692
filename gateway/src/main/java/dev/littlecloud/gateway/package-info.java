/**
 * The gateway: where requests enter. {@link dev.littlecloud.gateway.Gateway} listens; what it needs to
 * know of services is in {@code service}, connections to instances are in {@code stream}.
 *
 * <p>One event loop for each processor. A client's connection and the connections behind it belong to
 * one loop and need no locks.
 */
@NullMarked
package dev.littlecloud.gateway;

import org.jspecify.annotations.NullMarked;
