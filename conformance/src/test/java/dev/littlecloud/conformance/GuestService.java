package dev.littlecloud.conformance;

import dev.littlecloud.image.Image;
import dev.littlecloud.runtime.ExitStatus;
import dev.littlecloud.runtime.InstanceSpec;
import dev.littlecloud.runtime.ProcessSpec;
import dev.littlecloud.runtime.RunningInstance;
import dev.littlecloud.runtime.Stdio;
import dev.littlecloud.runtime.instance.Instances;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.Pipe;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** An instance that runs while a test does something else, and is spoken to in lines. */
final class GuestService implements AutoCloseable {
    private final Pipe input;
    private final BufferedReader output;
    private final ByteArrayOutputStream error = new ByteArrayOutputStream();
    private final RunningInstance instance;

    /**
     * @param spec all but the process, which is {@code command}, the first one of the instance
     */
    GuestService(Image image, InstanceSpec spec, List<String> command) throws IOException {
        input = Pipe.open();
        Pipe lines = Pipe.open();
        output =
                new BufferedReader(Channels.newReader(lines.source(), StandardCharsets.ISO_8859_1));
        ProcessSpec process =
                new ProcessSpec(
                        command, List.of(), GuestRoot.ENVIRONMENT, "/tmp", "0:0", true, false);
        instance =
                new Instances()
                        .start(
                                spec.withProcess(process),
                                image,
                                new Stdio(
                                        input.source(),
                                        lines.sink(),
                                        Channels.newChannel(error),
                                        null));
    }

    /** The next line it prints, or null at the end of its output. */
    @Nullable String line() throws Exception {
        return within(output::readLine);
    }

    void type(String line) throws IOException {
        input.sink().write(StandardCharsets.ISO_8859_1.encode(line + "\n"));
    }

    void signal(int signal) {
        instance.signal(signal);
    }

    ExitStatus exit() throws Exception {
        return within(instance::await);
    }

    /** What it wrote to standard error so far. */
    String complaints() {
        return error.toString(StandardCharsets.ISO_8859_1);
    }

    /** A program that hangs is a failure, and no test that never ends. */
    private <T extends @Nullable Object> T within(Call<T> call) throws Exception {
        CompletableFuture<T> answer = new CompletableFuture<>();
        Thread.ofPlatform()
                .daemon()
                .start(
                        () -> {
                            try {
                                answer.complete(call.call());
                            } catch (Exception failure) {
                                answer.completeExceptionally(failure);
                            }
                        });
        try {
            return answer.get(Suite.PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (TimeoutException late) {
            throw new AssertionError("no answer; it complained: " + complaints(), late);
        } catch (ExecutionException failure) {
            throw new AssertionError("no answer; it complained: " + complaints(), failure);
        }
    }

    @FunctionalInterface
    private interface Call<T extends @Nullable Object> {
        T call() throws Exception;
    }

    @Override
    public void close() throws IOException {
        instance.close();
        input.sink().close();
    }
}
