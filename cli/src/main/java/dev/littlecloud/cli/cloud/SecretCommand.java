package dev.littlecloud.cli.cloud;

import dev.littlecloud.cli.ExitCodes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code littlecloud secret}. */
@Command(
        name = "secret",
        header = "Keeps values that services get as variables and nobody is shown.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        footerHeading = "%nExamples:%n",
        footer = {
            "  littlecloud secret set db-password < password.txt",
            "  littlecloud deploy app IMAGE --secret DB_PASSWORD=db-password",
            "  littlecloud secret ls",
        })
public final class SecretCommand implements Runnable {
    @Spec private CommandSpec spec;

    /** Picocli sets the annotated fields. */
    @SuppressWarnings("NullAway.Init")
    SecretCommand() {}

    /** The command with its subcommands. */
    public static CommandLine commandLine(Supplier<CloudClient> clients) {
        return new CommandLine(new SecretCommand())
                .addSubcommand(new SetCommand(clients))
                .addSubcommand(new NamesCommand(clients))
                .addSubcommand(new DeleteCommand(clients));
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }

    private static String path(String name) {
        return "/v1/secrets/" + CloudClient.escaped(name);
    }

    /** {@code littlecloud secret set}. */
    @Command(
            name = "set",
            header = "Sets a secret to what standard input has, without its last line break.",
            mixinStandardHelpOptions = true)
    static final class SetCommand extends CloudCommand {
        @Parameters(index = "0", paramLabel = "NAME", description = "The name of the secret.")
        private String name = "";

        SetCommand(Supplier<CloudClient> clients) {
            super(clients);
        }

        @Override
        public Integer call() throws IOException {
            String value = new String(System.in.readAllBytes(), StandardCharsets.UTF_8);
            String body =
                    new JsonMapper()
                            .createObjectNode()
                            .put("value", value.replaceFirst("\\R$", ""))
                            .toString();
            cloud().send("PUT", path(name), body);
            return ExitCodes.SUCCESS;
        }
    }

    /** {@code littlecloud secret ls}. */
    @Command(name = "ls", header = "Lists the names of secrets.", mixinStandardHelpOptions = true)
    static final class NamesCommand extends CloudCommand {
        NamesCommand(Supplier<CloudClient> clients) {
            super(clients);
        }

        @Override
        public Integer call() {
            for (JsonNode name : cloud().get("/v1/secrets").get("secrets")) {
                out().println(name.stringValue());
            }
            return ExitCodes.SUCCESS;
        }
    }

    /** {@code littlecloud secret rm}. */
    @Command(
            name = "rm",
            header = "Removes a secret that no service uses.",
            mixinStandardHelpOptions = true)
    static final class DeleteCommand extends CloudCommand {
        @Parameters(index = "0", paramLabel = "NAME", description = "The name of the secret.")
        private String name = "";

        DeleteCommand(Supplier<CloudClient> clients) {
            super(clients);
        }

        @Override
        public Integer call() {
            cloud().send("DELETE", path(name), "");
            return ExitCodes.SUCCESS;
        }
    }
}
