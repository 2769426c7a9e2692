package dev.littlecloud.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ByteSizeTest {
    @ParameterizedTest
    @CsvSource({
        "4096, 4096",
        "4096b, 4096",
        "64k, 65536",
        "512m, 536870912",
        "512M, 536870912",
        "512mb, 536870912",
        "512MiB, 536870912",
        "1.5g, 1610612736",
        "2t, 2199023255552",
    })
    void readsSizesAsDockerDoes(String text, long bytes) {
        assertThat(ByteSize.parse(text)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "m", "-1", "1x", "1 2", "0x10", "1e3", "١", "9999999999g", "1..5"})
    void refusesOtherTextNamingIt(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ByteSize.parse(text))
                .withMessageContaining("'" + text + "'");
    }

    @ParameterizedTest
    @CsvSource({"0, 0 B", "1023, 1023 B", "536870912, 512 MiB", "1610612736, 1.5 GiB"})
    void writesSizesShortly(long bytes, String text) {
        assertThat(ByteSize.format(bytes)).isEqualTo(text);
    }
}
