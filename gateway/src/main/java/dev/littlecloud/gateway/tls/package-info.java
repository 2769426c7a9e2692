/**
 * Keys and certificates: which to show for a host name, where they come from (files, a development CA,
 * an ACME directory), and when they are read or asked for again.
 */
@NullMarked
package dev.littlecloud.gateway.tls;

import org.jspecify.annotations.NullMarked;
