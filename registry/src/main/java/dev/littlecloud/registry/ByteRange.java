package dev.littlecloud.registry;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A part of a blob.
 *
 * @param start offset of the first byte
 * @param end offset behind the last
 */
record ByteRange(long start, long end) {
    /** RFC 9110, 14.1.2: one range of bytes. */
    private static final Pattern RANGE = Pattern.compile("bytes=([0-9]{0,18})-([0-9]{0,18})");

    /**
     * The part that a Range header asks for; an empty part where there is no such one. A header that
     * is not understood is none, as RFC 9110 has it, and so is one with several ranges.
     */
    static Optional<ByteRange> parse(String header, long size) {
        Matcher matcher = RANGE.matcher(header.strip());
        if (!matcher.matches()) {
            return Optional.empty();
        }
        String first = matcher.group(1);
        String last = matcher.group(2);
        if (first.isEmpty() && last.isEmpty()) {
            return Optional.empty();
        }
        if (first.isEmpty()) {
            long suffix = Math.min(Long.parseLong(last), size);
            return Optional.of(new ByteRange(size - suffix, size));
        }
        long start = Long.parseLong(first);
        long end = last.isEmpty() ? size : Math.min(Long.parseLong(last) + 1, size);
        if (!last.isEmpty() && Long.parseLong(last) < start) {
            return Optional.empty();
        }
        return Optional.of(start >= size ? new ByteRange(0, 0) : new ByteRange(start, end));
    }

    long length() {
        return end - start;
    }

    boolean isEmpty() {
        return end <= start;
    }
}
