package dev.littlecloud.runtime.template;

import java.time.Duration;
import java.util.List;

/** When a booted instance is ready to be frozen. */
public sealed interface Readiness {
    /** Somebody listens on the TCP port. */
    record Listens(int port) implements Readiness {
        public Listens {
            if (port < 1 || port > 65535) {
                throw new IllegalArgumentException(
                        "port %d is not from 1 to 65535".formatted(port));
            }
        }
    }

    /**
     * A command inside the instance ends with 0; it is run again and again until it does.
     *
     * @param command with its arguments; a shell must be named
     * @param interval from one end to the next start
     */
    record Command(List<String> command, Duration interval) implements Readiness {
        public Command {
            command = List.copyOf(command);
            if (command.isEmpty()) {
                throw new IllegalArgumentException("a health check needs a command");
            }
            if (interval.isNegative()) {
                throw new IllegalArgumentException("the interval is negative");
            }
        }
    }

    /** The program itself says so: it creates the file {@code /dev/shm/.littlecloud-ready}. */
    record Told() implements Readiness {
        static final String DIRECTORY = "/dev/shm";
        static final String FILE = ".littlecloud-ready";
    }
}
