/**
 * The control plane: which services there are, what is to run of them, who may do that, and what it
 * costs.
 *
 * <p>{@link dev.littlecloud.control.ControlPlane} is the door. A request ({@code api}) changes the
 * state ({@code store}) in one transaction; what has to happen in the world follows after the commit
 * ({@code deploy}), and is found again from the state after a crash. What instances use comes back
 * through {@link dev.littlecloud.control.WorkloadListener} and is kept by {@code meter}. How
 * instances run is behind {@link dev.littlecloud.control.Workloads}: this module knows neither
 * machines nor the gateway.
 *
 * <p>Threads: one writes the database; each request has a virtual one; each service whose revision
 * is being deployed has a virtual one; one writes usage and logs in batches.
 */
@NullMarked
package dev.littlecloud.control;

import org.jspecify.annotations.NullMarked;
