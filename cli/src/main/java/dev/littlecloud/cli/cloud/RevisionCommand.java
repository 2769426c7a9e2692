package dev.littlecloud.cli.cloud;

import dev.littlecloud.cli.ExitCodes;
import java.time.Duration;
import java.util.function.Supplier;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** What commands that make a revision have in common: they wait until it serves, and end in its URL. */
abstract class RevisionCommand extends CloudCommand {
    @Option(
            names = "--wait-timeout",
            paramLabel = "TIME",
            description = "How long to wait; default: ${DEFAULT-VALUE}.",
            defaultValue = "5m")
    private String waitTimeout = "5m";

    @Mixin private OutputOption output = new OutputOption();

    RevisionCommand(Supplier<CloudClient> clients) {
        super(clients);
    }

    /** How long to wait; asked for before anything is sent, because it may be wrong. */
    Duration waitLimit() {
        return Settings.time(spec(), waitTimeout);
    }

    /** Waits for the latest revision of a service, and tells of each step but to programs. */
    JsonNode await(CloudClient cloud, String name, JsonNode service, Duration limit)
            throws InterruptedException {
        int revision = service.at("/latestRevision/number").intValue();
        return new RevisionWatch(cloud, name, revision)
                .await(
                        limit,
                        step -> {
                            if (!output.isJson()) {
                                err().println(step);
                            }
                        });
    }

    int print(JsonNode service) {
        if (output.isJson()) {
            printJson(service);
        } else {
            out().println(service.get("url").stringValue());
        }
        return ExitCodes.SUCCESS;
    }
}
