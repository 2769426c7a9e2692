package dev.littlecloud.cli.cloud;

import dev.littlecloud.cli.ExitCodes;
import java.util.concurrent.TimeUnit;
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
    /** How long a cloud that was there may be away, and how often it is asked again. */
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);

    private static final long PAUSE_MILLIS = 200;

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

    private boolean isReaderGone;

    public LogsCommand(Supplier<CloudClient> clients) {
        super(clients);
    }

    @Override
    public Integer call() throws InterruptedException {
        CloudClient cloud = cloud();
        boolean isMore = follow(cloud);
        long away = System.nanoTime();
        while (isMore) {
            // It broke, or the cloud is started again; it may take a while until there is one.
            Thread.sleep(PAUSE_MILLIS);
            try {
                isMore = cloud.find(CloudClient.service(name)).isPresent() && follow(cloud);
                away = System.nanoTime();
            } catch (CloudException unreachable) {
                if (unreachable.exitCode() != ExitCodes.UNREACHABLE
                        || System.nanoTime() - away > PATIENCE_NANOS) {
                    throw unreachable;
                }
            }
        }
        return ExitCodes.SUCCESS;
    }

    /** Prints lines until there are no more, and says whether there may be some later. */
    private boolean follow(CloudClient cloud) {
        String path = CloudClient.service(name) + "/logs?follow=" + isFollowing;
        try {
            cloud.stream(path + (last < 0 ? "&tail=" + tail : "&after=" + last), this::print);
        } catch (BrokenStreamException broken) {
            if (!isFollowing) {
                throw broken;
            }
        }
        return isFollowing && !isReaderGone;
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
        isReaderGone = out().checkError();
        return !isReaderGone;
    }
}
