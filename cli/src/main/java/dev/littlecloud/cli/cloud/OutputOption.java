package dev.littlecloud.cli.cloud;

import picocli.CommandLine.Option;

/** {@code --output}. */
final class OutputOption {
    /** What it may say. */
    enum Format {
        table,
        json
    }

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            description = "${COMPLETION-CANDIDATES}; default: ${DEFAULT-VALUE}.",
            defaultValue = "table")
    private Format format = Format.table;

    boolean isJson() {
        return format == Format.json;
    }
}
