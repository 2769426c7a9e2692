/**
 * Directories and files of the host that an instance sees. Only the instance's kernel calls in here,
 * with the instance lock held.
 */
@NullMarked
package dev.littlecloud.runtime.volume;

import org.jspecify.annotations.NullMarked;
