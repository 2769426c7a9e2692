/** The commands of a cloud: {@code up}, which is one, and those that ask one over its API. */
@NullMarked
package dev.littlecloud.cli.cloud;

import org.jspecify.annotations.NullMarked;
