package dev.littlecloud.control.api;

import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * An answer.
 *
 * @param etag of what it shows
 */
record Reply(int status, String contentType, byte[] body, Optional<String> etag) {
    static final String JSON = "application/json";
    static final Reply NO_CONTENT = new Reply(204, "", new byte[0], Optional.empty());

    static Reply json(int status, JsonNode body) {
        return new Reply(status, JSON, Views.bytes(body), Optional.empty());
    }

    Reply withEtag(String newEtag) {
        return new Reply(status, contentType, body, Optional.of(newEtag));
    }
}
