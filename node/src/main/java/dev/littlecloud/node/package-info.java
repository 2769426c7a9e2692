/**
 * A machine that runs services: the control plane's {@link dev.littlecloud.control.Workloads} over
 * the runtime and the gateway.
 *
 * <p>A {@link dev.littlecloud.node.Fleet} is the instances of one revision. The gateway asks it for a
 * place for each request; it gives one on an instance that has room, starts another instance when
 * the soft limit is reached, and ends those that nobody needs. How an instance starts is behind
 * {@link dev.littlecloud.node.Launcher}.
 *
 * <p>Threads: the gateway's event loops ask and give back, so what they call never blocks. Starts
 * and ends run on virtual threads; one timer thread serves all fleets. A fleet's lock is held for
 * moments, and nothing foreign is called under it.
 */
@NullMarked
package dev.littlecloud.node;

import org.jspecify.annotations.NullMarked;
