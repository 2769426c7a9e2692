@NullMarked
package dev.littlecloud.kernel.fs.pseudo;

import org.jspecify.annotations.NullMarked;
