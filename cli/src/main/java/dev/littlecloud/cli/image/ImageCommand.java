package dev.littlecloud.cli.image;

import dev.littlecloud.image.ImageStore;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code littlecloud image}. */
@Command(
        name = "image",
        header = "Shows and changes the images in the local store.",
        synopsisSubcommandLabel = "COMMAND",
        mixinStandardHelpOptions = true,
        footerHeading = "%nExamples:%n",
        footer = {
            "  littlecloud image load docker-archive:nginx.tar",
            "  littlecloud image pull localhost:5000/app:v1",
            "  littlecloud image ls --output json",
            "  littlecloud image rm nginx:latest",
        })
public final class ImageCommand implements Runnable {
    @Spec private CommandSpec spec;

    /** Picocli sets the annotated fields. */
    @SuppressWarnings("NullAway.Init")
    private ImageCommand() {}

    /**
     * The command with its subcommands.
     *
     * @param store opens the store when a command needs it
     */
    public static CommandLine commandLine(Supplier<ImageStore> store) {
        return new CommandLine(new ImageCommand())
                .addSubcommand(new ImageListCommand(store))
                .addSubcommand(new ImageLoadCommand(store))
                .addSubcommand(new ImagePullCommand(store))
                .addSubcommand(new ImageInspectCommand(store))
                .addSubcommand(new ImageRemoveCommand(store));
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }
}
