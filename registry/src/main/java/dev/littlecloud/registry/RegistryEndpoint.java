package dev.littlecloud.registry;

import dev.littlecloud.image.ErrorCode;
import dev.littlecloud.image.ImageException;
import dev.littlecloud.registry.RegistryAccess.Action;
import dev.littlecloud.web.Endpoint;
import dev.littlecloud.web.Exchange;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The HTTP side of the registry, all paths below {@code /v2/}. */
public final class RegistryEndpoint implements Endpoint {
    private static final Logger LOG = System.getLogger(RegistryEndpoint.class.getName());
    private static final JsonMapper MAPPER = new JsonMapper();

    /** A name may have parts called as ours, so what counts is the last place that matches. */
    private static final Pattern PATH =
            Pattern.compile(
                    "/v2/(?<name>.+)/(?:(?<tags>tags/list)|manifests/(?<manifest>[^/]+)"
                            + "|(?<uploads>blobs/uploads/?)|blobs/uploads/(?<upload>[^/]+)"
                            + "|blobs/(?<blob>[^/]+)|referrers/(?<subject>[^/]+))");

    private final RegistryAccess access;
    private final BlobRoutes blobs;
    private final UploadRoutes uploads;
    private final ManifestRoutes manifests;
    private final ListRoutes lists;

    public RegistryEndpoint(Registry registry, RegistryAccess access) {
        this.access = access;
        this.blobs = new BlobRoutes(registry);
        this.uploads =
                new UploadRoutes(
                        registry,
                        (exchange, from) ->
                                access.decide(exchange, Optional.of(from), Action.PULL)
                                        == RegistryAccess.Decision.ALLOWED);
        this.manifests = new ManifestRoutes(registry);
        this.lists = new ListRoutes(registry);
    }

    @Override
    public void handle(Exchange exchange) throws IOException {
        exchange.set("Docker-Distribution-API-Version", "registry/2.0");
        try {
            route(exchange);
        } catch (RegistryException refused) {
            answer(exchange, refused.code(), String.valueOf(refused.getMessage()));
        } catch (ImageException failure) {
            LOG.log(Level.WARNING, exchange.method() + " " + exchange.rawPath(), failure);
            boolean isFull = failure.code() == ErrorCode.DISK_FULL;
            answer(
                    exchange,
                    isFull ? 507 : 500,
                    isFull ? RegistryErrorCode.INSUFFICIENT_STORAGE.name() : "UNKNOWN",
                    isFull
                            ? "no space left on the registry's disk; remove images and try again"
                            : "the registry's disk failed; its log says more");
        }
    }

    private void route(Exchange exchange) throws IOException {
        String path = exchange.rawPath();
        if (path.equals("/v2/") || path.equals("/v2")) {
            require(exchange, Optional.empty(), Action.PING);
            requireMethod(exchange, "GET", "HEAD");
            exchange.answer(200, "application/json", new byte[] {'{', '}'});
            return;
        }
        if (path.equals("/v2/_catalog")) {
            require(exchange, Optional.empty(), Action.CATALOG);
            requireMethod(exchange, "GET", "HEAD");
            lists.catalog(exchange);
            return;
        }
        Matcher matcher = PATH.matcher(path);
        if (!matcher.matches()) {
            throw new RegistryException(
                    RegistryErrorCode.NAME_UNKNOWN, "there is nothing at " + path);
        }
        String name = Names.repository(matcher.group("name"));
        require(exchange, Optional.of(name), action(exchange.method()));
        route(exchange, matcher, name);
    }

    private void route(Exchange exchange, Matcher matcher, String name) throws IOException {
        if (matcher.group("tags") != null) {
            requireMethod(exchange, "GET", "HEAD");
            lists.tags(exchange, name);
        } else if (matcher.group("subject") != null) {
            requireMethod(exchange, "GET", "HEAD");
            lists.referrers(exchange, name, unescaped(matcher.group("subject")));
        } else if (matcher.group("uploads") != null) {
            requireMethod(exchange, "POST");
            uploads.start(exchange, name);
        } else if (matcher.group("upload") != null) {
            requireMethod(exchange, "GET", "PATCH", "PUT", "DELETE");
            uploads.handle(exchange, name, matcher.group("upload"));
        } else if (matcher.group("blob") != null) {
            requireMethod(exchange, "GET", "HEAD", "DELETE");
            blobs.handle(exchange, name, Names.digest(unescaped(matcher.group("blob"))));
        } else {
            requireMethod(exchange, "GET", "HEAD", "PUT", "DELETE");
            manifests.handle(exchange, name, unescaped(matcher.group("manifest")));
        }
    }

    /** Some clients write the colon of a digest as an escape. */
    private static String unescaped(String part) {
        return URLDecoder.decode(part, StandardCharsets.UTF_8);
    }

    private static Action action(String method) {
        return switch (method) {
            case "GET", "HEAD" -> Action.PULL;
            case "DELETE" -> Action.DELETE;
            default -> Action.PUSH;
        };
    }

    private void require(Exchange exchange, Optional<String> repository, Action action) {
        switch (access.decide(exchange, repository, action)) {
            case ALLOWED -> {}
            case LOGIN_NEEDED ->
                    throw new RegistryException(
                            RegistryErrorCode.UNAUTHORIZED,
                            "log in with a token as the password, or send it as a bearer token");
            case DENIED ->
                    throw new RegistryException(
                            RegistryErrorCode.DENIED,
                            "this token does not allow that"
                                    + repository.map(name -> " in " + name).orElse(""));
        }
    }

    private static void requireMethod(Exchange exchange, String... methods) {
        for (String method : methods) {
            if (exchange.method().equals(method)) {
                return;
            }
        }
        exchange.set("Allow", String.join(", ", methods));
        throw new RegistryException(
                RegistryErrorCode.UNSUPPORTED, exchange.method() + " is not done here");
    }

    private static void answer(Exchange exchange, RegistryErrorCode code, String message)
            throws IOException {
        if (code == RegistryErrorCode.UNAUTHORIZED) {
            exchange.set("WWW-Authenticate", "Basic realm=\"Littlecloud\", charset=\"UTF-8\"");
        }
        answer(exchange, code.status(), code.name(), message);
    }

    /** "Error Codes": the shape of an error's body. */
    private static void answer(Exchange exchange, int status, String code, String message)
            throws IOException {
        if (exchange.isAnswered()) {
            throw new IOException("too late to say: " + message);
        }
        ObjectNode error = MAPPER.createObjectNode();
        error.put("code", code);
        error.put("message", message);
        error.set("detail", MAPPER.createObjectNode());
        exchange.answer(
                status,
                "application/json",
                MAPPER.writeValueAsBytes(Map.of("errors", new Object[] {error})));
    }
}
