/**
 * An HTTP server for our own APIs: the registry and the control plane. Requests are handled on
 * virtual threads, one each, by code that reads and writes streams.
 *
 * <p>Only this module knows which server is behind it. Nothing here knows what is served.
 */
@NullMarked
package dev.littlecloud.web;

import org.jspecify.annotations.NullMarked;
