package dev.littlecloud.runtime;

import java.time.Duration;
import java.util.Optional;

/** How an instance ended. */
public sealed interface ExitStatus {
    /** The exit code of {@code littlecloud run}; the same as Docker's where it has one. */
    int code();

    /** A sentence for the user when the program did not simply end by itself. */
    Optional<String> explanation();

    /** The first process ended by itself. */
    record Exited(int status) implements ExitStatus {
        @Override
        public int code() {
            return status & 0xff;
        }

        @Override
        public Optional<String> explanation() {
            return Optional.empty();
        }
    }

    /** The first process was ended by a signal; the number is Linux'. */
    record Signaled(int signal) implements ExitStatus {
        @Override
        public int code() {
            return 128 + signal;
        }

        @Override
        public Optional<String> explanation() {
            return Optional.empty();
        }
    }

    /** The instance used up its memory. */
    record OutOfMemory(long limitBytes) implements ExitStatus {
        @Override
        public int code() {
            return 137;
        }

        @Override
        public Optional<String> explanation() {
            return Optional.of(
                    "out of memory: the instance used its limit of %s; raise it with --memory"
                            .formatted(ByteSize.format(limitBytes)));
        }
    }

    /** The instance was still running when its time was up; the code is that of timeout(1). */
    record TimedOut(Duration timeout) implements ExitStatus {
        @Override
        public int code() {
            return 124;
        }

        @Override
        public Optional<String> explanation() {
            return Optional.of(
                    "timed out: the instance was still running after %s s"
                            .formatted(
                                    java.math.BigDecimal.valueOf(timeout.toMillis(), 3)
                                            .stripTrailingZeros()
                                            .toPlainString()));
        }
    }

    /** The program is in the image but cannot be executed. */
    record CannotExecute(String program, String why) implements ExitStatus {
        @Override
        public int code() {
            return 126;
        }

        @Override
        public Optional<String> explanation() {
            return Optional.of("cannot execute '%s': %s".formatted(program, why));
        }
    }

    /** The program is not in the image. */
    record NotFound(String program) implements ExitStatus {
        @Override
        public int code() {
            return 127;
        }

        @Override
        public Optional<String> explanation() {
            return Optional.of("'%s' is not in the image".formatted(program));
        }
    }

    /** Littlecloud itself failed: a defect of its kernel ended this instance, and no other. */
    record Failed(String why) implements ExitStatus {
        @Override
        public int code() {
            return 125;
        }

        @Override
        public Optional<String> explanation() {
            return Optional.of(why);
        }
    }
}
