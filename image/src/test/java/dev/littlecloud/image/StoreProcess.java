package dev.littlecloud.image;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A program that loads or removes images, for tests with several processes. */
final class StoreProcess {
    private StoreProcess() {}

    /**
     * {@code load DATA ARCHIVE TIMES}: loads and reads the image so many times; {@code churn DATA
     * ARCHIVE TIMES} removes it in between.
     */
    public static void main(String[] arguments) {
        boolean isChurning = arguments[0].equals("churn");
        ImageReference archive = ImageReference.parse(arguments[2]);
        for (int i = 0; i < Integer.parseInt(arguments[3]); i++) {
            ImageStore store = ImageStore.open(Path.of(arguments[1]));
            System.out.println("begin");
            List<Digest> ids = load(store, archive);
            if (isChurning) {
                try {
                    store.remove(ids.getFirst().toString());
                } catch (ImageException e) {
                    if (e.code() != ErrorCode.NOT_FOUND) {
                        throw e;
                    }
                }
            }
        }
        System.out.println("done");
    }

    private static List<Digest> load(ImageStore store, ImageReference archive) {
        try {
            return store.load(archive, Progress.NONE);
        } catch (ImageException e) {
            System.out.println(e.code() + " " + e.getMessage());
            throw e;
        }
    }

    static Process start(String... arguments) throws IOException {
        return new ProcessBuilder(command(arguments)).redirectErrorStream(true).start();
    }

    static List<String> command(String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-XX:TieredStopAtLevel=1");
        command.add("-XX:+UseSerialGC");
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add(StoreProcess.class.getName());
        command.addAll(List.of(arguments));
        return command;
    }
}
