/**
 * Threads that watch and change others; ptrace(2). A traced thread has a {@link
 * dev.littlecloud.kernel.ptrace.Tracee}, and stops where its tracer wants to hear of it: it is then
 * data as any blocked thread, in a state that only its tracer and its end take it out of. Guarded by
 * the instance lock.
 */
@NullMarked
package dev.littlecloud.kernel.ptrace;

import org.jspecify.annotations.NullMarked;
