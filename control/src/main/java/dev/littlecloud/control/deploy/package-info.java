/** From a revision in the state to one that serves, and back after a crash. */
@NullMarked
package dev.littlecloud.control.deploy;

import org.jspecify.annotations.NullMarked;
