package dev.littlecloud.control.api;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Optional;

/** What needs no token: the description of the API, and whether it works. */
final class AboutRoutes implements ApiEndpoint.Routes {
    private final String version;

    AboutRoutes(String version) {
        this.version = version;
    }

    @Override
    public void addTo(Router router) {
        Reply document = new Reply(200, "application/yaml", document(), Optional.empty());
        router.getPublic("/v1/openapi.yaml", (call, tx) -> document);
        router.getPublic(
                "/v1/health",
                (call, tx) ->
                        Reply.json(
                                200, Views.object().put("status", "ok").put("version", version)));
    }

    static byte[] document() {
        try (InputStream in = AboutRoutes.class.getResourceAsStream("openapi.yaml")) {
            if (in == null) {
                throw new IllegalStateException("openapi.yaml is not on the class path");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
