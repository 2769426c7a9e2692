package dev.littlecloud.cli.bench;

import dev.littlecloud.cli.bench.Figure.Baseline;
import dev.littlecloud.cli.bench.Figure.Goal;
import dev.littlecloud.image.Digest;
import dev.littlecloud.image.Image;
import dev.littlecloud.image.ImageReference;
import dev.littlecloud.image.ImageStore;
import dev.littlecloud.image.Progress;
import dev.littlecloud.image.PullPolicy;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** Unpacking an image of 10,000 files and 100 MB into the store, and opening it there. */
final class ImageStoreBenchmark implements Benchmark {
    private static final int FILES = 10_000;
    private static final int FILES_IN_FOLDER = 100;
    private static final int FILE_BYTES = 10_000;
    private static final int LOAD_ROUNDS = 3;
    private static final int OPEN_ROUNDS = 21;
    private static final double OPEN_GOAL_MILLIS = 30;

    @Override
    public String name() {
        return "image";
    }

    @Override
    public String title() {
        return "unpack and open an image of 10,000 files";
    }

    @Override
    public List<Figure> run() throws Exception {
        Path work = Files.createTempDirectory("littlecloud-bench");
        try {
            makeLayer(work);
            makeLayout(work);
            ImageStore store = ImageStore.open(work.resolve("first"));
            Digest id = store.load(layout(work), Progress.NONE).getFirst();
            double first = openMillis(store, id);
            Samples[] load =
                    Samples.inTurns(LOAD_ROUNDS, () -> loadMillis(work), () -> extractMillis(work));
            Samples[] open = Samples.inTurns(OPEN_ROUNDS, () -> openMillis(store, id));
            Goal goal = new Goal(Goal.Kind.AT_MOST, OPEN_GOAL_MILLIS);
            return List.of(
                    new Figure(
                            "unpack into the store",
                            "ms",
                            load[0].median(),
                            new Baseline("tar -x and sync", load[1].median()),
                            null),
                    new Figure("open it, first time in a process", "ms", first, null, goal),
                    new Figure("open it again", "ms", open[0].median(), null, goal));
        } finally {
            delete(work);
        }
    }

    private static void makeLayer(Path work) throws IOException, InterruptedException {
        Random random = new Random(1);
        byte[] contents = new byte[FILE_BYTES];
        Path root = work.resolve("root");
        for (int i = 0; i < FILES; i++) {
            Path folder = root.resolve("folder" + i / FILES_IN_FOLDER);
            if (i % FILES_IN_FOLDER == 0) {
                Files.createDirectories(folder);
            }
            random.nextBytes(contents);
            Files.write(folder.resolve("file" + i), contents);
        }
        run("tar", "-c", "-C", root.toString(), "-f", work.resolve("layer.tar").toString(), ".");
        delete(root);
    }

    private static void makeLayout(Path work) throws Exception {
        Path blobs = Files.createDirectories(work.resolve("layout/blobs/sha256"));
        Path layer = work.resolve("layer.tar");
        String layerDigest = sha256(layer);
        Files.createLink(blobs.resolve(layerDigest), layer);
        String config =
                put(
                        blobs,
                        """
                        {"os":"linux","architecture":"amd64","config":{},
                         "rootfs":{"type":"layers","diff_ids":["sha256:%s"]}}"""
                                .formatted(layerDigest));
        String manifest =
                put(
                        blobs,
                        """
                        {"schemaVersion":2,
                         "config":{"mediaType":"application/vnd.oci.image.config.v1+json",
                          "digest":"sha256:%s","size":%d},
                         "layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar",
                          "digest":"sha256:%s","size":%d}]}"""
                                .formatted(
                                        config,
                                        Files.size(blobs.resolve(config)),
                                        layerDigest,
                                        Files.size(layer)));
        Files.writeString(
                work.resolve("layout/index.json"),
                """
                {"schemaVersion":2,"manifests":[
                 {"mediaType":"application/vnd.oci.image.manifest.v1+json",
                  "digest":"sha256:%s","size":%d}]}"""
                        .formatted(manifest, Files.size(blobs.resolve(manifest))));
    }

    private static String put(Path blobs, String text) throws Exception {
        Path written = Files.writeString(blobs.resolve("new"), text);
        String digest = sha256(written);
        Files.move(written, blobs.resolve(digest));
        return digest;
    }

    private static String sha256(Path file) throws Exception {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        try (InputStream in =
                new DigestInputStream(
                        new BufferedInputStream(Files.newInputStream(file)), digest)) {
            in.transferTo(OutputStream.nullOutputStream());
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static ImageReference layout(Path work) {
        return ImageReference.parse("oci:" + work.resolve("layout"));
    }

    private static double openMillis(ImageStore store, Digest id) {
        ImageReference reference = ImageReference.parse(id.toString());
        long start = System.nanoTime();
        Image image = store.resolve(reference, PullPolicy.NEVER, Progress.NONE);
        if (image.tree().root().childCount() != FILES / FILES_IN_FOLDER) {
            throw new IllegalStateException("the image is another one");
        }
        return (System.nanoTime() - start) / 1e6;
    }

    private static double loadMillis(Path work) throws IOException {
        Path data = work.resolve("data");
        long start = System.nanoTime();
        ImageStore.open(data).load(layout(work), Progress.NONE);
        double millis = (System.nanoTime() - start) / 1e6;
        delete(data);
        return millis;
    }

    private static double extractMillis(Path work) throws IOException, InterruptedException {
        Path target = Files.createDirectory(work.resolve("extracted"));
        long start = System.nanoTime();
        run("tar", "-x", "-C", target.toString(), "-f", work.resolve("layer.tar").toString());
        run("sync", "--file-system", target.toString());
        double millis = (System.nanoTime() - start) / 1e6;
        delete(target);
        return millis;
    }

    private static void run(String... command) throws IOException, InterruptedException {
        int code = new ProcessBuilder(command).inheritIO().start().waitFor();
        if (code != 0) {
            throw new IOException(String.join(" ", command) + " ended with code " + code);
        }
    }

    private static void delete(Path root) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
