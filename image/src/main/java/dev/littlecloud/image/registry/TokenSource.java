package dev.littlecloud.image.registry;

import dev.littlecloud.image.ErrorCode;
import dev.littlecloud.image.ImageException;
import dev.littlecloud.image.json.Json;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/**
 * The Authorization header for one repository: none until the registry asks, then Basic, or a
 * bearer token from the place the registry names (the distribution project's "Token Authentication
 * Specification"; "OAuth2" with an identity token).
 */
final class TokenSource {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final int MOST_CHARACTERS = 64 << 10;

    private final Endpoint endpoint;
    private final String repository;
    private final Credentials credentials;
    private final HttpClient http;
    private volatile Optional<String> authorization = Optional.empty();

    TokenSource(Endpoint endpoint, String repository, Credentials credentials, HttpClient http) {
        this.endpoint = endpoint;
        this.repository = repository;
        this.credentials = credentials;
        this.http = http;
    }

    /** What was accepted last. */
    Optional<String> current() {
        return authorization;
    }

    /** A header that meets one of the challenges; empty where we have nothing to offer. */
    Optional<String> answer(List<Challenge> challenges) throws IOException {
        for (Challenge challenge : challenges) {
            if (challenge.scheme().equals("bearer")) {
                authorization = Optional.of("Bearer " + token(challenge));
                return authorization;
            }
            if (challenge.scheme().equals("basic") && credentials.basic().isPresent()) {
                authorization = credentials.basic().map(basic -> "Basic " + basic);
                return authorization;
            }
        }
        return Optional.empty();
    }

    private String token(Challenge challenge) throws IOException {
        URI realm = realm(challenge);
        String scope = challenge.parameter("scope");
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put("service", challenge.parameter("service"));
        parameters.put("scope", scope.isEmpty() ? "repository:" + repository + ":pull" : scope);
        HttpRequest.Builder request;
        if (credentials.identityToken().isPresent()) {
            parameters.put("grant_type", "refresh_token");
            parameters.put("refresh_token", credentials.identityToken().get());
            parameters.put("client_id", "littlecloud");
            request =
                    HttpRequest.newBuilder(realm)
                            .header("Content-Type", "application/x-www-form-urlencoded")
                            .POST(HttpRequest.BodyPublishers.ofString(form(parameters)));
        } else {
            String separator = realm.getRawQuery() == null ? "?" : "&";
            request = HttpRequest.newBuilder(URI.create(realm + separator + form(parameters)));
            credentials
                    .basic()
                    .ifPresent(basic -> request.header("Authorization", "Basic " + basic));
        }
        HttpResponse<String> response =
                HttpRegistryClient.send(
                        http,
                        request.timeout(TIMEOUT).build(),
                        HttpResponse.BodyHandlers.limiting(
                                HttpResponse.BodyHandlers.ofString(), MOST_CHARACTERS));
        return token(response);
    }

    private String token(HttpResponse<String> response) throws IOException {
        int status = response.statusCode();
        if (status == 429 || status >= 500) {
            throw new IOException("HTTP status " + status + " from the token service");
        }
        if (status != 200) {
            throw new ImageException(
                    ErrorCode.DENIED,
                    "the registry "
                            + endpoint.registry()
                            + " does not accept our credentials"
                            + RegistryErrors.text(response.body())
                            + "; log in with 'docker login'");
        }
        String label = "the token of the registry " + endpoint.registry();
        JsonNode answer = Json.object(response.body().getBytes(StandardCharsets.UTF_8), label);
        String token = Json.text(answer, "token", label);
        token = token.isEmpty() ? Json.text(answer, "access_token", label) : token;
        if (token.isEmpty() || !token.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
            throw ImageException.malformed(label + " is none");
        }
        return token;
    }

    private URI realm(Challenge challenge) {
        String realm = challenge.parameter("realm");
        try {
            URI uri = URI.create(realm);
            if (endpoint.mayLeadTo(uri)) {
                return uri;
            }
        } catch (IllegalArgumentException e) {
            // Reported below, as is any other place we do not send a password to.
        }
        throw new ImageException(
                ErrorCode.NETWORK,
                "the registry "
                        + endpoint.registry()
                        + " wants credentials sent to '"
                        + realm
                        + "', which is not HTTPS");
    }

    private static String form(Map<String, String> parameters) {
        return parameters.entrySet().stream()
                .map(
                        entry ->
                                entry.getKey()
                                        + "="
                                        + URLEncoder.encode(
                                                entry.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
    }
}
