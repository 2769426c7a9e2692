package dev.littlecloud.cli.image;

import tools.jackson.databind.json.JsonMapper;

/** What {@code --output} may say. */
enum OutputFormat {
    table,
    json;

    static String json(Object document) {
        return JsonMapper.builder()
                .build()
                .writerWithDefaultPrettyPrinter()
                .writeValueAsString(document);
    }
}
