package dev.littlecloud.runtime.template;

/**
 * Starts at once, seen or to be expected. They count for half after an hour, and so on.
 *
 * @param starts how many
 * @param millis since the epoch, when
 */
public record Burst(int starts, long millis) {
    /** Nothing was seen. */
    public static final Burst NONE = new Burst(0, 0);

    private static final double HALF_LIFE_MILLIS = 3_600_000;

    public Burst {
        starts = Math.min(starts, StagedClones.MOST);
    }

    /** What is seen or expected now. */
    public static Burst now(int starts) {
        return new Burst(starts, System.currentTimeMillis());
    }

    /** Of a service whose instances take more or fewer requests each. */
    public Burst times(double factor) {
        return new Burst((int) Math.ceil(Math.min(starts * factor, StagedClones.MOST)), millis);
    }

    /** How many of these starts are expected of the next burst. */
    int expected(long nowMillis) {
        double age = Math.max(nowMillis - millis, 0);
        return (int) Math.ceil(starts * Math.pow(2, -age / HALF_LIFE_MILLIS));
    }
}
