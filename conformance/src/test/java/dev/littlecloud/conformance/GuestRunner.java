package dev.littlecloud.conformance;

import java.io.IOException;
import java.time.Duration;
import java.util.List;

/**
 * Runs one command in a fresh instance: its own processes and its own writable copy of the root.
 *
 * <p>The command's first word is an absolute path in the root. The environment is {@link
 * GuestRoot#ENVIRONMENT}, the user is root, standard input is empty, the working directory is /tmp.
 * The command is not process 1.
 */
interface GuestRunner {
    Result run(List<String> command, Duration deadline) throws IOException, InterruptedException;
}
