package dev.littlecloud.control.model;

import dev.littlecloud.control.ControlException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A JSON object from a client, read field by field; whatever is wrong is named. */
public final class JsonFields {
    private static final JsonMapper MAPPER = new JsonMapper();

    private final JsonNode object;
    private final String path;
    private final Set<String> read = new HashSet<>();

    private JsonFields(JsonNode object, String path) {
        this.object = object;
        this.path = path;
    }

    public static JsonFields parse(byte[] bytes) {
        try {
            return of(MAPPER.readTree(bytes));
        } catch (JacksonException e) {
            throw ControlException.badRequest("the body is not JSON: " + e.getOriginalMessage());
        }
    }

    public static JsonFields of(JsonNode node) {
        if (!node.isObject()) {
            throw ControlException.badRequest("the body is not a JSON object");
        }
        return new JsonFields(node, "");
    }

    public JsonNode node() {
        return object;
    }

    private Optional<JsonNode> field(String name) {
        read.add(name);
        JsonNode value = object.path(name);
        return value.isMissingNode() || value.isNull() ? Optional.empty() : Optional.of(value);
    }

    private ControlException wrong(String name, String what) {
        return ControlException.badRequest("'" + path + name + "' " + what);
    }

    public Optional<String> text(String name) {
        return field(name).map(value -> text(name, value));
    }

    private String text(String name, JsonNode value) {
        if (!value.isString()) {
            throw wrong(name, "is not a text");
        }
        return value.stringValue();
    }

    public String requiredText(String name) {
        return text(name)
                .filter(text -> !text.isBlank())
                .orElseThrow(() -> wrong(name, "is missing"));
    }

    public long number(String name, long otherwise, long least, long most) {
        return number(name, least, most).orElse(otherwise);
    }

    public Optional<Long> number(String name, long least, long most) {
        Optional<JsonNode> value = field(name);
        if (value.isEmpty()) {
            return Optional.empty();
        }
        if (!value.get().isIntegralNumber()
                || !value.get().canConvertToLong()
                || value.get().longValue() < least
                || value.get().longValue() > most) {
            throw wrong(name, "is not a whole number from " + least + " to " + most);
        }
        return Optional.of(value.get().longValue());
    }

    public String choice(String name, String otherwise, String... choices) {
        String value = text(name).orElse(otherwise);
        if (!List.of(choices).contains(value)) {
            throw wrong(name, "is none of " + String.join(", ", choices));
        }
        return value;
    }

    public boolean flag(String name, boolean otherwise) {
        Optional<JsonNode> value = field(name);
        if (value.isPresent() && !value.get().isBoolean()) {
            throw wrong(name, "is not true or false");
        }
        return value.map(JsonNode::booleanValue).orElse(otherwise);
    }

    public List<String> texts(String name) {
        List<String> texts = new ArrayList<>();
        Optional<JsonNode> value = field(name);
        if (value.isPresent()) {
            if (!value.get().isArray()) {
                throw wrong(name, "is not a list");
            }
            value.get().forEach(element -> texts.add(text(name, element)));
        }
        return texts;
    }

    public Map<String, String> map(String name) {
        Map<String, String> map = new LinkedHashMap<>();
        JsonFields fields = object(name);
        for (String key : fields.object.propertyNames()) {
            map.put(key, fields.text(key).orElseThrow(() -> fields.wrong(key, "is null")));
        }
        return map;
    }

    /** The object in a field, an empty one where it is missing. */
    public JsonFields object(String name) {
        JsonNode value = field(name).orElseGet(MAPPER::createObjectNode);
        if (!value.isObject()) {
            throw wrong(name, "is not an object");
        }
        return new JsonFields(value, path + name + ".");
    }

    /** To be called when all known fields were read: a misspelt one must not be ignored. */
    public void requireNoOthers() {
        for (String name : object.propertyNames()) {
            if (!read.contains(name)) {
                throw wrong(name, "is not known here");
            }
        }
    }
}
