package dev.littlecloud.runtime.host;

import dev.littlecloud.kernel.time.CycleRate;
import dev.littlecloud.sys.HostTsc;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The host's time-stamp counter with its rate, which all instances of this process share. */
public final class HostCycles {
    private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

    /** Runs at one rate in all power states, and does not stop; Intel manual, volume 3, 18.17. */
    private static final List<String> NEEDED = List.of("constant_tsc", "nonstop_tsc");

    private static final @Nullable CycleRate RATE = isEven() ? new CycleRate(HostTsc::read) : null;

    private HostCycles() {}

    /** Null where the counter does not run evenly. */
    public static @Nullable CycleRate rate() {
        return RATE;
    }

    private static boolean isEven() {
        try (Stream<String> lines = Files.lines(CPU_INFO)) {
            return lines.filter(line -> line.startsWith("flags"))
                    .findFirst()
                    .map(line -> List.of(line.split("\\s+")).containsAll(NEEDED))
                    .orElse(false);
        } catch (IOException | UncheckedIOException unknown) {
            // Without a word on the counter, clocks are read by system calls.
            return false;
        }
    }
}
