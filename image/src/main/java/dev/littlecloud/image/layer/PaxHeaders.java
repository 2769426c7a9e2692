package dev.littlecloud.image.layer;

import dev.littlecloud.image.ImageException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The records of a PAX extended header, pax(1), "pax Extended Header": {@code "%d %s=%s\n"} with
 * the length of the whole record first. Values are bytes, kept one char per byte.
 */
final class PaxHeaders {
    private static final String XATTR = "SCHILY.xattr.";

    private final Map<String, String> values = new HashMap<>();
    private final SortedMap<String, byte[]> xattrs = new TreeMap<>();

    /** Sparse format 0.0 repeats its keys, so these are a list. */
    private final List<Long> sparseNumbers = new ArrayList<>();

    static PaxHeaders parse(byte[] data) {
        PaxHeaders headers = new PaxHeaders();
        int at = 0;
        while (at < data.length) {
            int space = indexOf(data, at, (byte) ' ');
            if (space < 0 || space - at > 10) {
                throw malformed();
            }
            long length = decimal(latin1(data, at, space));
            if (length < space - at + 4 || length > data.length - at) {
                throw malformed();
            }
            int end = at + (int) length;
            int equals = indexOf(data, space, (byte) '=');
            if (equals < 0 || equals >= end || data[end - 1] != '\n') {
                throw malformed();
            }
            headers.add(
                    latin1(data, space + 1, equals), Arrays.copyOfRange(data, equals + 1, end - 1));
            at = end;
        }
        return headers;
    }

    private void add(String key, byte[] value) {
        if (key.startsWith(XATTR)) {
            addXattr(key.substring(XATTR.length()), value);
            return;
        }
        String text = new String(value, StandardCharsets.ISO_8859_1);
        if (key.equals("GNU.sparse.offset") || key.equals("GNU.sparse.numbytes")) {
            sparseNumbers.add(decimal(text));
            return;
        }
        values.put(key, text);
    }

    private void addXattr(String name, byte[] value) {
        // XATTR_NAME_MAX and XATTR_SIZE_MAX, xattr(7)
        if (name.isEmpty() || name.length() > 255 || name.indexOf('\0') >= 0) {
            throw ImageException.malformed("a layer has an extended attribute with no proper name");
        }
        if (value.length > 65_536) {
            throw ImageException.malformed("a layer has an extended attribute larger than 64 KiB");
        }
        xattrs.put(name, value);
    }

    SortedMap<String, byte[]> xattrs() {
        return xattrs;
    }

    /** The value, or null where it is missing or empty, which takes it back. */
    @Nullable String text(String key) {
        String value = values.get(key);
        if (value == null || value.isEmpty()) {
            return null;
        }
        if (value.indexOf('\0') >= 0) {
            throw ImageException.malformed(
                    "a layer has a PAX header '" + key + "' with a NUL byte");
        }
        return value;
    }

    long number(String key, long otherwise) {
        String value = text(key);
        return value == null ? otherwise : decimal(value);
    }

    /**
     * The seconds of a time such as {@code -12.75}, rounded down, and its nanoseconds.
     *
     * @return two numbers, or null where there is no such time
     */
    long @Nullable [] time(String key) {
        String value = text(key);
        if (value == null) {
            return null;
        }
        int dot = value.indexOf('.');
        String whole = dot < 0 ? value : value.substring(0, dot);
        String fraction = dot < 0 ? "" : value.substring(dot + 1);
        boolean isNegative = whole.startsWith("-");
        long seconds = decimal(isNegative ? whole.substring(1) : whole);
        long nanos = 0;
        for (int i = 0; i < 9; i++) {
            nanos = nanos * 10 + (i < fraction.length() ? digit(fraction.charAt(i)) : 0);
        }
        if (isNegative) {
            seconds = nanos == 0 ? -seconds : -seconds - 1;
            nanos = nanos == 0 ? 0 : 1_000_000_000 - nanos;
        }
        return new long[] {seconds, nanos};
    }

    boolean isSparse() {
        return values.containsKey("GNU.sparse.major")
                || values.containsKey("GNU.sparse.size")
                || values.containsKey("GNU.sparse.map")
                || values.containsKey("GNU.sparse.numblocks");
    }

    /** Format 1.0 keeps its map in front of the data instead of here. */
    boolean isSparseMapInData() {
        return "1".equals(text("GNU.sparse.major"));
    }

    /** The map of formats 0.0 and 0.1. */
    void addSparseExtents(SparseMap.Builder map) {
        List<Long> numbers = sparseNumbers;
        String list = text("GNU.sparse.map");
        if (list != null) {
            numbers = new ArrayList<>();
            for (String number : list.split(",", -1)) {
                numbers.add(decimal(number));
            }
        }
        if (numbers.size() % 2 != 0) {
            throw malformed();
        }
        for (int i = 0; i < numbers.size(); i += 2) {
            map.add(numbers.get(i), numbers.get(i + 1));
        }
    }

    /** Digits only, no sign, no overflow. */
    static long decimal(String text) {
        if (text.isEmpty() || text.length() > 18) {
            throw ImageException.malformed("a layer has a PAX header with an impossible number");
        }
        long value = 0;
        for (int i = 0; i < text.length(); i++) {
            value = value * 10 + digit(text.charAt(i));
        }
        return value;
    }

    private static int digit(char c) {
        if (c < '0' || c > '9') {
            throw ImageException.malformed("a layer has a PAX header with an impossible number");
        }
        return c - '0';
    }

    private static int indexOf(byte[] data, int from, byte wanted) {
        for (int i = from; i < data.length; i++) {
            if (data[i] == wanted) {
                return i;
            }
        }
        return -1;
    }

    private static String latin1(byte[] data, int from, int to) {
        return new String(data, from, to - from, StandardCharsets.ISO_8859_1);
    }

    private static ImageException malformed() {
        return ImageException.malformed("a layer has a PAX header that is not well-formed");
    }
}
