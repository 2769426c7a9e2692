package dev.littlecloud.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.littlecloud.image.ImageConfig;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StopSignalTest {
    private static int of(Optional<String> text) {
        ImageConfig config =
                new ImageConfig(
                        List.of(),
                        List.of(),
                        List.of(),
                        "",
                        "",
                        List.of(),
                        List.of(),
                        text,
                        Optional.empty(),
                        Map.of(),
                        Instant.EPOCH);
        return StopSignal.of(config);
    }

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
        assertThat(of(Optional.of(text))).isEqualTo(number);
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
        assertThat(of(Optional.of(text))).isEqualTo(15);
    }

    @Test
    void anImageThatNamesNoneHasTheUsualOne() {
        assertThat(of(Optional.empty())).isEqualTo(15);
    }
}
