package dev.littlecloud.cli.bench;

import java.util.Arrays;

/** Repeated measurements of one thing. */
public final class Samples {
    private final double[] sorted;

    private Samples(double[] sorted) {
        this.sorted = sorted;
    }

    /** A measurement that returns its result. */
    @FunctionalInterface
    public interface Measurement {
        double measure() throws Exception;
    }

    public static Samples of(double... values) {
        if (values.length == 0) {
            throw new IllegalArgumentException("no measurement");
        }
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return new Samples(sorted);
    }

    /**
     * Measures several things in turns, so that a change of the machine's mood meets all of them, each
     * once this process rests from the one before. One round before the first warms caches and is not
     * counted.
     *
     * @return the samples of each, in the order of the measurements
     */
    public static Samples[] inTurns(int rounds, Measurement... measurements) throws Exception {
        double[][] values = new double[measurements.length][rounds];
        for (int round = -1; round < rounds; round++) {
            for (int i = 0; i < measurements.length; i++) {
                Rest.await();
                double value = measurements[i].measure();
                if (round >= 0) {
                    values[i][round] = value;
                }
            }
        }
        return Arrays.stream(values).map(Samples::of).toArray(Samples[]::new);
    }

    public double median() {
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /** The smallest value that at least this share of the samples does not exceed. */
    public double percentile(double percent) {
        int rank = (int) Math.ceil(percent / 100 * sorted.length);
        return sorted[Math.clamp(rank - 1, 0, sorted.length - 1)];
    }

    public double smallest() {
        return sorted[0];
    }

    public int count() {
        return sorted.length;
    }
}
