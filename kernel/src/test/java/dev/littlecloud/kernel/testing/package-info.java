/** What tests of the kernel share: memory without a machine, an image, a task. */
@NullMarked
package dev.littlecloud.kernel.testing;

import org.jspecify.annotations.NullMarked;
