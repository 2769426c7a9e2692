package dev.littlecloud.cli.bench;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A measured figure.
 *
 * @param what the figure's name
 * @param unit such as {@code ms} or {@code requests/s}
 * @param value ours
 * @param baseline what it is compared with, measured in the same run; null when there is nothing
 * @param goal what was promised; null when nothing was
 */
public record Figure(
        String what, String unit, double value, @Nullable Baseline baseline, @Nullable Goal goal) {
    /** The same figure of something else. */
    public record Baseline(String what, double value) {}

    /** A bound on the value, or on its ratio to the baseline's. */
    public record Goal(Kind kind, double bound) {
        public enum Kind {
            AT_MOST("≤ ", ""),
            AT_LEAST("≥ ", ""),
            RATIO_AT_MOST("≤ ", "×"),
            RATIO_AT_LEAST("≥ ", "×");

            private final String before;
            private final String after;

            Kind(String before, String after) {
                this.before = before;
                this.after = after;
            }
        }

        @Override
        public String toString() {
            return kind.before + Numbers.format(bound) + kind.after;
        }
    }

    public Figure {
        boolean needsBaseline =
                goal != null
                        && (goal.kind() == Goal.Kind.RATIO_AT_MOST
                                || goal.kind() == Goal.Kind.RATIO_AT_LEAST);
        if (needsBaseline && baseline == null) {
            throw new IllegalArgumentException(what + ": a ratio needs a baseline");
        }
    }

    /** Our value divided by the baseline's. */
    public Optional<Double> ratio() {
        return baseline == null ? Optional.empty() : Optional.of(value / baseline.value());
    }

    /** Whether the goal is met; empty without one. */
    public Optional<Boolean> met() {
        if (goal == null) {
            return Optional.empty();
        }
        double ratio = ratio().orElse(Double.NaN);
        return Optional.of(
                switch (goal.kind()) {
                    case AT_MOST -> value <= goal.bound();
                    case AT_LEAST -> value >= goal.bound();
                    case RATIO_AT_MOST -> ratio <= goal.bound();
                    case RATIO_AT_LEAST -> ratio >= goal.bound();
                });
    }
}
