/** Documents generated from the program itself; {@code ./dev docs} writes them to {@code docs/}. */
@NullMarked
package dev.littlecloud.cli.docs;

import org.jspecify.annotations.NullMarked;
