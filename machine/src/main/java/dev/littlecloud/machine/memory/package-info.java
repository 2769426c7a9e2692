/** Guest memory over a table of memory slots: RAM, windows, page tables, the kernel half. */
@NullMarked
package dev.littlecloud.machine.memory;

import org.jspecify.annotations.NullMarked;
