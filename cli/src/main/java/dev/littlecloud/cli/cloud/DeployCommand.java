package dev.littlecloud.cli.cloud;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code littlecloud deploy}. */
@Command(
        name = "deploy",
        header = "Deploys an image as a service, or a new revision of one.",
        description = {
            "%nA service that is there keeps the settings that no option changes, and its old"
                    + " revision serves until the new one is ready.%n"
        },
        mixinStandardHelpOptions = true,
        sortOptions = false,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:the service answers",
            "1:it was refused, or the revision failed; the reason is printed",
            "3:the cloud cannot be reached",
            "124:it was not ready within --wait-timeout; it may still become so",
            "125:the command line is wrong",
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  littlecloud deploy hello docker-archive:nginx.tar",
            "  littlecloud deploy hello localhost:5000/hello:v2 -e GREETING=hi --max 50",
            "  littlecloud deploy web docker-archive:python.tar --port 8000 -- python3 -m http.server",
            "  littlecloud deploy db localhost:5000/redis --protocol tcp --publish 6379"
                    + " --scale-to-zero stateful",
        })
public final class DeployCommand extends RevisionCommand {
    private static final String CHANGED_MEANWHILE = "If-Match";

    @Parameters(index = "0", paramLabel = "NAME", description = "The name of the service.")
    private String name = "";

    @Parameters(index = "1", paramLabel = "IMAGE", description = "As for 'run'.")
    private String image = "";

    @Parameters(
            index = "2..*",
            paramLabel = "COMMAND",
            description =
                    "Run this instead of the image's command. Put -- in front where a word of it"
                            + " starts with a dash.")
    private List<String> command = new ArrayList<>();

    @Mixin private DeployOptions options = new DeployOptions();

    @Option(names = "--no-wait", description = "Do not wait until the service answers.")
    private boolean isAsync;

    @Option(names = "--wait", description = "Wait until the service answers; this is the default.")
    private boolean isWaiting;

    public DeployCommand(Supplier<CloudClient> clients) {
        super(clients);
    }

    @Override
    public Integer call() throws InterruptedException {
        if (isAsync && isWaiting) {
            throw new ParameterException(
                    spec().commandLine(), "--wait and --no-wait exclude each other");
        }
        Duration limit = waitLimit();
        CloudClient cloud = cloud();
        String path = CloudClient.service(name);
        Optional<CloudClient.Answer> known = cloud.find(path);
        ObjectNode wanted =
                known.map(answer -> (ObjectNode) answer.json().get("spec"))
                        .orElseGet(() -> new JsonMapper().createObjectNode());
        options.apply(spec(), wanted);
        if (!command.isEmpty()) {
            ArrayNode words = wanted.putArray("command");
            command.forEach(words::add);
        }
        wanted.put("image", Settings.image(spec(), image));
        String[] condition =
                known.isPresent()
                        ? new String[] {CHANGED_MEANWHILE, known.get().etag()}
                        : new String[] {"If-None-Match", "*"};
        JsonNode service = cloud.send("PUT", path, wanted.toString(), condition).json();
        return print(isAsync ? service : await(cloud, name, service, limit));
    }
}
