package dev.littlecloud.cli.run;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SessionTest {
    private final FakeInstance instance = new FakeInstance();
    private final Session session = new Session(instance, null);

    @Test
    void signalsGoToTheGuest() {
        session.signal(1);
        session.signal(10);
        session.signal(18);

        assertThat(instance.signals).containsExactly(1, 10, 18);
        assertThat(instance.closed()).isFalse();
    }

    @Test
    void theThirdRequestToEndIsNotTheGuestsToIgnore() {
        session.signal(2);
        session.signal(2);
        session.signal(15);

        assertThat(instance.signals).containsExactly(2, 2);
        assertThat(instance.closed()).isTrue();
    }

    @Test
    void withoutATerminalTheWindowDoesNotMatter() {
        session.windowChanged();

        assertThat(instance.sizes).isEmpty();
    }
}
