@NullMarked
package dev.littlecloud.cli;

import org.jspecify.annotations.NullMarked;
