/** What instances used, counted, kept and priced. */
@NullMarked
package dev.littlecloud.control.meter;

import org.jspecify.annotations.NullMarked;
