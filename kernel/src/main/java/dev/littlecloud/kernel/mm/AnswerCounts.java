package dev.littlecloud.kernel.mm;

/**
 * How often calls of an instance's programs answered themselves, by {@link AnswerCode}. Programs
 * count themselves: what they spoil is their own profile. Guarded by the instance lock.
 */
public final class AnswerCounts {
    /** Hears of a count. */
    @FunctionalInterface
    public interface Reader {
        void count(int number, long count);
    }

    private final long[] counts = new long[AnswerCode.values().length];

    void add(AnswerCode code, long count) {
        counts[code.ordinal()] += count;
    }

    /** Tells of each kind of call. */
    public void tell(Reader reader) {
        for (AnswerCode code : AnswerCode.values()) {
            reader.count(code.number(), counts[code.ordinal()]);
        }
    }
}
