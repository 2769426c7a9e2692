package dev.littlecloud.gateway.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HistogramTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "1, 0",
        "1000000, 0",
        "1000001, 1",
        "2000000, 1",
        "2000001, 2",
        "4000000, 2",
        "4000001, 3",
        "4096000000, 12",
        "4096000001, 13",
        "999999999999, 13",
    })
    void countsEachInTheBucketThatItFits(long nanos, int bucket) {
        Histogram histogram = new Histogram();
        histogram.add(nanos);

        assertThat(histogram.count(bucket)).isEqualTo(1);
        assertThat(histogram.count()).isEqualTo(1);
        assertThat(histogram.totalNanos()).isEqualTo(nanos);
    }
}
