package dev.littlecloud.conformance;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;

/**
 * Runs one command in a fresh instance: its own processes and its own writable copy of the root.
 *
 * <p>The command's first word is an absolute path in the root. The environment is {@link
 * GuestRoot#ENVIRONMENT}, the user is root, standard input is empty, the working directory is /tmp.
 */
interface GuestRunner extends AutoCloseable {

    Result run(List<String> command, Duration deadline) throws IOException, InterruptedException;

    @Override
    default void close() {}

    /** Named in META-INF/services; makes the runner once for all cases. */
    interface Provider {
        /** A reason why no guest can run here (no /dev/kvm, say), or empty if one can. */
        Optional<String> whyUnavailable();

        /**
         * @param root a directory that holds the guest's root file system; not to be written to
         */
        GuestRunner open(Path root) throws IOException;
    }

    static Optional<Provider> provider() {
        return ServiceLoader.load(Provider.class).findFirst();
    }
}
