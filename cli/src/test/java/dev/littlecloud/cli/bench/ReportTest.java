package dev.littlecloud.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.littlecloud.cli.bench.Figure.Baseline;
import dev.littlecloud.cli.bench.Figure.Goal;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ReportTest {
    private static final Figure FAST =
            new Figure(
                    "fast",
                    "ms",
                    2,
                    new Baseline("other", 4),
                    new Goal(Goal.Kind.RATIO_AT_MOST, 1.2));
    private static final Figure SLOW =
            new Figure("slow", "requests/s", 1234.6, null, new Goal(Goal.Kind.AT_LEAST, 9000));
    private static final Figure FREE = new Figure("free", "s", 0.05, null, null);

    private static final Report REPORT =
            new Report(
                    Map.of("kernel", "6.1"),
                    List.of(
                            new Report.Entry("a", FAST),
                            new Report.Entry("b", SLOW),
                            new Report.Entry("b", FREE)),
                    List.of("absent"),
                    List.of());

    @Test
    void judgesGoals() {
        assertThat(FAST.ratio()).hasValue(0.5);
        assertThat(FAST.met()).hasValue(true);
        assertThat(SLOW.met()).hasValue(false);
        assertThat(FREE.met()).isEmpty();
        assertThat(REPORT.allGoalsMet()).isFalse();
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> new Figure("x", "s", 1, null, new Goal(Goal.Kind.RATIO_AT_LEAST, 1)));
    }

    @Test
    void alignsTheTable() {
        assertThat(REPORT.table())
                .isEqualTo(
                        """
                        figure  unit        value  baseline          ratio  goal
                        fast    ms           2.00      4.00  other  0.500×  ≤ 1.20×  met
                        slow    requests/s  1,235                           ≥ 9,000  MISSED
                        free    s           0.050
                        """);
    }

    @Test
    void writesTheSameAsJson() {
        JsonNode json = JsonMapper.builder().build().readTree(REPORT.json());

        assertThat(json.at("/environment/kernel").asString()).isEqualTo("6.1");
        assertThat(json.at("/figures").size()).isEqualTo(3);
        assertThat(json.at("/figures/0/ratio").asDouble()).isEqualTo(0.5);
        assertThat(json.at("/figures/0/met").asBoolean()).isTrue();
        assertThat(json.at("/figures/1/goalBound").asDouble()).isEqualTo(9000);
        assertThat(json.at("/figures/2").has("goal")).isFalse();
    }
}
