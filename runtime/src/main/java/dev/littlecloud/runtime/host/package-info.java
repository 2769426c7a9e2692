/** The caller's side of an instance's standard streams: files and the terminal of the host. */
@NullMarked
package dev.littlecloud.runtime.host;

import org.jspecify.annotations.NullMarked;
