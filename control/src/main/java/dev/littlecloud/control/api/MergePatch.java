package dev.littlecloud.control.api;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** RFC 7396: objects are merged, null removes, all else replaces. */
final class MergePatch {
    private MergePatch() {}

    static void apply(ObjectNode target, JsonNode patch) {
        for (String name : patch.propertyNames()) {
            JsonNode value = patch.get(name);
            if (value.isNull()) {
                target.remove(name);
            } else if (value.isObject()) {
                ObjectNode inner =
                        target.path(name) instanceof ObjectNode known
                                ? known
                                : target.putObject(name);
                apply(inner, value);
            } else {
                target.set(name, value);
            }
        }
    }
}
