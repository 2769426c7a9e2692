/**
 * Templates: an instance that was booted until it was ready and then frozen, and the clones that
 * start from it in milliseconds.
 *
 * <p>A template is data: guest memory in a file that exists only in memory, and the kernel's objects.
 * It has no machine and no threads. A clone is an instance of its own; it shares with its siblings
 * what neither has changed.
 */
@NullMarked
package dev.littlecloud.runtime.template;

import org.jspecify.annotations.NullMarked;
