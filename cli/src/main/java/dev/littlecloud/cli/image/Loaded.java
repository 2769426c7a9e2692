package dev.littlecloud.cli.image;

import dev.littlecloud.image.Digest;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;

/** What load and pull print. */
final class Loaded {
    private Loaded() {}

    static void print(List<Digest> ids, OutputFormat output, PrintWriter out) {
        List<String> texts = ids.stream().map(Digest::toString).toList();
        switch (output) {
            case table -> texts.forEach(out::println);
            case json -> out.println(OutputFormat.json(Map.of("ids", texts)));
        }
    }
}
