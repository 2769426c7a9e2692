package dev.littlecloud.cli.bench;

import java.util.Locale;

/** Figures as text: three significant digits are more than a run repeats. */
final class Numbers {
    private Numbers() {}

    static String format(double number) {
        double size = Math.abs(number);
        String pattern = size >= 100 ? "%,.0f" : size >= 10 ? "%.1f" : size >= 1 ? "%.2f" : "%.3f";
        return String.format(Locale.ROOT, pattern, number);
    }
}
