package dev.littlecloud.runtime;

import java.math.BigDecimal;
import java.math.RoundingMode;

/**
 * How much processor an instance may use.
 *
 * @param milliCpus thousandths of one processor, at least 10
 */
public record CpuLimit(int milliCpus) {
    private static final int SMALLEST_MILLI_CPUS = 10;
    private static final int LARGEST_CPUS = 1024;

    public CpuLimit {
        if (milliCpus < SMALLEST_MILLI_CPUS || milliCpus > LARGEST_CPUS * 1000) {
            throw new IllegalArgumentException("cpus must be from 0.01 to " + LARGEST_CPUS);
        }
    }

    /** Reads a decimal number of processors, such as {@code 0.5} or {@code 2}. */
    public static CpuLimit parse(String text) {
        BigDecimal cpus;
        try {
            cpus = new BigDecimal(text.strip());
        } catch (NumberFormatException notANumber) {
            throw new IllegalArgumentException(
                    "'%s' is not a number of processors; write for example 0.5 or 2"
                            .formatted(text),
                    notANumber);
        }
        if (cpus.compareTo(BigDecimal.valueOf(LARGEST_CPUS)) > 0
                || cpus.compareTo(BigDecimal.valueOf(SMALLEST_MILLI_CPUS, 3)) < 0) {
            throw new IllegalArgumentException(
                    "'%s' is out of range; cpus must be from 0.01 to %d"
                            .formatted(text, LARGEST_CPUS));
        }
        return new CpuLimit(
                cpus.movePointRight(3).setScale(0, RoundingMode.HALF_UP).intValueExact());
    }

    /** The number of virtual processors a machine needs to use this much. */
    public int vcpuCount() {
        return (milliCpus + 999) / 1000;
    }

    @Override
    public String toString() {
        return BigDecimal.valueOf(milliCpus, 3).stripTrailingZeros().toPlainString();
    }
}
