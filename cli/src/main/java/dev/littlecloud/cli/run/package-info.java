/** {@code littlecloud run}: options to an instance, and the caller's terminal and signals. */
@NullMarked
package dev.littlecloud.cli.run;

import org.jspecify.annotations.NullMarked;
