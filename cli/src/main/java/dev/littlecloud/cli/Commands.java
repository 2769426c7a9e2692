package dev.littlecloud.cli;

import dev.littlecloud.cli.bench.BenchCommand;
import dev.littlecloud.cli.cloud.BillCommand;
import dev.littlecloud.cli.cloud.CloudClient;
import dev.littlecloud.cli.cloud.DeployCommand;
import dev.littlecloud.cli.cloud.ListCommand;
import dev.littlecloud.cli.cloud.LogsCommand;
import dev.littlecloud.cli.cloud.RemoveCommand;
import dev.littlecloud.cli.cloud.RevisionsCommand;
import dev.littlecloud.cli.cloud.RollbackCommand;
import dev.littlecloud.cli.cloud.ScaleCommand;
import dev.littlecloud.cli.cloud.SecretCommand;
import dev.littlecloud.cli.cloud.ShowCommand;
import dev.littlecloud.cli.cloud.TokenCommand;
import dev.littlecloud.cli.cloud.UpCommand;
import dev.littlecloud.cli.image.ImageCommand;
import dev.littlecloud.cli.run.Launch;
import dev.littlecloud.cli.run.RunCommand;
import dev.littlecloud.image.DataDirectory;
import dev.littlecloud.image.ImageStore;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import picocli.CommandLine;

/**
 * The commands. Each is made only when it is needed: reading its annotations takes a good part of a
 * start.
 */
final class Commands {
    private final Map<String, Supplier<CommandLine>> makers = new LinkedHashMap<>();

    /**
     * @param launch how {@code run} starts instances
     * @param cloud whom commands of a cloud ask
     */
    Commands(Supplier<Launch> launch, Supplier<CloudClient> cloud) {
        makers.put("run", () -> run(launch.get()));
        makers.put("up", () -> new CommandLine(new UpCommand()));
        makers.put("deploy", () -> new CommandLine(new DeployCommand(cloud)));
        makers.put("ls", () -> new CommandLine(new ListCommand(cloud)));
        makers.put("show", () -> new CommandLine(new ShowCommand(cloud)));
        makers.put("logs", () -> new CommandLine(new LogsCommand(cloud)));
        makers.put("scale", () -> new CommandLine(new ScaleCommand(cloud)));
        makers.put("revisions", () -> new CommandLine(new RevisionsCommand(cloud)));
        makers.put("rollback", () -> new CommandLine(new RollbackCommand(cloud)));
        makers.put("rm", () -> new CommandLine(new RemoveCommand(cloud)));
        makers.put("secret", () -> SecretCommand.commandLine(cloud));
        makers.put("token", () -> TokenCommand.commandLine(cloud));
        makers.put("bill", () -> new CommandLine(new BillCommand(cloud)));
        makers.put("image", () -> ImageCommand.commandLine(Commands::store));
        makers.put("bench", () -> new CommandLine(new BenchCommand()));
        makers.put("version", () -> new CommandLine(new VersionCommand()));
    }

    private static CommandLine run(Launch launch) {
        // The guest's words are not ours to understand.
        return new CommandLine(new RunCommand(launch)).setStopAtPositional(true);
    }

    private static ImageStore store() {
        return ImageStore.open(DataDirectory.fromEnvironment());
    }

    /** The program with all of its commands. */
    CommandLine all() {
        CommandLine program = new CommandLine(new Littlecloud());
        makers.forEach((name, maker) -> program.addSubcommand(name, maker.get()));
        return configured(program);
    }

    /** The program with what a command line needs of it. */
    CommandLine forArguments(String... arguments) {
        Supplier<CommandLine> maker = arguments.length == 0 ? null : makers.get(arguments[0]);
        if (maker == null) {
            return all();
        }
        return configured(
                new CommandLine(new Littlecloud()).addSubcommand(arguments[0], maker.get()));
    }

    private static CommandLine configured(CommandLine program) {
        return program.setParameterExceptionHandler(new UsageErrors())
                .setExecutionExceptionHandler(new Failures())
                .setUsageHelpAutoWidth(true)
                .setAbbreviatedOptionsAllowed(false);
    }
}
