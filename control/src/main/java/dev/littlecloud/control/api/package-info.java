/** The REST API: routes, authentication, JSON; described by {@code openapi.yaml}. */
@NullMarked
package dev.littlecloud.control.api;

import org.jspecify.annotations.NullMarked;
