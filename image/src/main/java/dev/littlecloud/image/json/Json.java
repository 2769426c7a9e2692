package dev.littlecloud.image.json;

import dev.littlecloud.image.Digest;
import dev.littlecloud.image.ImageException;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** JSON from strangers: every access says what is wrong with which document. */
public final class Json {
    private static final JsonMapper MAPPER = new JsonMapper();

    private Json() {}

    public static JsonNode object(byte[] bytes, String label) {
        JsonNode node = parse(bytes, label);
        if (!node.isObject()) {
            throw ImageException.malformed(label + " is not a JSON object");
        }
        return node;
    }

    public static JsonNode parse(byte[] bytes, String label) {
        try {
            return MAPPER.readTree(bytes);
        } catch (JacksonException e) {
            throw ImageException.malformed(label + " is not JSON: " + e.getOriginalMessage());
        }
    }

    /** The text of a field, {@code ""} where it is missing or null. */
    public static String text(JsonNode object, String field, String label) {
        JsonNode value = object.path(field);
        if (value.isMissingNode() || value.isNull()) {
            return "";
        }
        if (!value.isString()) {
            throw ImageException.malformed("'" + field + "' in " + label + " is not a text");
        }
        return value.stringValue();
    }

    public static String requiredText(JsonNode object, String field, String label) {
        String text = text(object, field, label);
        if (text.isEmpty()) {
            throw ImageException.malformed("'" + field + "' is missing in " + label);
        }
        return text;
    }

    public static List<String> texts(JsonNode object, String field, String label) {
        List<String> texts = new ArrayList<>();
        for (JsonNode value : array(object, field, label)) {
            if (!value.isString()) {
                throw ImageException.malformed(
                        "'" + field + "' in " + label + " is not a list of texts");
            }
            texts.add(value.stringValue());
        }
        return texts;
    }

    /** The elements of a list, none where it is missing or null. */
    public static List<JsonNode> array(JsonNode object, String field, String label) {
        JsonNode value = object.path(field);
        if (value.isMissingNode() || value.isNull()) {
            return List.of();
        }
        if (!value.isArray()) {
            throw ImageException.malformed("'" + field + "' in " + label + " is not a list");
        }
        List<JsonNode> elements = new ArrayList<>();
        value.forEach(elements::add);
        return elements;
    }

    /** The object in a field, an empty one where it is missing or null. */
    public static JsonNode objectIn(JsonNode object, String field, String label) {
        JsonNode value = object.path(field);
        if (value.isMissingNode() || value.isNull()) {
            return MAPPER.createObjectNode();
        }
        if (!value.isObject()) {
            throw ImageException.malformed("'" + field + "' in " + label + " is not an object");
        }
        return value;
    }

    /** A whole number, {@code otherwise} where it is missing or null. */
    public static long number(JsonNode object, String field, long otherwise, String label) {
        JsonNode value = object.path(field);
        if (value.isMissingNode() || value.isNull()) {
            return otherwise;
        }
        if (!value.isIntegralNumber() || !value.canConvertToLong()) {
            throw ImageException.malformed("'" + field + "' in " + label + " is not a number");
        }
        return value.longValue();
    }

    public static Digest digest(JsonNode object, String field, String label) {
        return Digest.parse(requiredText(object, field, label));
    }
}
