/**
 * {@code littlecloud bench}: measurements beside a baseline taken in the same run, on the same
 * machine, in turns with it. A benchmark is a program: it reports, and nothing depends on its
 * outcome but who reads it.
 */
@NullMarked
package dev.littlecloud.cli.bench;

import org.jspecify.annotations.NullMarked;
