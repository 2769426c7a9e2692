package dev.littlecloud.cli.cloud;

import dev.littlecloud.cli.ExitCodes;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code littlecloud show}. */
@Command(
        name = "show",
        header = "Shows a service: its settings, instances and last events.",
        mixinStandardHelpOptions = true,
        footerHeading = "%nExamples:%n",
        footer = {"  littlecloud show hello", "  littlecloud show hello --output json"})
public final class ShowCommand extends CloudCommand {
    private static final int EVENTS = 10;

    @Parameters(index = "0", paramLabel = "NAME", description = "The name of the service.")
    private String name = "";

    @Mixin private OutputOption output = new OutputOption();

    public ShowCommand(Supplier<CloudClient> clients) {
        super(clients);
    }

    @Override
    public Integer call() {
        CloudClient cloud = cloud();
        JsonNode service = cloud.get(CloudClient.service(name));
        String query = "?service=" + CloudClient.escaped(name);
        JsonNode instances = cloud.get("/v1/instances" + query).get("instances");
        JsonNode events = cloud.get("/v1/events" + query + "&limit=" + EVENTS).get("events");
        if (output.isJson()) {
            ObjectNode all = (ObjectNode) service;
            all.set("running", instances);
            all.set("events", events);
            printJson(all);
        } else {
            print(service, instances, events);
        }
        return ExitCodes.SUCCESS;
    }

    private void print(JsonNode service, JsonNode instances, JsonNode events) {
        JsonNode wanted = service.get("spec");
        line("name", service.get("name"));
        line("state", service.get("state"));
        line("reason", service.path("reason"));
        line("URL", service.get("url"));
        line("image", wanted.get("image"));
        line("image id", service.at("/latestRevision/imageId"));
        line("revision", service.path("servingRevision"));
        line("owner", service.get("owner"));
        line("environment", wanted.path("env"));
        line("secrets", wanted.path("secrets"));
        line("memory", wanted.get("memoryBytes"));
        line("scaling", wanted.get("scaling"));
        line("requests", service.get("requests"));
        out().printf("%-12s %s%n", "last wake", ListCommand.wake(service));
        if (!instances.isEmpty()) {
            out().println();
            Table table = new Table("INSTANCE", "REVISION", "STARTED", "REQUESTS NOW", "MEMORY");
            for (JsonNode instance : instances) {
                table.row(
                        instance.get("id").stringValue(),
                        instance.get("revision").asString(),
                        instance.get("startedAt").stringValue(),
                        instance.get("activeRequests").asString(),
                        instance.get("memoryBytes").asString());
            }
            table.print(out());
        }
        out().println();
        Table table = new Table("WHEN", "WHAT", "WHY");
        for (JsonNode event : events) {
            table.row(
                    event.get("at").stringValue(),
                    event.get("kind").stringValue(),
                    event.get("message").stringValue());
        }
        table.print(out());
    }

    private void line(String title, JsonNode value) {
        if (!value.isMissingNode()) {
            String text = value.isString() ? value.stringValue() : value.toString();
            out().printf("%-12s %s%n", title, text);
        }
    }
}
