/**
 * The machine on Linux KVM. See Documentation/virt/kvm/api.rst of Linux for the calls, and the
 * Intel 64 and IA-32 Architectures Software Developer's Manual (SDM), volume 3, for the processor.
 */
@NullMarked
package dev.littlecloud.machine.kvm;

import org.jspecify.annotations.NullMarked;
