package dev.littlecloud.runtime;

import java.math.BigDecimal;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sizes as people write them for Docker: {@code 512m}, {@code 1.5g}, {@code 4096}. */
public final class ByteSize {
    private static final Pattern FORM =
            Pattern.compile(
                    "(\\d{1,18}(?:\\.\\d{1,9})?) ?([bkmgt]?)(?:i?b)?", Pattern.CASE_INSENSITIVE);

    private ByteSize() {}

    /**
     * Reads a size. Suffixes are powers of 1024, as in {@code docker run --memory}.
     *
     * @return the size in bytes
     * @throws IllegalArgumentException with a sentence for the user
     */
    public static long parse(String text) {
        Matcher matcher = FORM.matcher(text.strip());
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "'%s' is not a size; write a number with b, k, m, g or t, such as 512m"
                            .formatted(text));
        }
        int shift =
                switch (matcher.group(2).toLowerCase(java.util.Locale.ROOT)) {
                    case "k" -> 10;
                    case "m" -> 20;
                    case "g" -> 30;
                    case "t" -> 40;
                    default -> 0;
                };
        BigDecimal bytes =
                new BigDecimal(matcher.group(1)).multiply(BigDecimal.valueOf(1L << shift));
        if (bytes.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0) {
            throw new IllegalArgumentException("'%s' is more than any machine has".formatted(text));
        }
        return bytes.longValue();
    }

    /** Writes a size shortly: {@code 512 MiB}, {@code 1.5 GiB}, {@code 4096 B}. */
    public static String format(long sizeBytes) {
        String[] units = {"B", "KiB", "MiB", "GiB", "TiB"};
        int unit = 0;
        double amount = sizeBytes;
        while (amount >= 1024 && unit < units.length - 1) {
            amount /= 1024;
            unit++;
        }
        String number = "%.1f".formatted(amount);
        return (number.endsWith(".0") ? number.substring(0, number.length() - 2) : number)
                + " "
                + units[unit];
    }
}
