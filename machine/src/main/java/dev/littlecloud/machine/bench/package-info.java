/** What the host's virtualization costs: the baseline that system calls are compared with. */
@NullMarked
package dev.littlecloud.machine.bench;

import org.jspecify.annotations.NullMarked;
