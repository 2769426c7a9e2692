package dev.littlecloud.cli.image;

import dev.littlecloud.image.Image;
import dev.littlecloud.image.ImageReference;
import dev.littlecloud.image.ImageStore;
import dev.littlecloud.image.Progress;
import dev.littlecloud.image.PullPolicy;
import java.util.List;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code littlecloud image pull}. */
@Command(
        name = "pull",
        header = "Fetches an image from a registry, or its newer version.",
        description = "Prints the image's id.",
        mixinStandardHelpOptions = true,
        footerHeading = "%nExamples:%n",
        footer = {
            "  littlecloud image pull nginx",
            "  littlecloud image pull localhost:5000/app:v1",
            "",
            "Registries on this machine are asked over HTTP, all others over HTTPS; credentials",
            "are those of 'docker login' (~/.docker/config.json).",
        })
final class ImagePullCommand implements Runnable {
    private final Supplier<ImageStore> store;

    @Parameters(paramLabel = "NAME", description = "[HOST/]NAME[:TAG][@DIGEST], as in docker pull.")
    private String reference;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            description = "${COMPLETION-CANDIDATES}; default: ${DEFAULT-VALUE}.",
            defaultValue = "table")
    private OutputFormat output = OutputFormat.table;

    @Spec private CommandSpec spec;

    /** Picocli sets the annotated fields. */
    @SuppressWarnings("NullAway.Init")
    ImagePullCommand(Supplier<ImageStore> store) {
        this.store = store;
    }

    @Override
    public void run() {
        if (!(ImageReference.parse(reference) instanceof ImageReference.RegistryName name)) {
            throw new ParameterException(
                    spec.commandLine(),
                    "'" + reference + "' is not in a registry; use 'image load'");
        }
        Progress progress = TerminalProgress.ofStandardError(spec.commandLine().getErr());
        Image image = store.get().resolve(name, PullPolicy.ALWAYS, progress);
        Loaded.print(List.of(image.id()), output, spec.commandLine().getOut());
    }
}
