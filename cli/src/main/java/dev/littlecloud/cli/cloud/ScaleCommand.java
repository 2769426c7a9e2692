package dev.littlecloud.cli.cloud;

import dev.littlecloud.cli.ExitCodes;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** {@code littlecloud scale}. */
@Command(
        name = "scale",
        header = "Changes how many instances a service has, without a new revision.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  littlecloud scale hello --min 1 --max 20",
            "  littlecloud scale hello --concurrency 10:50 --idle 2s",
        })
public final class ScaleCommand extends CloudCommand {
    @Parameters(index = "0", paramLabel = "NAME", description = "The name of the service.")
    private String name = "";

    @Mixin private ScalingOptions scaling = new ScalingOptions();

    @Mixin private OutputOption output = new OutputOption();

    public ScaleCommand(Supplier<CloudClient> clients) {
        super(clients);
    }

    @Override
    public Integer call() {
        ObjectNode patch = new JsonMapper().createObjectNode();
        if (!scaling.apply(spec(), patch.putObject("scaling"))) {
            throw new ParameterException(
                    spec().commandLine(), "nothing to change was given, such as --max 20");
        }
        CloudClient.Answer answer =
                cloud().send("PATCH", CloudClient.service(name), patch.toString());
        if (output.isJson()) {
            printJson(answer.json());
        }
        return ExitCodes.SUCCESS;
    }
}
