package dev.littlecloud.image.registry;

import dev.littlecloud.image.Digest;
import dev.littlecloud.image.ErrorCode;
import dev.littlecloud.image.ImageException;
import dev.littlecloud.image.ImageReference.RegistryName;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;

/** {@link RegistryClient} over HTTP/1.1 and HTTP/2. */
public final class HttpRegistryClient implements RegistryClient {
    private static final int MOST_MANIFEST_BYTES = 4 << 20;
    private static final int MOST_ERROR_BYTES = 4 << 10;
    private static final int MOST_REDIRECTS = 5;
    private static final int TRIES = 4;
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(15);
    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(60);
    private static final String MANIFEST_TYPES =
            String.join(
                    ", ",
                    List.of(
                            "application/vnd.oci.image.index.v1+json",
                            "application/vnd.oci.image.manifest.v1+json",
                            "application/vnd.docker.distribution.manifest.list.v2+json",
                            "application/vnd.docker.distribution.manifest.v2+json"));

    private final RegistryName name;
    private final Endpoint endpoint;
    private final HttpClient http;
    private final TokenSource tokens;
    private final Backoff backoff;

    public HttpRegistryClient(RegistryName name) {
        this(name, System.getenv(), Path.of(System.getProperty("user.home", "/")));
    }

    private HttpRegistryClient(RegistryName name, Map<String, String> environment, Path home) {
        this(
                name,
                Credentials.file(environment, home),
                Authorities.of(name.registry(), environment, home),
                Backoff.REAL);
    }

    /**
     * @param credentials Docker's config.json, which need not exist
     */
    HttpRegistryClient(
            RegistryName name, Path credentials, Authorities authorities, Backoff backoff) {
        this.name = name;
        this.endpoint = Endpoint.of(name.registry(), authorities.areSetUp());
        HttpClient.Builder builder =
                HttpClient.newBuilder()
                        .connectTimeout(CONNECT_TIMEOUT)
                        .followRedirects(HttpClient.Redirect.NEVER)
                        .proxy(new EnvironmentProxy(System.getenv()));
        if (!endpoint.isPlain()) {
            builder.sslContext(authorities.context());
        }
        this.http = builder.build();
        this.tokens =
                new TokenSource(
                        endpoint,
                        name.repository(),
                        Credentials.read(credentials, name.registry()),
                        http);
        this.backoff = backoff;
    }

    @Override
    public byte[] manifest(String reference) {
        @Nullable IOException last = null;
        for (int attempt = 0; attempt < TRIES; attempt++) {
            backoff.beforeAttempt(attempt);
            try {
                HttpResponse<InputStream> response =
                        get("/manifests/" + reference, Map.of("Accept", MANIFEST_TYPES));
                try (InputStream body = response.body()) {
                    requireOk(response, "the image " + name.familiar());
                    byte[] bytes = body.readNBytes(MOST_MANIFEST_BYTES + 1);
                    if (bytes.length > MOST_MANIFEST_BYTES) {
                        throw new ImageException(
                                ErrorCode.LIMIT_EXCEEDED,
                                "the manifest of "
                                        + name.familiar()
                                        + " is larger than "
                                        + MOST_MANIFEST_BYTES
                                        + " bytes");
                    }
                    return bytes;
                }
            } catch (SSLHandshakeException e) {
                throw unreachable(e);
            } catch (IOException e) {
                last = e;
            }
        }
        throw unreachable(last);
    }

    @Override
    public Blob blob(Digest digest, long offset) throws IOException {
        Map<String, String> headers =
                offset == 0 ? Map.of() : Map.of("Range", "bytes=" + offset + "-");
        HttpResponse<InputStream> response = get("/blobs/" + digest, headers);
        try {
            requireOk(response, "the layer " + digest.shortHex() + " of " + name.familiar());
        } catch (IOException | RuntimeException e) {
            response.body().close();
            throw e;
        }
        return new Blob(
                new StallGuard(response.body(), ANSWER_TIMEOUT),
                response.statusCode() == 206 ? offset : 0);
    }

    @Override
    public void close() {
        http.shutdownNow();
    }

    private HttpResponse<InputStream> get(String path, Map<String, String> headers)
            throws IOException {
        URI uri = URI.create(endpoint.base() + "/v2/" + name.repository() + path);
        HttpResponse<InputStream> response = follow(uri, headers, tokens.current());
        if (response.statusCode() == 401) {
            List<Challenge> challenges =
                    Challenge.parse(response.headers().allValues("WWW-Authenticate"));
            Optional<String> authorization = tokens.answer(challenges);
            if (authorization.isPresent()) {
                response.body().close();
                response = follow(uri, headers, authorization);
            }
        }
        return response;
    }

    private HttpResponse<InputStream> follow(
            URI start, Map<String, String> headers, Optional<String> authorization)
            throws IOException {
        URI uri = start;
        for (int i = 0; i <= MOST_REDIRECTS; i++) {
            HttpRequest.Builder request = HttpRequest.newBuilder(uri).timeout(ANSWER_TIMEOUT);
            headers.forEach(request::header);
            // Blobs are often served by another host, which must not see the registry's token and,
            // as object stores do, may refuse a request that has one.
            if (uri.getRawAuthority().equals(start.getRawAuthority())) {
                authorization.ifPresent(value -> request.header("Authorization", value));
            }
            HttpResponse<InputStream> response =
                    send(http, request.build(), HttpResponse.BodyHandlers.ofInputStream());
            Optional<String> location = response.headers().firstValue("Location");
            if (response.statusCode() < 301
                    || response.statusCode() > 308
                    || response.statusCode() == 304
                    || location.isEmpty()) {
                return response;
            }
            response.body().close();
            uri = next(uri, location.get());
        }
        throw new ImageException(
                ErrorCode.NETWORK, "the registry " + endpoint.registry() + " redirects in circles");
    }

    private URI next(URI uri, String location) {
        try {
            URI next = uri.resolve(location);
            if (endpoint.mayLeadTo(next)) {
                return next;
            }
        } catch (IllegalArgumentException e) {
            // Reported below, as is any other place we do not go.
        }
        throw new ImageException(
                ErrorCode.NETWORK,
                "the registry "
                        + endpoint.registry()
                        + " redirects to '"
                        + location
                        + "', which is not HTTPS");
    }

    static <T> HttpResponse<T> send(
            HttpClient http, HttpRequest request, HttpResponse.BodyHandler<T> handler)
            throws IOException {
        try {
            return http.send(request, handler);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ImageException(ErrorCode.NETWORK, "the download was interrupted", e);
        }
    }

    /**
     * @throws IOException where another try may help
     */
    private void requireOk(HttpResponse<InputStream> response, String what) throws IOException {
        int status = response.statusCode();
        if (status == 200 || status == 206) {
            return;
        }
        String said = errorText(response.body());
        if (status == 429 || status >= 500) {
            throw new IOException("HTTP status " + status + said);
        }
        throw switch (status) {
            case 401, 403 ->
                    new ImageException(
                            ErrorCode.DENIED,
                            "the registry "
                                    + endpoint.registry()
                                    + " does not let us have "
                                    + what
                                    + said
                                    + "; check the name, and log in with 'docker login"
                                    + (endpoint.registry().equals(RegistryName.DOCKER_HUB)
                                            ? ""
                                            : " " + endpoint.registry())
                                    + "'");
            case 404 ->
                    new ImageException(
                            ErrorCode.NOT_FOUND,
                            what + " is not in the registry " + endpoint.registry() + said);
            default ->
                    new ImageException(
                            ErrorCode.NETWORK,
                            "the registry "
                                    + endpoint.registry()
                                    + " answered with status "
                                    + status
                                    + said);
        };
    }

    private static String errorText(InputStream body) throws IOException {
        return RegistryErrors.text(
                new String(body.readNBytes(MOST_ERROR_BYTES), StandardCharsets.UTF_8));
    }

    private ImageException unreachable(@Nullable Exception cause) {
        return RegistryErrors.unreachable(endpoint.registry(), cause);
    }
}
