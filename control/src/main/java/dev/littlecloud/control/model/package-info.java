/** What the control plane is about, as immutable data. */
@NullMarked
package dev.littlecloud.control.model;

import org.jspecify.annotations.NullMarked;
