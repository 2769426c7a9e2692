package dev.littlecloud.cli.cloud;

import dev.littlecloud.cli.ExitCodes;
import java.util.Locale;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.JsonNode;

/** {@code littlecloud ls}. */
@Command(
        name = "ls",
        header = "Lists the services of a cloud.",
        mixinStandardHelpOptions = true,
        footerHeading = "%nExamples:%n",
        footer = {"  littlecloud ls", "  littlecloud ls --output json"})
public final class ListCommand extends CloudCommand {
    @Mixin private OutputOption output = new OutputOption();

    public ListCommand(Supplier<CloudClient> clients) {
        super(clients);
    }

    @Override
    public Integer call() {
        JsonNode services = cloud().get("/v1/services").get("services");
        if (output.isJson()) {
            printJson(services);
            return ExitCodes.SUCCESS;
        }
        Table table = new Table("NAME", "STATE", "INSTANCES", "REQUESTS", "LAST WAKE", "URL");
        for (JsonNode service : services) {
            table.row(
                    service.get("name").stringValue(),
                    service.get("state").stringValue(),
                    service.get("instances").asString(),
                    service.get("requests").asString(),
                    wake(service),
                    service.get("url").stringValue());
        }
        table.print(out());
        return ExitCodes.SUCCESS;
    }

    /** The last wake latency of a service or of its counts, in milliseconds. */
    static String wake(JsonNode service) {
        JsonNode micros = service.path("lastWakeMicros");
        return micros.isMissingNode()
                ? "-"
                : String.format(Locale.ROOT, "%.1f ms", micros.longValue() / 1e3);
    }
}
