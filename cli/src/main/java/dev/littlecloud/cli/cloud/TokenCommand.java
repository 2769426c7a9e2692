package dev.littlecloud.cli.cloud;

import dev.littlecloud.cli.ExitCodes;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** {@code littlecloud token}. */
@Command(
        name = "token",
        header = "Makes and removes the tokens that owners use a cloud with.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        footerHeading = "%nExamples:%n",
        footer = {
            "  littlecloud token create",
            "  littlecloud token create --owner team",
            "  littlecloud token ls",
            "  littlecloud token rm 4f2a09c1d3e7",
        })
public final class TokenCommand implements Runnable {
    @Spec private CommandSpec spec;

    /** Picocli sets the annotated fields. */
    @SuppressWarnings("NullAway.Init")
    TokenCommand() {}

    /** The command with its subcommands. */
    public static CommandLine commandLine(Supplier<CloudClient> clients) {
        return new CommandLine(new TokenCommand())
                .addSubcommand(new CreateCommand(clients))
                .addSubcommand(new KnownCommand(clients))
                .addSubcommand(new DeleteCommand(clients));
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }

    /** {@code littlecloud token create}. */
    @Command(
            name = "create",
            header = "Makes a token and prints it, once; to rotate, remove the old one then.",
            mixinStandardHelpOptions = true)
    static final class CreateCommand extends CloudCommand {
        @Option(
                names = "--owner",
                paramLabel = "NAME",
                description = "Whose it is to be; an owner that is new is made. Default: your own.")
        private @Nullable String owner;

        @Option(names = "--admin", description = "A token of an administrator.")
        private boolean isAdmin;

        @Mixin private OutputOption output = new OutputOption();

        CreateCommand(Supplier<CloudClient> clients) {
            super(clients);
        }

        @Override
        public Integer call() {
            JsonNode made = owner == null || isKnown(owner) ? another() : first(owner);
            if (output.isJson()) {
                printJson(made);
            } else {
                out().println(made.get("token").stringValue());
            }
            return ExitCodes.SUCCESS;
        }

        private boolean isKnown(String name) {
            for (JsonNode known : cloud().get("/v1/owners").get("owners")) {
                if (known.get("name").stringValue().equals(name)) {
                    return true;
                }
            }
            return isAdmin;
        }

        private JsonNode another() {
            ObjectNode body = new JsonMapper().createObjectNode().put("admin", isAdmin);
            if (owner != null) {
                body.put("owner", owner);
            }
            return cloud().send("POST", "/v1/tokens", body.toString()).json();
        }

        /** The token that comes with an owner. */
        private JsonNode first(String name) {
            return cloud().send("PUT", "/v1/owners/" + CloudClient.escaped(name), "{}").json();
        }
    }

    private static void remove(CloudClient cloud, String id) {
        cloud.send("DELETE", "/v1/tokens/" + CloudClient.escaped(id), "");
    }

    /** {@code littlecloud token ls}. */
    @Command(
            name = "ls",
            header = "Lists tokens, without what they are.",
            mixinStandardHelpOptions = true)
    static final class KnownCommand extends CloudCommand {
        @Mixin private OutputOption output = new OutputOption();

        KnownCommand(Supplier<CloudClient> clients) {
            super(clients);
        }

        @Override
        public Integer call() {
            JsonNode tokens = cloud().get("/v1/tokens").get("tokens");
            if (output.isJson()) {
                printJson(tokens);
                return ExitCodes.SUCCESS;
            }
            Table table = new Table("ID", "OWNER", "ADMIN", "MADE");
            for (JsonNode token : tokens) {
                table.row(
                        token.get("id").stringValue(),
                        token.get("owner").stringValue(),
                        token.get("admin").asString(),
                        token.get("createdAt").stringValue());
            }
            table.print(out());
            return ExitCodes.SUCCESS;
        }
    }

    /** {@code littlecloud token rm}. */
    @Command(
            name = "rm",
            header = "Takes the rights of tokens away, at once.",
            mixinStandardHelpOptions = true)
    static final class DeleteCommand extends CloudCommand {
        @Parameters(arity = "1..*", paramLabel = "ID", description = "As 'token ls' shows them.")
        private List<String> ids = new ArrayList<>();

        DeleteCommand(Supplier<CloudClient> clients) {
            super(clients);
        }

        @Override
        public Integer call() {
            for (String id : ids) {
                remove(cloud(), id);
                out().println(id);
            }
            return ExitCodes.SUCCESS;
        }
    }
}
