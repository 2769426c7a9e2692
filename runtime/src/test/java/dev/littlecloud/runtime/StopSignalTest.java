package dev.littlecloud.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.littlecloud.image.ImageConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StopSignalTest {
    @ParameterizedTest
    @CsvSource({
        "SIGQUIT, 3",
        "quit, 3",
        "SIGKILL, 9",
        "3, 3",
        "' SIGSYS', 31",
        "SIGRTMIN, 34",
        "SIGRTMIN+3, 37",
        "RTMAX-1, 63",
        "64, 64"
    })
    void signalsHaveNamesAndNumbers(String text, int number) {
        assertThat(StopSignal.of(text)).isEqualTo(number);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "0",
                "65",
                "-3",
                "SIG",
                "SIGNO",
                "3x",
                "SIGRTMIN+31",
                "RTMAX-31",
                "RTMIN-1",
                "SIGSIGTERM",
                "99999999999"
            })
    void whatIsNoneStandsForTheUsualOne(String text) {
        assertThat(StopSignal.of(text)).isEqualTo(15);
    }

    @Test
    void anImageThatNamesNoneHasTheUsualOne() {
        assertThat(StopSignal.of(ImageConfig.EMPTY)).isEqualTo(15);
    }
}
