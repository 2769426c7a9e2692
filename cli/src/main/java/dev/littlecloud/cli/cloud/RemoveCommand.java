package dev.littlecloud.cli.cloud;

import dev.littlecloud.cli.ExitCodes;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code littlecloud rm}. */
@Command(
        name = "rm",
        header =
                "Removes services with their instances and logs; what they used stays on the bill.",
        mixinStandardHelpOptions = true,
        footerHeading = "%nExamples:%n",
        footer = {"  littlecloud rm hello"})
public final class RemoveCommand extends CloudCommand {
    @Parameters(arity = "1..*", paramLabel = "NAME", description = "Names of services.")
    private List<String> names = new ArrayList<>();

    public RemoveCommand(Supplier<CloudClient> clients) {
        super(clients);
    }

    @Override
    public Integer call() {
        CloudClient cloud = cloud();
        for (String name : names) {
            cloud.send("DELETE", CloudClient.service(name), "");
            out().println(name);
        }
        return ExitCodes.SUCCESS;
    }
}
