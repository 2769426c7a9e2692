package dev.littlecloud.runtime;

import dev.littlecloud.image.ImageConfig;
import dev.littlecloud.kernel.signal.Signal;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What asks an image's program to end: its STOPSIGNAL, or SIGTERM. */
public final class StopSignal {
    /** From 1 on; signal(7). */
    private static final List<String> NAMES =
            List.of(
                    "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1",
                    "SEGV", "USR2", "PIPE", "ALRM", "TERM", "STKFLT", "CHLD", "CONT", "STOP",
                    "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "IO",
                    "PWR", "SYS");

    /** As programs know it: their C library keeps the first two for itself. */
    private static final int SIGRTMIN = 34;

    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,2}");
    private static final Pattern REALTIME =
            Pattern.compile("RTMIN(?:\\+([0-9]{1,2}))?|RTMAX(?:-([0-9]{1,2}))?");

    private StopSignal() {}

    /** The Linux number of an image's signal. */
    public static int of(ImageConfig config) {
        return of(config.stopSignal().orElse(""));
    }

    /** The Linux number of a name or number. What is no signal stands for SIGTERM, as with Docker. */
    static int of(String stopSignal) {
        int number = number(stopSignal.strip().toUpperCase(Locale.ROOT));
        return Signal.isValid(number) ? number : Signal.SIGTERM;
    }

    private static int number(String text) {
        if (NUMBER.matcher(text).matches()) {
            return Integer.parseInt(text);
        }
        String name = text.startsWith("SIG") ? text.substring(3) : text;
        Matcher realtime = REALTIME.matcher(name);
        return realtime.matches() ? realtime(realtime) : NAMES.indexOf(name) + 1;
    }

    private static int realtime(Matcher name) {
        int number =
                name.group().startsWith("RTMIN")
                        ? SIGRTMIN + distance(name.group(1))
                        : Signal.MAX - distance(name.group(2));
        return number < SIGRTMIN ? 0 : number;
    }

    private static int distance(@Nullable String digits) {
        return digits == null ? 0 : Integer.parseInt(digits);
    }
}
