package dev.littlecloud.cli.cloud;

import dev.littlecloud.cli.ExitCodes;
import dev.littlecloud.image.DataDirectory;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Asks the API of a cloud. */
public final class CloudClient {
    private static final JsonMapper MAPPER = new JsonMapper();
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
    private static final int NOT_FOUND = 404;

    private final CloudAddress address;
    private final HttpClient http =
            HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(CONNECT_TIMEOUT)
                    .build();

    CloudClient(CloudAddress address) {
        this.address = address;
    }

    /** For the cloud that the environment names, or that of the data directory. */
    public static CloudClient fromEnvironment() {
        return new CloudClient(CloudAddress.find(System.getenv(), DataDirectory.fromEnvironment()));
    }

    /** For a cloud at a URL. */
    public static CloudClient of(String url, String token) {
        return new CloudClient(new CloudAddress(url, token));
    }

    /**
     * An answer.
     *
     * @param etag empty where there is none
     */
    record Answer(int status, String etag, JsonNode json) {}

    JsonNode get(String path) {
        return send("GET", path, "").json();
    }

    /** Empty where there is no such thing. */
    Optional<Answer> find(String path) {
        Answer answer = exchange("GET", path, "");
        if (answer.status() == NOT_FOUND) {
            return Optional.empty();
        }
        return Optional.of(required(answer));
    }

    /**
     * Sends a request whose answer must be a good one.
     *
     * @param headers names and values
     */
    Answer send(String method, String path, String body, String... headers) {
        return required(exchange(method, path, body, headers));
    }

    private static Answer required(Answer answer) {
        if (answer.status() >= 400) {
            String message = answer.json().path("message").stringValue("");
            throw new CloudException(
                    ExitCodes.FAILURE,
                    message.isEmpty() ? "the cloud answered " + answer.status() : message);
        }
        return answer;
    }

    private Answer exchange(String method, String path, String body, String... headers) {
        HttpRequest.Builder request =
                request(path).method(method, HttpRequest.BodyPublishers.ofString(body));
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        HttpResponse<String> response = send(request.build(), HttpResponse.BodyHandlers.ofString());
        return new Answer(
                response.statusCode(),
                response.headers().firstValue("ETag").orElse(""),
                json(response.body()));
    }

    private HttpRequest.Builder request(String path) {
        try {
            return HttpRequest.newBuilder(URI.create(address.url() + path))
                    .header("Authorization", "Bearer " + address.token());
        } catch (IllegalArgumentException e) {
            throw new CloudException(
                    ExitCodes.UNREACHABLE,
                    "'"
                            + address.url()
                            + "' is not the URL of a cloud, or its token has a line break");
        }
    }

    private static JsonNode json(String body) {
        try {
            return body.isEmpty() ? MAPPER.createObjectNode() : MAPPER.readTree(body);
        } catch (JacksonException e) {
            throw new CloudException(
                    ExitCodes.UNREACHABLE, "what answers there is not a cloud: it sent no JSON");
        }
    }

    private <T> HttpResponse<T> send(HttpRequest request, HttpResponse.BodyHandler<T> handler) {
        try {
            return http.send(request, handler);
        } catch (ConnectException e) {
            throw new CloudException(
                    ExitCodes.UNREACHABLE,
                    "no cloud answers at " + address.url() + "; start it with 'littlecloud up'");
        } catch (IOException e) {
            throw new CloudException(
                    ExitCodes.UNREACHABLE,
                    "the connection to " + address.url() + " broke: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CloudException(ExitCodes.FAILURE, "interrupted");
        }
    }

    /** Takes the lines of a stream; false ends it. */
    interface LineReader {
        boolean take(JsonNode line);
    }

    /**
     * Reads a stream of JSON lines until its end or the reader's word.
     *
     * @throws BrokenStreamException when it broke
     */
    void stream(String path, LineReader reader) {
        HttpResponse<InputStream> response =
                send(request(path).build(), HttpResponse.BodyHandlers.ofInputStream());
        try (BufferedReader lines =
                new BufferedReader(
                        new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
            if (response.statusCode() >= 400) {
                required(new Answer(response.statusCode(), "", json(lines.readLine())));
            }
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (!line.isEmpty() && !reader.take(json(line))) {
                    return;
                }
            }
        } catch (IOException e) {
            throw new BrokenStreamException(e);
        }
    }

    static String escaped(String part) {
        return URLEncoder.encode(part, StandardCharsets.UTF_8).replace("+", "%20");
    }

    static String service(String name) {
        return "/v1/services/" + escaped(name);
    }
}
