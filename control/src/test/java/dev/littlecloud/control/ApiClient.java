package dev.littlecloud.control;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** A client that holds every answer against the OpenAPI document. */
public final class ApiClient {
    private static final JsonMapper MAPPER = new JsonMapper();
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private static final SchemaRegistry SCHEMAS =
            SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);
    private static final Map<String, Schema> KNOWN = new ConcurrentHashMap<>();
    private static final JsonNode DOCUMENT = document();

    private final int port;
    private final String token;

    public ApiClient(int port, String token) {
        this.port = port;
        this.token = token;
    }

    private static JsonNode document() {
        var in = ControlPlane.class.getResourceAsStream("api/openapi.yaml");
        return new YAMLMapper().readTree(in);
    }

    /** One answer. */
    public record Answer(int status, String etag, String contentType, String text) {
        public JsonNode json() {
            return MAPPER.readTree(text);
        }

        public String code() {
            return json().path("code").stringValue("");
        }
    }

    public Answer get(String path, String... headers) {
        return send("GET", path, "", headers);
    }

    public Answer put(String path, String body, String... headers) {
        return send("PUT", path, body, headers);
    }

    public Answer send(String method, String path, String body, String... headers) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                        .method(method, HttpRequest.BodyPublishers.ofString(body));
        if (!token.isEmpty()) {
            request.header("Authorization", "Bearer " + token);
        }
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        try {
            HttpResponse<String> response =
                    HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
            Answer answer =
                    new Answer(
                            response.statusCode(),
                            response.headers().firstValue("ETag").orElse(""),
                            response.headers().firstValue("Content-Type").orElse(""),
                            response.body());
            check(method, path.replaceFirst("\\?.*", ""), answer);
            return answer;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /** The answer is one that the document has for the request. */
    private static void check(String method, String path, Answer answer) {
        JsonNode responses = null;
        for (String template : DOCUMENT.get("paths").propertyNames()) {
            if (path.matches(template.replaceAll("\\{[a-z]+}", "[^/]+").replace(".", "\\."))) {
                responses = DOCUMENT.get("paths").get(template).path(method.toLowerCase());
                break;
            }
        }
        if (responses == null || responses.isMissingNode()) {
            // What the document does not have must be refused in its shape.
            assertThat(answer.status()).isIn(401, 404, 405);
            validate("/components/schemas/Error", answer.text());
            return;
        }
        JsonNode response = responses.get("responses").path(Integer.toString(answer.status()));
        if (response.isMissingNode()) {
            assertThat(answer.status()).as(answer.text()).isGreaterThanOrEqualTo(400);
            response = responses.get("responses").path("default");
        }
        assertThat(response.isMissingNode())
                .as(method + " " + path + " answers " + answer.status())
                .isFalse();
        JsonNode content = resolved(response).path("content");
        if (content.isMissingNode()) {
            assertThat(answer.text()).isEmpty();
            return;
        }
        String type = content.propertyNames().iterator().next();
        assertThat(answer.contentType()).startsWith(type);
        String reference = content.get(type).get("schema").path("$ref").stringValue("");
        if (type.equals("application/json")) {
            validate(reference.substring(1), answer.text());
        } else if (type.equals("application/x-ndjson")) {
            answer.text()
                    .lines()
                    .filter(line -> !line.isEmpty())
                    .forEach(line -> validate(reference.substring(1), line));
        }
    }

    private static JsonNode resolved(JsonNode node) {
        String reference = node.path("$ref").stringValue("");
        return reference.isEmpty() ? node : DOCUMENT.at(reference.substring(1));
    }

    private static void validate(String pointer, String json) {
        Schema schema =
                KNOWN.computeIfAbsent(
                        pointer,
                        wanted -> {
                            ObjectNode whole = MAPPER.createObjectNode();
                            whole.put("$ref", "#" + wanted);
                            whole.set("components", DOCUMENT.get("components"));
                            return SCHEMAS.getSchema(whole.toString(), InputFormat.JSON);
                        });
        assertThat(schema.validate(json, InputFormat.JSON)).as(json).isEmpty();
    }
}
