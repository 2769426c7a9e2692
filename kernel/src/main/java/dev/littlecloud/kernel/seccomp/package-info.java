/** Filters that programs set on their own system calls, seccomp(2). Immutable but for the tasks' use. */
@NullMarked
package dev.littlecloud.kernel.seccomp;

import org.jspecify.annotations.NullMarked;
