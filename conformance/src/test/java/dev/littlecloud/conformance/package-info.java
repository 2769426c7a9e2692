/**
 * Linux is the oracle: the same program runs natively and in the guest and must do the same.
 *
 * <p>The programs are {@code conformance/programs/FAMILY/*.c} (many cases each, see {@code case.h})
 * and {@code conformance/programs/shell/*.sh}. {@link dev.littlecloud.conformance.Programs} compiles
 * them into a root file system that {@link dev.littlecloud.conformance.GuestRoot} lays out once;
 * {@link dev.littlecloud.conformance.NativeRunner} runs them on the host, a {@link
 * dev.littlecloud.conformance.GuestRunner} in an instance. A case whose native run fails fails,
 * whatever the guest does.
 */
@NullMarked
package dev.littlecloud.conformance;

import org.jspecify.annotations.NullMarked;
