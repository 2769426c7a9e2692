package dev.littlecloud.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CpuLimitTest {
    @ParameterizedTest
    @CsvSource({"0.01, 10, 1", "0.5, 500, 1", "1, 1000, 1", "1.001, 1001, 2", "2, 2000, 2"})
    void needsAVirtualProcessorForEachStartedOne(String text, int milliCpus, int vcpus) {
        CpuLimit limit = CpuLimit.parse(text);

        assertThat(limit.milliCpus()).isEqualTo(milliCpus);
        assertThat(limit.vcpuCount()).isEqualTo(vcpus);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "-1", "0.001", "1025", "1e9", "two", "NaN"})
    void refusesWhatNoMachineCanGive(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CpuLimit.parse(text))
                .withMessageContaining("'" + text + "'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.5", "1", "2.25"})
    void writesWhatItReads(String text) {
        assertThat(CpuLimit.parse(text)).hasToString(text);
    }
}
