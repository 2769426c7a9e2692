package dev.littlecloud.node;

import dev.littlecloud.control.model.ServiceSpec;
import dev.littlecloud.gateway.service.ServiceSettings;
import dev.littlecloud.gateway.service.ServiceSettings.Isolation;
import dev.littlecloud.gateway.service.ServiceSettings.Protocol;
import java.time.Duration;

/** A specification in the gateway's words. */
final class Settings {
    private Settings() {}

    static ServiceSettings of(ServiceSpec spec) {
        Protocol protocol =
                switch (spec.protocol()) {
                    case "h2c" -> Protocol.H2C;
                    case "tcp" -> Protocol.TCP;
                    default -> Protocol.HTTP1;
                };
        return ServiceSettings.DEFAULT
                .withProtocol(protocol)
                .withIsolation(
                        spec.scaling().isRequestEach() ? Isolation.REQUEST : Isolation.INSTANCE)
                .withRequestTimeout(Duration.ofMillis(spec.scaling().requestTimeoutMillis()));
    }
}
