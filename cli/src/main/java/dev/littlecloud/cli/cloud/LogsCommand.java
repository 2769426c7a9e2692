package dev.littlecloud.cli.cloud;

import dev.littlecloud.cli.ExitCodes;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code littlecloud logs}. */
@Command(
        name = "logs",
        header = "Prints what a service wrote to its standard output and error.",
        mixinStandardHelpOptions = true,
        footerHeading = "%nExamples:%n",
        footer = {"  littlecloud logs hello", "  littlecloud logs -f --tail 10 hello"})
public final class LogsCommand extends CloudCommand {
    @Parameters(index = "0", paramLabel = "NAME", description = "The name of the service.")
    private String name = "";

    @Option(
            names = {"-f", "--follow"},
            description = "Go on with what it writes from now on.")
    private boolean isFollowing;

    @Option(
            names = "--tail",
            paramLabel = "COUNT",
            description = "Begin with so many last lines; default: ${DEFAULT-VALUE}.",
            defaultValue = "100")
    private int tail;

    @Option(
            names = {"-t", "--timestamps"},
            description = "Print when each line was written, and by which instance.")
    private boolean isTimed;

    @Mixin private OutputOption output = new OutputOption();

    /** The last line that was printed; where a broken stream goes on. */
    private long last = -1;

    public LogsCommand(Supplier<CloudClient> clients) {
        super(clients);
    }

    @Override
    public Integer call() {
        CloudClient cloud = cloud();
        String path = CloudClient.service(name) + "/logs?follow=" + isFollowing;
        do {
            // A stream ends with its service, which the next look finds gone, or with a restart.
            cloud.stream(path + (last < 0 ? "&tail=" + tail : "&after=" + last), this::print);
        } while (isFollowing && cloud.find(CloudClient.service(name)).isPresent());
        return ExitCodes.SUCCESS;
    }

    private boolean print(JsonNode line) {
        last = line.get("id").longValue();
        String text = line.get("text").stringValue();
        if (output.isJson()) {
            out().println(line);
        } else if (isTimed) {
            out().println(
                            line.get("at").stringValue()
                                    + " "
                                    + line.get("instance").stringValue()
                                    + " "
                                    + text);
        } else {
            out().println(text);
        }
        out().flush();
        return !out().checkError();
    }
}
