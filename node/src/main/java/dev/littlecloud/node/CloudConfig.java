package dev.littlecloud.node;

import java.nio.file.Path;

/**
 * How a cloud is set up. A port of 0 takes any that is free.
 *
 * @param host address that all of it listens on
 * @param domain services are at {@code NAME.domain}
 * @param isRegistryOpen whether everybody who reaches the registry may push to it
 * @param edge TLS and what is in front of the gateway
 */
public record CloudConfig(
        Path data,
        String host,
        int gatewayPort,
        int apiPort,
        int registryPort,
        String domain,
        boolean isRegistryOpen,
        EdgeConfig edge) {}
