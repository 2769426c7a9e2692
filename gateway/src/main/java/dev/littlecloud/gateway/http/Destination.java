package dev.littlecloud.gateway.http;

import dev.littlecloud.gateway.service.Refusal;
import dev.littlecloud.gateway.service.Route;
import dev.littlecloud.gateway.service.Service;
import dev.littlecloud.gateway.service.ServiceSettings.Protocol;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import java.util.Optional;

/** Where a request leads. */
sealed interface Destination {
    /** To an answer of the gateway's own. */
    record Here(FullHttpResponse response) implements Destination {}

    /** To a service. */
    record At(Service service) implements Destination {}

    static Destination of(HttpRequest request, Front front) throws Refusal {
        Optional<String> proof = front.gateway().challenges().answer(request.uri());
        if (proof.isPresent()) {
            return new Here(ErrorPage.text(proof.get()));
        }
        Service service = service(request, front);
        Optional<FullHttpResponse> elsewhere = Redirects.of(request, front);
        return elsewhere.isPresent() ? new Here(elsewhere.get()) : new At(service);
    }

    private static Service service(HttpRequest request, Front front) throws Refusal {
        Service asked = front.client().asked();
        if (asked != null) {
            return asked;
        }
        String host = Hosts.name(request.headers().get(HttpHeaderNames.HOST, ""));
        Route route =
                front.gateway()
                        .routes()
                        .table()
                        .host(host)
                        .orElseThrow(() -> Refusals.unknown(host));
        if (route.service().settings().protocol() == Protocol.TCP) {
            throw Refusals.noHttp(route.service());
        }
        return route.service();
    }
}
