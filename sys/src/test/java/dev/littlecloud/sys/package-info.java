@NullMarked
package dev.littlecloud.sys;

import org.jspecify.annotations.NullMarked;
