package dev.littlecloud.cli.image;

import dev.littlecloud.cli.ExitCodes;
import dev.littlecloud.image.ImageException;
import dev.littlecloud.image.ImageStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code littlecloud image rm}. */
@Command(
        name = "rm",
        aliases = "remove",
        header = "Removes images from the store.",
        description =
                "A name is taken away; the image goes with its last one. Instances that run keep"
                        + " their files.",
        mixinStandardHelpOptions = true,
        footerHeading = "%nExamples:%n",
        footer = {"  littlecloud image rm nginx:latest", "  littlecloud image rm 3f9a0c12b7de"})
final class ImageRemoveCommand implements Callable<Integer> {
    private final Supplier<ImageStore> store;

    @Parameters(arity = "1..*", paramLabel = "IMAGE", description = "Names or ids.")
    private List<String> images = List.of();

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            description = "${COMPLETION-CANDIDATES}; default: ${DEFAULT-VALUE}.",
            defaultValue = "table")
    private OutputFormat output = OutputFormat.table;

    @Spec private CommandSpec spec;

    /** Picocli sets the annotated fields. */
    @SuppressWarnings("NullAway.Init")
    ImageRemoveCommand(Supplier<ImageStore> store) {
        this.store = store;
    }

    /** Removes what it can, and fails at the end if there was something it could not. */
    @Override
    public Integer call() {
        ImageStore opened = store.get();
        List<String> removed = new ArrayList<>();
        int code = ExitCodes.SUCCESS;
        for (String image : images) {
            try {
                opened.remove(image);
                removed.add(image);
            } catch (ImageException e) {
                spec.commandLine().getErr().println("littlecloud: " + e.getMessage());
                code = ExitCodes.FAILURE;
            }
        }
        switch (output) {
            case table -> removed.forEach(spec.commandLine().getOut()::println);
            case json ->
                    spec.commandLine()
                            .getOut()
                            .println(OutputFormat.json(Map.of("removed", removed)));
        }
        return code;
    }
}
