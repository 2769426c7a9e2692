package dev.littlecloud.cli.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.littlecloud.image.ImageStore;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ImageCommandTest {
    @TempDir private Path directory;
    private Path archive = Path.of("");

    private record Outcome(int code, String out, String err) {}

    private Outcome run(String... arguments) {
        CommandLine command =
                ImageCommand.commandLine(() -> ImageStore.open(directory.resolve("data")));
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        command.setOut(new PrintWriter(out, true));
        command.setErr(new PrintWriter(err, true));
        int code = command.execute(arguments);
        return new Outcome(code, out.toString(), err.toString());
    }

    @BeforeEach
    void makeArchive() throws Exception {
        byte[] layer = tar(Map.of("hello", "world"));
        String diffId =
                HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(layer));
        Map<String, String> files = new LinkedHashMap<>();
        files.put("layer.tar", new String(layer, StandardCharsets.ISO_8859_1));
        files.put(
                "config.json",
                """
                {"os":"linux","architecture":"amd64","created":"2020-01-01T00:00:00Z",
                 "config":{"Cmd":["/hello"]},
                 "rootfs":{"type":"layers","diff_ids":["sha256:%s"]}}"""
                        .formatted(diffId));
        files.put(
                "manifest.json",
                """
                [{"Config":"config.json","RepoTags":["hello:1","hello:2"],
                  "Layers":["layer.tar"]}]""");
        archive = Files.write(directory.resolve("hello.tar"), tar(files));
    }

    @Test
    void loadsListsInspectsAndRemoves() {
        Outcome load = run("load", archive.toString());
        assertThat(load.code()).isZero();
        String id = load.out().strip();
        assertThat(id).matches("sha256:[0-9a-f]{64}");

        assertThat(run("ls").out().lines().toList())
                .satisfiesExactly(
                        line -> assertThat(line).matches("NAME +ID +SIZE +CREATED"),
                        line ->
                                assertThat(line)
                                        .matches(
                                                "hello:1 +"
                                                        + id.substring(7, 19)
                                                        + " +4\\.1 kB +[0-9]+ years ago"),
                        line -> assertThat(line).startsWith("hello:2 "));
        assertThat(run("ls", "--quiet").out()).isEqualTo(id + System.lineSeparator());

        JsonNode listed = json(run("ls", "--output", "json")).get(0);
        assertThat(listed.get("id").stringValue()).isEqualTo(id);
        assertThat(listed.get("names").size()).isEqualTo(2);
        assertThat(listed.get("sizeBytes").longValue()).isEqualTo(4096);

        JsonNode shown = json(run("inspect", "hello:1"));
        assertThat(shown.get("config").get("cmd").get(0).stringValue()).isEqualTo("/hello");
        assertThat(shown.get("created").stringValue()).isEqualTo("2020-01-01T00:00:00Z");

        assertThat(run("rm", "hello:1").out()).isEqualTo("hello:1" + System.lineSeparator());
        assertThat(run("rm", id).code()).isZero();
        assertThat(run("ls", "-q").out()).isEmpty();
    }

    @Test
    void removesWhatItCanAndReportsTheRest() {
        run("load", "docker-archive:" + archive);

        Outcome outcome = run("rm", "missing", "hello:1");

        assertThat(outcome.code()).isEqualTo(1);
        assertThat(outcome.out()).isEqualTo("hello:1" + System.lineSeparator());
        assertThat(outcome.err()).contains("no image 'missing'").hasLineCount(1);
    }

    @Test
    void everyCommandHasExamples() {
        for (String command : new String[] {"ls", "load", "pull", "inspect", "rm"}) {
            Outcome help = run(command, "--help");
            assertThat(help.code()).isZero();
            assertThat(help.out()).contains("Examples:", "littlecloud image " + command);
        }
    }

    private static JsonNode json(Outcome outcome) {
        assertThat(outcome.err()).isEmpty();
        return new JsonMapper().readTree(outcome.out());
    }

    private static byte[] tar(Map<String, String> files) throws IOException {
        ByteArrayOutputStream tar = new ByteArrayOutputStream();
        for (Map.Entry<String, String> file : files.entrySet()) {
            byte[] contents = file.getValue().getBytes(StandardCharsets.ISO_8859_1);
            byte[] header = new byte[512];
            put(header, 0, file.getKey());
            put(header, 100, "0000644");
            put(header, 108, "0000000");
            put(header, 116, "0000000");
            put(header, 124, "%011o".formatted(contents.length));
            put(header, 136, "00000000000");
            put(header, 148, "        ");
            header[156] = '0';
            put(header, 257, "ustar\00000");
            int sum = 0;
            for (byte value : header) {
                sum += value & 0xff;
            }
            put(header, 148, "%06o\0 ".formatted(sum));
            tar.write(header);
            tar.write(contents);
            tar.write(new byte[-contents.length & 511]);
        }
        tar.write(new byte[1024]);
        return tar.toByteArray();
    }

    private static void put(byte[] header, int offset, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(bytes, 0, header, offset, bytes.length);
    }
}
