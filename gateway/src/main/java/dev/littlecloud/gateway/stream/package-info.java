/**
 * Connections between the gateway and programs in instances, without sockets of the host: a {@link
 * dev.littlecloud.gateway.stream.StreamChannel} for Netty on one side, a {@link
 * dev.littlecloud.kernel.net.HostStream} for the kernel on the other, and two bounded queues in
 * between.
 *
 * <p>The kernel's side is called with an instance lock held, Netty's by an event loop. A queue has a
 * lock of its own, which is taken last and never held while anybody is told of anything. The
 * kernel is always told from the event loop, because telling it takes the instance lock.
 */
@NullMarked
package dev.littlecloud.gateway.stream;

import org.jspecify.annotations.NullMarked;
