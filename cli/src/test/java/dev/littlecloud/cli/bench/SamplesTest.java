package dev.littlecloud.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SamplesTest {
    @Test
    void ordersWhatWasMeasured() {
        Samples samples = Samples.of(4, 1, 3, 2, 100);

        assertThat(samples.median()).isEqualTo(3);
        assertThat(samples.smallest()).isEqualTo(1);
        assertThat(samples.percentile(80)).isEqualTo(4);
        assertThat(samples.percentile(99)).isEqualTo(100);
        assertThat(samples.percentile(0)).isEqualTo(1);
        assertThat(Samples.of(1, 2).median()).isEqualTo(1.5);
        assertThatIllegalArgumentException().isThrownBy(Samples::of);
    }

    @Test
    void takesTurnsAndDropsTheFirstRound() throws Exception {
        List<String> calls = new ArrayList<>();
        Samples[] samples =
                Samples.inTurns(
                        2,
                        () -> {
                            calls.add("ours");
                            return calls.size();
                        },
                        () -> {
                            calls.add("base");
                            return calls.size();
                        });

        assertThat(calls).containsExactly("ours", "base", "ours", "base", "ours", "base");
        assertThat(samples[0].smallest()).isEqualTo(3);
        assertThat(samples[1].median()).isEqualTo(5);
        assertThat(samples[1].count()).isEqualTo(2);
    }
}
