/**
 * A hardware virtual machine: processors, memory and page tables, and nothing of Linux.
 *
 * <p>This package holds what the layers above see; {@code machine.memory} lays out guest memory and
 * {@code machine.kvm} drives {@code /dev/kvm}.
 *
 * <p>Threads: a {@link dev.littlecloud.machine.Vcpu} is used by one thread at a time, except {@link
 * dev.littlecloud.machine.Vcpu#kick()}, which any thread may call. {@link
 * dev.littlecloud.machine.GuestMemory} and {@link dev.littlecloud.machine.PageTables} are guarded by
 * their owner (the kernel's instance lock), while virtual processors run beside.
 */
@NullMarked
package dev.littlecloud.machine;

import org.jspecify.annotations.NullMarked;
