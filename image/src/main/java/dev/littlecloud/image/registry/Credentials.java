package dev.littlecloud.image.registry;

import dev.littlecloud.image.ImageException;
import dev.littlecloud.image.ImageReference.RegistryName;
import dev.littlecloud.image.json.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * What {@code docker login} wrote down for a registry.
 *
 * @param basic user name and password as HTTP's Basic scheme sends them; empty where there is none
 * @param identityToken to be traded for access tokens; empty where there is none
 */
record Credentials(Optional<String> basic, Optional<String> identityToken) {
    static final Credentials NONE = new Credentials(Optional.empty(), Optional.empty());

    /** The file that docker reads: in DOCKER_CONFIG, else in ~/.docker. */
    static Path file(Map<String, String> environment, Path home) {
        String directory = environment.getOrDefault("DOCKER_CONFIG", "");
        return (directory.isEmpty() ? home.resolve(".docker") : Path.of(directory))
                .resolve("config.json");
    }

    /**
     * @param registry as in image names
     */
    static Credentials read(Path file, String registry) {
        byte[] bytes;
        try {
            bytes = Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            return NONE;
        } catch (IOException e) {
            throw ImageException.io("reading " + file, e);
        }
        String label = file.toString();
        JsonNode auths = Json.objectIn(Json.object(bytes, label), "auths", label);
        for (String key : auths.propertyNames()) {
            if (host(key).equals(host(registry))) {
                return of(Json.objectIn(auths, key, label), label);
            }
        }
        return NONE;
    }

    /** Keys are hosts, or URLs as of old: {@code https://index.docker.io/v1/}. */
    private static String host(String key) {
        String host = key.replaceFirst("^https?://", "");
        int slash = host.indexOf('/');
        host = slash < 0 ? host : host.substring(0, slash);
        return host.equals("index.docker.io") || host.equals("registry-1.docker.io")
                ? RegistryName.DOCKER_HUB
                : host;
    }

    private static Credentials of(JsonNode entry, String label) {
        String identityToken = Json.text(entry, "identitytoken", label);
        String auth = Json.text(entry, "auth", label);
        String user = Json.text(entry, "username", label);
        if (auth.isEmpty() && !user.isEmpty()) {
            String both = user + ":" + Json.text(entry, "password", label);
            auth = Base64.getEncoder().encodeToString(both.getBytes(StandardCharsets.UTF_8));
        }
        boolean isBase64 = auth.chars().allMatch(c -> c > ' ' && c < 0x7f);
        if (!isBase64) {
            throw ImageException.malformed("an 'auth' in " + label + " is not base64");
        }
        return new Credentials(
                Optional.of(auth).filter(text -> !text.isEmpty()),
                Optional.of(identityToken).filter(text -> !text.isEmpty()));
    }
}
