/**
 * HTTP between clients and services. A connection, or an HTTP/2 stream, has a {@code FrontHandler};
 * each request on it is an {@code Exchange} with a connection to an instance behind it. Everything of
 * one client's connection, the connections behind it included, happens on one event loop, so nothing
 * here takes a lock.
 *
 * <p>Nothing is read before there is room for it further on: both sides read on demand.
 */
@NullMarked
package dev.littlecloud.gateway.http;

import org.jspecify.annotations.NullMarked;
