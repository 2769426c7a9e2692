/**
 * Calls to the host's C library: the only native access in the project.
 *
 * <p>Calls answer with a value or {@code -errno}, as the host's kernel itself does, and never throw
 * for what the host refused. Handles are static, so that the compiler can inline them; each thread
 * has one segment that errno is captured into.
 */
@NullMarked
package dev.littlecloud.sys;

import org.jspecify.annotations.NullMarked;
