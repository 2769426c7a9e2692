package dev.littlecloud.gateway.http;

import dev.littlecloud.gateway.service.Reason;
import dev.littlecloud.gateway.service.Refusal;
import dev.littlecloud.gateway.service.Service;
import io.netty.channel.ConnectTimeoutException;
import java.net.ConnectException;
import org.jspecify.annotations.Nullable;

/** What is said where a service does not answer: names it, and what its developer should look at. */
final class Refusals {
    private Refusals() {}

    static Refusal unknown(String host) {
        return new Refusal(
                Reason.UNKNOWN_HOST,
                host.isEmpty()
                        ? "the request names no host, so no service can be found"
                        : "no service answers for the host " + host);
    }

    static Refusal noHttp(Service service) {
        return new Refusal(
                Reason.MISDIRECTED,
                "the service %s takes bytes, not HTTP".formatted(service.name()));
    }

    static Refusal tooLarge(Service service) {
        return new Refusal(
                Reason.BODY_TOO_LARGE,
                "the service %s takes requests of at most %d bytes"
                        .formatted(service.name(), service.settings().maxRequestBytes()));
    }

    static Refusal notConnected(Service service, @Nullable Throwable failure) {
        String name = service.name();
        if (failure instanceof ConnectTimeoutException) {
            return notAccepted(service);
        }
        if (failure instanceof ConnectException) {
            return new Refusal(
                    Reason.NOT_LISTENING,
                    "the program of %s does not listen on its port".formatted(name));
        }
        return new Refusal(Reason.CONNECTION_LOST, "the instance of %s ended".formatted(name));
    }

    static Refusal notAccepted(Service service) {
        return new Refusal(
                Reason.CONNECT_TIMEOUT,
                "the program of %s did not accept the connection in time"
                        .formatted(service.name()));
    }

    static Refusal notStarted(Service service) {
        return new Refusal(
                Reason.START_TIMEOUT,
                "no instance of %s was ready after %d ms"
                        .formatted(service.name(), timeoutMillis(service)));
    }

    static Refusal notAnswered(Service service) {
        return new Refusal(
                Reason.RESPONSE_TIMEOUT,
                "the program of %s had not answered after %d ms"
                        .formatted(service.name(), timeoutMillis(service)));
    }

    static Refusal noAnswer(Service service) {
        return new Refusal(
                Reason.CONNECTION_LOST,
                "the program of %s closed the connection without an answer"
                        .formatted(service.name()));
    }

    static Refusal badResponse(Service service, String what) {
        return new Refusal(
                Reason.BAD_RESPONSE, "the program of %s %s".formatted(service.name(), what));
    }

    private static long timeoutMillis(Service service) {
        return service.settings().requestTimeout().toMillis();
    }
}
