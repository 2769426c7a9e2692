package dev.littlecloud.cli.image;

import dev.littlecloud.image.Digest;
import dev.littlecloud.image.Image;
import dev.littlecloud.image.ImageConfig;
import dev.littlecloud.image.ImageConfig.ExposedPort;
import dev.littlecloud.image.ImageReference.RegistryName;
import dev.littlecloud.image.ImageStore;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code littlecloud image inspect}. */
@Command(
        name = "inspect",
        header = "Shows what the store knows of an image, as JSON.",
        mixinStandardHelpOptions = true,
        footerHeading = "%nExamples:%n",
        footer = {"  littlecloud image inspect nginx"})
final class ImageInspectCommand implements Runnable {
    private final Supplier<ImageStore> store;

    @Parameters(paramLabel = "IMAGE", description = "A name, or an id or its beginning.")
    private String nameOrId;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            description = "json, which is the only format.",
            defaultValue = "json")
    private OutputFormat output = OutputFormat.json;

    @Spec private CommandSpec spec;

    /** Picocli sets the annotated fields. */
    @SuppressWarnings("NullAway.Init")
    ImageInspectCommand(Supplier<ImageStore> store) {
        this.store = store;
    }

    @Override
    public void run() {
        if (output != OutputFormat.json) {
            throw new ParameterException(spec.commandLine(), "an image is shown as json only");
        }
        ImageStore opened = store.get();
        Image image = opened.inspect(nameOrId);
        List<String> names =
                opened.list().stream()
                        .filter(summary -> summary.id().equals(image.id()))
                        .flatMap(summary -> summary.names().stream())
                        .map(RegistryName::familiar)
                        .toList();
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("id", image.id().toString());
        fields.put("names", names);
        fields.put("manifest", image.manifest().map(Digest::toString).orElse(null));
        fields.put("created", image.config().created().toString());
        fields.put("sizeBytes", image.tree().blobSize());
        fields.put("files", image.tree().nodeCount());
        fields.put("config", config(image.config()));
        spec.commandLine().getOut().println(OutputFormat.json(fields));
    }

    private static Map<String, Object> config(ImageConfig config) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("entrypoint", config.entrypoint());
        fields.put("cmd", config.cmd());
        fields.put("env", config.env());
        fields.put("user", config.user());
        fields.put("workingDir", config.workingDir());
        fields.put(
                "exposedPorts", config.exposedPorts().stream().map(ExposedPort::toString).toList());
        fields.put("volumes", config.volumes());
        fields.put("stopSignal", config.stopSignal().orElse(null));
        config.healthcheck()
                .ifPresent(
                        check -> {
                            Map<String, Object> health = new LinkedHashMap<>();
                            health.put("test", check.test());
                            health.put("intervalMillis", check.interval().toMillis());
                            health.put("timeoutMillis", check.timeout().toMillis());
                            health.put("startPeriodMillis", check.startPeriod().toMillis());
                            health.put("retries", check.retries());
                            fields.put("healthcheck", health);
                        });
        fields.put("labels", new TreeMap<>(config.labels()));
        return fields;
    }
}
