@NullMarked
package dev.littlecloud.kernel.fs.tree;

import org.jspecify.annotations.NullMarked;
