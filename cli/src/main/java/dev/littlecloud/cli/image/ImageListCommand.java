package dev.littlecloud.cli.image;

import dev.littlecloud.image.ImageReference.RegistryName;
import dev.littlecloud.image.ImageStore;
import dev.littlecloud.image.ImageSummary;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code littlecloud image ls}. */
@Command(
        name = "ls",
        aliases = "list",
        header = "Lists the images in the store, the newest first.",
        mixinStandardHelpOptions = true,
        footerHeading = "%nExamples:%n",
        footer = {"  littlecloud image ls", "  littlecloud image ls --output json"})
final class ImageListCommand implements Runnable {
    private final Supplier<ImageStore> store;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            description = "${COMPLETION-CANDIDATES}; default: ${DEFAULT-VALUE}.",
            defaultValue = "table")
    private OutputFormat output = OutputFormat.table;

    @Option(
            names = {"-q", "--quiet"},
            description = "Print the ids only.")
    private boolean isQuiet;

    @Spec private CommandSpec spec;

    /** Picocli sets the annotated fields. */
    @SuppressWarnings("NullAway.Init")
    ImageListCommand(Supplier<ImageStore> store) {
        this.store = store;
    }

    @Override
    public void run() {
        PrintWriter out = spec.commandLine().getOut();
        List<ImageSummary> images = store.get().list();
        if (isQuiet) {
            images.forEach(image -> out.println(image.id()));
        } else if (output == OutputFormat.json) {
            out.println(OutputFormat.json(images.stream().map(ImageListCommand::fields).toList()));
        } else {
            table(images, out);
        }
    }

    private static Map<String, Object> fields(ImageSummary image) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("id", image.id().toString());
        fields.put("names", image.names().stream().map(RegistryName::familiar).toList());
        fields.put("sizeBytes", image.sizeBytes());
        fields.put("created", image.created().toString());
        return fields;
    }

    private static void table(List<ImageSummary> images, PrintWriter out) {
        Instant now = Instant.now();
        List<String[]> rows = new ArrayList<>();
        rows.add(new String[] {"NAME", "ID", "SIZE", "CREATED"});
        for (ImageSummary image : images) {
            List<String> names = image.names().stream().map(RegistryName::familiar).toList();
            for (String name : names.isEmpty() ? List.of("<none>") : names) {
                rows.add(
                        new String[] {
                            name,
                            image.id().shortHex(),
                            Sizes.text(image.sizeBytes()),
                            Ages.text(image.created(), now)
                        });
            }
        }
        int[] widths = new int[4];
        for (String[] row : rows) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row[i].length());
            }
        }
        for (String[] row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                line.append(row[i]).append(" ".repeat(widths[i] - row[i].length() + 3));
            }
            out.println(line.toString().stripTrailing());
        }
    }
}
