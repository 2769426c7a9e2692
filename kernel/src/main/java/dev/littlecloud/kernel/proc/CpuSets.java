package dev.littlecloud.kernel.proc;

import java.util.BitSet;

/** Sets of processors as Linux prints them; cpuset(7), "Formats". */
final class CpuSets {
    private CpuSets() {}

    /** The first {@code count} processors. */
    static BitSet first(int count) {
        BitSet set = new BitSet();
        set.set(0, count);
        return set;
    }

    /** In hexadecimal, with a comma between words of 32. */
    static String mask(BitSet set) {
        int digits = Math.max(1, (set.size() == 0 ? 1 : set.length() + 3) / 4);
        StringBuilder mask = new StringBuilder();
        for (int digit = digits - 1; digit >= 0; digit--) {
            int value = 0;
            for (int bit = 0; bit < 4; bit++) {
                value |= set.get(digit * 4 + bit) ? 1 << bit : 0;
            }
            mask.append(Character.forDigit(value, 16));
            if (digit > 0 && digit % 8 == 0) {
                mask.append(',');
            }
        }
        return mask.toString();
    }

    /** As ranges, {@code 0-3,5}. */
    static String list(BitSet set) {
        StringBuilder list = new StringBuilder();
        for (int start = set.nextSetBit(0); start >= 0; ) {
            int end = set.nextClearBit(start) - 1;
            if (!list.isEmpty()) {
                list.append(',');
            }
            list.append(start);
            if (end > start) {
                list.append('-').append(end);
            }
            start = set.nextSetBit(end + 1);
        }
        return list.toString();
    }
}
