/**
 * The host's side of instances' networks: connections out of them under a policy, published ports
 * into them, and names.
 *
 * <p>One thread per process, {@code network-poller}, waits for all channels of the host and tells
 * the instances' kernels. It takes an instance's lock for each event and never blocks otherwise. A
 * thread that watches for calls of an instance may do this in its place, without a lock of its own.
 * Locks: an instance's lock is taken before this package's own.
 */
@NullMarked
package dev.littlecloud.runtime.network;

import org.jspecify.annotations.NullMarked;
