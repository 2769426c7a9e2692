package dev.littlecloud.cli.cloud;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** What commands that ask a cloud have in common. */
abstract class CloudCommand implements Callable<Integer> {
    private final Supplier<CloudClient> clients;

    @Spec private CommandSpec spec;

    /** Picocli sets the annotated fields. */
    @SuppressWarnings("NullAway.Init")
    CloudCommand(Supplier<CloudClient> clients) {
        this.clients = clients;
    }

    CloudClient cloud() {
        return clients.get();
    }

    CommandSpec spec() {
        return spec;
    }

    PrintWriter out() {
        return spec.commandLine().getOut();
    }

    PrintWriter err() {
        return spec.commandLine().getErr();
    }

    void printJson(JsonNode json) {
        out().println(json.toPrettyString());
    }
}
