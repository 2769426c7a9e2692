package dev.littlecloud.cli.cloud;

import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** {@code littlecloud rollback}. */
@Command(
        name = "rollback",
        header = "Deploys what an older revision of a service was, as a new revision.",
        description = {
            "%nIts settings and the very image it had, whatever that image's name means by now;"
                    + " scaling stays as it is.%n"
        },
        mixinStandardHelpOptions = true,
        sortOptions = false,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:the service answers",
            "1:it was refused, or the revision failed; the reason is printed",
            "3:the cloud cannot be reached",
            "124:it was not ready within --wait-timeout; it may still become so",
            "125:the command line is wrong",
        },
        footerHeading = "%nExamples:%n",
        footer = {"  littlecloud rollback hello", "  littlecloud rollback hello --to 3"})
public final class RollbackCommand extends RevisionCommand {
    @Parameters(index = "0", paramLabel = "NAME", description = "The name of the service.")
    private String name = "";

    @Option(
            names = "--to",
            paramLabel = "REVISION",
            description = "Its number; by default the last one before the one that serves.")
    private @Nullable Integer revision;

    public RollbackCommand(Supplier<CloudClient> clients) {
        super(clients);
    }

    @Override
    public Integer call() throws InterruptedException {
        Duration limit = waitLimit();
        CloudClient cloud = cloud();
        ObjectNode body = new JsonMapper().createObjectNode();
        if (revision != null) {
            body.put("revision", revision);
        }
        JsonNode service =
                cloud.send("POST", CloudClient.service(name) + "/rollback", body.toString()).json();
        return print(await(cloud, name, service, limit));
    }
}
