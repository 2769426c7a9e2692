/**
 * The shared object that the kernel maps into every program so that reading a clock needs no system
 * call, vdso(7), and the page of numbers it reads. Knows nothing of the rest of the kernel.
 */
@NullMarked
package dev.littlecloud.kernel.time.vdso;

import org.jspecify.annotations.NullMarked;
