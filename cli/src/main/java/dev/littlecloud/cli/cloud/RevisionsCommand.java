package dev.littlecloud.cli.cloud;

import dev.littlecloud.cli.ExitCodes;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code littlecloud revisions}. */
@Command(
        name = "revisions",
        header = "Lists the revisions of a service, the newest first.",
        mixinStandardHelpOptions = true,
        footerHeading = "%nExamples:%n",
        footer = {"  littlecloud revisions hello"})
public final class RevisionsCommand extends CloudCommand {
    @Parameters(index = "0", paramLabel = "NAME", description = "The name of the service.")
    private String name = "";

    @Mixin private OutputOption output = new OutputOption();

    public RevisionsCommand(Supplier<CloudClient> clients) {
        super(clients);
    }

    @Override
    public Integer call() {
        CloudClient cloud = cloud();
        String path = CloudClient.service(name);
        JsonNode revisions = cloud.get(path + "/revisions").get("revisions");
        if (output.isJson()) {
            printJson(revisions);
            return ExitCodes.SUCCESS;
        }
        int serving = cloud.get(path).path("servingRevision").intValue(0);
        Table table = new Table("REVISION", "STATE", "MADE", "IMAGE", "WHY");
        for (JsonNode revision : revisions) {
            int number = revision.get("number").intValue();
            table.row(
                    Integer.toString(number),
                    number == serving ? "serving" : revision.get("state").stringValue(),
                    revision.get("createdAt").stringValue(),
                    revision.at("/spec/image").stringValue(),
                    revision.path("reason").stringValue(""));
        }
        table.print(out());
        return ExitCodes.SUCCESS;
    }
}
