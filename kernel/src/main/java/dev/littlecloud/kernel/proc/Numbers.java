package dev.littlecloud.kernel.proc;

/** Numbers as names of directory entries and in files that programs write. */
final class Numbers {
    private Numbers() {}

    /** A decimal number without sign or leading zeros, or -1. */
    static int parse(String name) {
        if (name.isEmpty() || name.length() > 9 || name.length() > 1 && name.charAt(0) == '0') {
            return -1;
        }
        int value = 0;
        for (int i = 0; i < name.length(); i++) {
            int digit = name.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                return -1;
            }
            value = value * 10 + digit;
        }
        return value;
    }

    /** A number as strtol(3) with base 0 reads it, or {@code otherwise}. */
    static long parseAny(String text, long otherwise) {
        try {
            return Long.decode(text);
        } catch (NumberFormatException notANumber) {
            return otherwise;
        }
    }
}
