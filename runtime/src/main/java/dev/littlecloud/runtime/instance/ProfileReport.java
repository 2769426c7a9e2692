package dev.littlecloud.runtime.instance;

import dev.littlecloud.kernel.Kernel;
import dev.littlecloud.kernel.task.CallServer;
import dev.littlecloud.kernel.task.Processor;
import dev.littlecloud.kernel.task.Profile;
import java.util.Locale;

/** {@code --profile}: what an instance's time went into, as a table. */
final class ProfileReport {
    private ProfileReport() {}

    /** The table of an instance that has ended. */
    static String of(Kernel kernel, Profile profile) {
        double wall = (System.nanoTime() - kernel.bootedAt()) / 1e6;
        double guest = 0;
        double inKernel = 0;
        for (Processor processor : kernel.scheduler().processors()) {
            guest += processor.userNanos() / 1e6;
            inKernel += processor.systemNanos() / 1e6;
        }
        CallServer server = kernel.scheduler().callServer();
        double watched = server.watchedNanos() / 1e6;
        double idle = wall * kernel.config().processors() - guest - inKernel;
        StringBuilder text = new StringBuilder();
        text.append(
                String.format(
                        Locale.ROOT,
                        "profile: %.0f ms on %d processors: guest %.0f ms, kernel %.0f ms, idle"
                                + " %.0f ms; watching for posted calls %.0f ms%n",
                        wall,
                        kernel.config().processors(),
                        guest,
                        inKernel,
                        Math.max(0, idle),
                        watched));
        text.append(
                String.format(
                        Locale.ROOT,
                        "%-28s %-7s %10s %12s %10s%n",
                        "call or event",
                        "way",
                        "count",
                        "kernel ms",
                        "mean µs"));
        for (Profile.Line line : profile.lines(kernel.sharedTables().answerCounts())) {
            text.append(
                    String.format(
                            Locale.ROOT,
                            "%-28s %-7s %10d %12.1f %10.1f%n",
                            line.what(),
                            line.way().name().toLowerCase(Locale.ROOT),
                            line.count(),
                            line.nanos() / 1e6,
                            line.nanos() / 1e3 / line.count()));
        }
        return text.toString();
    }
}
