package dev.littlecloud.cli.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.littlecloud.image.Progress;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TerminalProgressTest {
    private final StringWriter err = new StringWriter();
    private final AtomicLong nanos = new AtomicLong();
    private final Progress progress = new TerminalProgress(new PrintWriter(err), nanos::get);

    @Test
    void saysNothingOfShortWork() {
        try (Progress.Task task = progress.begin("unpacking", 100)) {
            task.advance(100);
        }

        assertThat(err.toString()).isEmpty();
    }

    @Test
    void drawsOneLineAndErasesIt() {
        Progress.Task first = progress.begin("pulling layer 1", 40_000_000);
        Progress.Task second = progress.begin("pulling layer 2", -1);
        nanos.set(1_000_000_000);
        first.advance(10_000_000);
        first.advance(10_000_000);
        nanos.set(1_200_000_000);
        second.advance(5);

        assertThat(err.toString())
                .isEqualTo(
                        "\r\u001b[Kpulling layer 1  [======                  ] 10.0 MB of 40.0 MB"
                                + "  (and 1 more)"
                                + "\r\u001b[Kpulling layer 1  [============            ] 20.0 MB of"
                                + " 40.0 MB  (and 1 more)");
        first.close();
        second.close();
        assertThat(err.toString()).endsWith("\r\u001b[K");
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0 B",
        "999, 999 B",
        "1000, 1.0 kB",
        "99940, 99.9 kB",
        "99960, 100 kB",
        "999600, 1.0 MB",
        "195000000, 195 MB",
        "9223372036854775807, 9223372 TB"
    })
    void writesSizes(long bytes, String text) {
        assertThat(Sizes.text(bytes)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0 seconds ago",
        "1, 1 second ago",
        "120, 2 minutes ago",
        "7200, 2 hours ago",
        "172800, 2 days ago",
        "8640000, 3 months ago",
        "94608000, 3 years ago",
        "-5, 0 seconds ago"
    })
    void writesAges(long seconds, String text) {
        Instant now = Instant.parse("2026-01-01T00:00:00Z");
        assertThat(Ages.text(now.minusSeconds(seconds), now)).isEqualTo(text);
        assertThat(Ages.text(Instant.EPOCH, now)).isEqualTo("unknown");
    }
}
