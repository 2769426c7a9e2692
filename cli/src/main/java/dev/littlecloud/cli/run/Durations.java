package dev.littlecloud.cli.run;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Times as people write them: {@code 90s}, {@code 1h30m}, {@code 500ms}, {@code 10}. */
public final class Durations {
    private static final Pattern FORM =
            Pattern.compile(
                    "(?:(\\d{1,6})h)?(?:(\\d{1,6})m(?!s))?(?:(\\d{1,9})s)?(?:(\\d{1,9})ms)?");

    private Durations() {}

    /** Reads a time; a number alone means seconds. */
    public static Duration parse(String text) {
        String normal = text.matches("\\d{1,9}") ? text + "s" : text;
        Matcher matcher = FORM.matcher(normal);
        if (normal.isEmpty() || !matcher.matches()) {
            throw new IllegalArgumentException(
                    "'%s' is not a time; write for example 90s, 5m or 1h30m".formatted(text));
        }
        return Duration.ofHours(part(matcher, 1))
                .plusMinutes(part(matcher, 2))
                .plusSeconds(part(matcher, 3))
                .plusMillis(part(matcher, 4));
    }

    private static long part(Matcher matcher, int group) {
        String digits = matcher.group(group);
        return digits == null ? 0 : Long.parseLong(digits);
    }
}
