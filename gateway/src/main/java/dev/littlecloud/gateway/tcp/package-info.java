/** Services of bytes: a client's connection, TLS or not, joined with one to an instance. */
@NullMarked
package dev.littlecloud.gateway.tcp;

import org.jspecify.annotations.NullMarked;
