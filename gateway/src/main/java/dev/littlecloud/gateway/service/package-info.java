/**
 * What the gateway needs to know of services: where their requests go, and how it asks for a place
 * on an instance. Implemented by whoever runs instances; knows nothing of sockets or HTTP.
 */
@NullMarked
package dev.littlecloud.gateway.service;

import org.jspecify.annotations.NullMarked;
