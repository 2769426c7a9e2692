package dev.littlecloud.cli.image;

import dev.littlecloud.image.ImageReference;
import dev.littlecloud.image.ImageStore;
import dev.littlecloud.image.Progress;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code littlecloud image load}. */
@Command(
        name = "load",
        header = "Puts the images of an archive or an OCI layout into the store.",
        description = "Prints the id of each.",
        mixinStandardHelpOptions = true,
        footerHeading = "%nExamples:%n",
        footer = {
            "  littlecloud image load docker-archive:nginx.tar",
            "  littlecloud image load nginx.tar",
            "  littlecloud image load oci:layout:v1",
            "  littlecloud image load oci-archive:app.tar",
        })
final class ImageLoadCommand implements Runnable {
    private final Supplier<ImageStore> store;

    @Parameters(
            paramLabel = "IMAGE",
            description =
                    "docker-archive:FILE[:NAME], oci:DIR[:TAG] or oci-archive:FILE[:TAG];"
                            + " a FILE alone is one of docker save.")
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
    ImageLoadCommand(Supplier<ImageStore> store) {
        this.store = store;
    }

    @Override
    public void run() {
        Progress progress = TerminalProgress.ofStandardError(spec.commandLine().getErr());
        boolean hasTransport = reference.matches("(docker-archive|oci|oci-archive):.*");
        ImageReference parsed =
                ImageReference.parse(hasTransport ? reference : "docker-archive:" + reference);
        Loaded.print(store.get().load(parsed, progress), output, spec.commandLine().getOut());
    }
}
