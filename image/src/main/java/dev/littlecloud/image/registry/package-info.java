/**
 * A client of the OCI distribution specification, for pulling: {@link
 * dev.littlecloud.image.registry.RegistryClient}, with tokens, credentials of Docker's
 * configuration, redirects, and another try where that can help.
 */
@NullMarked
package dev.littlecloud.image.registry;

import org.jspecify.annotations.NullMarked;
