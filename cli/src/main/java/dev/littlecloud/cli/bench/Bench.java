package dev.littlecloud.cli.bench;

import dev.littlecloud.cli.rehearsal.TinyImage;
import dev.littlecloud.image.DataDirectory;
import dev.littlecloud.image.Image;
import dev.littlecloud.image.ImageReference;
import dev.littlecloud.image.ImageStore;
import dev.littlecloud.image.Progress;
import dev.littlecloud.image.PullPolicy;
import dev.littlecloud.runtime.CpuLimit;
import dev.littlecloud.runtime.InstanceRunner;
import dev.littlecloud.runtime.InstanceSpec;
import dev.littlecloud.runtime.ProcessSpec;
import dev.littlecloud.runtime.RunningInstance;
import dev.littlecloud.runtime.Stdio;
import dev.littlecloud.runtime.host.HostStreams;
import dev.littlecloud.runtime.host.KvmAccess;
import dev.littlecloud.runtime.instance.Instances;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.Pipe;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What benchmarks stand on: images, instances in this process, and room for files. */
final class Bench implements AutoCloseable {
    private final Path home;
    private final Path directory;
    private final InstanceRunner runner = new Instances();

    /**
     * Makes a directory for the files of one benchmark.
     *
     * @param home the top of Littlecloud's checkout
     */
    Bench(Path home) throws IOException, UnavailableException {
        Optional<String> problem = KvmAccess.problem();
        if (problem.isPresent()) {
            throw new UnavailableException(problem.get());
        }
        this.home = home;
        directory = Files.createTempDirectory("littlecloud-bench");
    }

    Path directory() {
        return directory;
    }

    /** A demo image as a file. */
    Path imageFile(String name) throws UnavailableException {
        Path file = home.resolve("images/out/" + name + ".tar");
        if (!Files.exists(file)) {
            throw new UnavailableException(
                    "%s is missing; './dev images %s' makes it".formatted(file, name));
        }
        return file;
    }

    /** A demo image from the user's store. */
    Image image(String name) throws UnavailableException {
        return resolve(
                ImageStore.open(DataDirectory.fromEnvironment()),
                "docker-archive:" + imageFile(name));
    }

    /** An image of one program, in a store of its own. */
    Image imageOf(byte[] program) throws IOException {
        Path layout = Files.createTempDirectory(directory, "image");
        TinyImage.write(layout, program);
        return resolve(ImageStore.open(directory.resolve("data")), "oci:" + layout);
    }

    private static Image resolve(ImageStore store, String reference) {
        return store.resolve(ImageReference.parse(reference), PullPolicy.MISSING, Progress.NONE);
    }

    /** Starts an instance without input; its output is thrown away. */
    RunningInstance start(InstanceSpec spec, Image image) {
        return runner.start(
                spec,
                image,
                new Stdio(HostStreams.emptyInput(), new Nowhere(), new Nowhere(), null));
    }

    Worker guest(byte[] program, int processors) throws IOException {
        return guest(imageOf(program), List.of(), processors);
    }

    /**
     * Starts an instance that is talked to.
     *
     * @param command empty for what the image names
     */
    Worker guest(Image image, List<String> command, int processors) throws IOException {
        Pipe input = Pipe.open();
        Pipe output = Pipe.open();
        CpuLimit cpus = new CpuLimit(processors * 1000);
        InstanceSpec spec = InstanceSpec.DEFAULT;
        ProcessSpec usual = spec.process();
        ProcessSpec process =
                new ProcessSpec(
                        usual.entrypoint(),
                        command,
                        usual.environment(),
                        usual.workingDirectory(),
                        usual.user(),
                        true,
                        false);
        RunningInstance instance =
                runner.start(
                        spec.withProcess(process).withLimits(spec.limits().withCpus(cpus)),
                        image,
                        new Stdio(input.source(), output.sink(), HostStreams.error(), null));
        // When the instance ends by itself, whoever waits for its answer must hear of it.
        Thread.ofVirtual()
                .start(
                        () -> {
                            try (WritableByteChannel sink = output.sink()) {
                                instance.await();
                            } catch (IOException | InterruptedException gone) {
                                Thread.currentThread().interrupt();
                            }
                        });
        return new Worker(
                Channels.newOutputStream(input.sink()),
                Channels.newInputStream((ReadableByteChannel) output.source()),
                instance::close);
    }

    Worker host(byte[] program) throws IOException {
        Path file = directory.resolve("program");
        Files.write(file, program);
        if (!file.toFile().setExecutable(true)) {
            throw new IOException(file + " cannot be made executable");
        }
        return host(new ProcessBuilder(file.toString()));
    }

    /** Starts a command of the host that finds programs in a directory before all others. */
    Worker host(List<String> command, Path programs) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().merge("PATH", programs.toString(), (old, first) -> first + ":" + old);
        return host(builder);
    }

    private static Worker host(ProcessBuilder builder) throws IOException {
        Process process = builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
        return new Worker(
                process.getOutputStream(), process.getInputStream(), process::destroyForcibly);
    }

    /** Removes all files. */
    @Override
    public void close() throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    private static final class Nowhere implements WritableByteChannel {
        @Override
        public int write(ByteBuffer source) {
            int length = source.remaining();
            source.position(source.limit());
            return length;
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {}
    }
}
