package dev.littlecloud.registry;

import dev.littlecloud.image.Digest;
import dev.littlecloud.web.WebServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Our registry on a free loopback port, and a client that says exactly what a test wants said. */
final class RegistryServer implements AutoCloseable {
    static final String IMAGE = "application/vnd.oci.image.manifest.v1+json";
    static final String INDEX = "application/vnd.oci.image.index.v1+json";

    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    final Registry registry;
    private final WebServer server;

    private RegistryServer(Registry registry, WebServer server) {
        this.registry = registry;
        this.server = server;
    }

    static RegistryServer start(Path data, RegistryAccess access) {
        Registry registry = Registry.open(data);
        try {
            return new RegistryServer(
                    registry,
                    WebServer.start(
                            WebServer.Config.loopback("registry", 0),
                            new RegistryEndpoint(registry, access)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    int port() {
        return server.port();
    }

    String host() {
        return "localhost:" + port();
    }

    /** One answer. */
    record Answer(int status, java.net.http.HttpHeaders headers, byte[] body) {
        String header(String name) {
            return headers.firstValue(name).orElse("");
        }

        String text() {
            return new String(body, StandardCharsets.UTF_8);
        }
    }

    Answer send(String method, String path, String... headers) {
        return send(port(), method, path, BodyPublishers.noBody(), headers);
    }

    Answer send(String method, String path, byte[] body, String... headers) {
        return send(port(), method, path, BodyPublishers.ofByteArray(body), headers);
    }

    static Answer send(
            int port, String method, String path, BodyPublisher body, String... headers) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                        .method(method, body);
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        try {
            HttpResponse<byte[]> response = HTTP.send(request.build(), BodyHandlers.ofByteArray());
            return new Answer(response.statusCode(), response.headers(), response.body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /** Begins an upload and gives its place. */
    String begin(String name) {
        return send("POST", "/v2/" + name + "/blobs/uploads/").header("Location");
    }

    /** Pushes a blob in one request. */
    Digest push(String name, byte[] blob) {
        Digest digest = Digest.sha256(blob);
        Answer answer =
                send(
                        "POST",
                        "/v2/" + name + "/blobs/uploads/?digest=" + digest,
                        blob,
                        "Content-Type",
                        "application/octet-stream");
        if (answer.status() != 201) {
            throw new AssertionError(answer.status() + " " + answer.text());
        }
        return digest;
    }

    /** Pushes a manifest under a tag or, where that is empty, under its digest. */
    Digest pushManifest(String name, String tag, String mediaType, String manifest) {
        Digest digest = Digest.sha256(bytes(manifest));
        Answer answer =
                send(
                        "PUT",
                        "/v2/" + name + "/manifests/" + (tag.isEmpty() ? digest : tag),
                        bytes(manifest),
                        "Content-Type",
                        mediaType);
        if (answer.status() != 201) {
            throw new AssertionError(answer.status() + " " + answer.text());
        }
        return digest;
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** A manifest of a configuration and one layer, with more fields in front. */
    static String manifest(String fields, Digest config, Digest layer) {
        return """
               {%s"schemaVersion":2,"mediaType":"%s",
                "config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"%s","size":2},
                "layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar","digest":"%s","size":3}]}"""
                .formatted(fields, IMAGE, config, layer);
    }

    static String index(Digest child) {
        return """
               {"schemaVersion":2,"mediaType":"%s","manifests":[
                {"mediaType":"%s","digest":"%s","size":1,
                 "platform":{"os":"linux","architecture":"amd64"}}]}"""
                .formatted(INDEX, IMAGE, child);
    }

    @Override
    public void close() {
        server.close();
    }
}
