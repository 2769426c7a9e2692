package dev.littlecloud.cli.image;

import java.time.Duration;
import java.time.Instant;

/** How long ago something was, in one unit. */
final class Ages {
    private Ages() {}

    static String text(Instant then, Instant now) {
        if (then.equals(Instant.EPOCH)) {
            return "unknown";
        }
        long seconds = Math.max(0, Duration.between(then, now).toSeconds());
        long days = seconds / 86_400;
        if (seconds < 60) {
            return count(seconds, "second");
        }
        if (seconds < 3_600) {
            return count(seconds / 60, "minute");
        }
        if (days < 2) {
            return count(seconds / 3_600, "hour");
        }
        if (days < 61) {
            return count(days, "day");
        }
        return days < 730 ? count(days / 30, "month") : count(days / 365, "year");
    }

    private static String count(long number, String unit) {
        return number + " " + unit + (number == 1 ? "" : "s") + " ago";
    }
}
