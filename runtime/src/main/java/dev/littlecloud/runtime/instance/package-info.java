/**
 * Running instances: puts a machine, a kernel and an image together, and takes them apart again.
 * Threads: one per processor with work ({@code vcpu-N}), and one alarm clock for all instances.
 */
@NullMarked
package dev.littlecloud.runtime.instance;

import org.jspecify.annotations.NullMarked;
