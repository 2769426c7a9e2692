package dev.littlecloud.runtime.template;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BurstsTest {
    private static final long NOON = 1_700_000_000_000L;
    private static final long HOUR = 3_600_000;

    private final Bursts bursts = new Bursts(Burst.NONE);

    private void start(int count, long millis) {
        for (int i = 0; i < count; i++) {
            bursts.started(millis + i % 500);
        }
    }

    @Test
    void oneIsExpectedAtFirst() {
        assertThat(bursts.expected(NOON)).isOne();
        assertThat(bursts.isNews()).isFalse();
    }

    @Test
    void asManyAreExpectedAsCameWithinASecond() {
        start(1, NOON - 5_000);
        start(40, NOON);
        start(2, NOON + 5_000);
        assertThat(bursts.expected(NOON + 5_000)).isEqualTo(40);
    }

    @Test
    void startsOneAfterTheOtherAreNoBurst() {
        for (int i = 0; i < 100; i++) {
            start(1, NOON + 1_001L * i);
        }
        assertThat(bursts.expected(NOON + 100_100)).isOne();
    }

    @Test
    void halfIsExpectedAfterAnHour() {
        start(100, NOON);
        long end = bursts.largest().millis();
        assertThat(bursts.expected(end + HOUR)).isEqualTo(50);
        assertThat(bursts.expected(end + 2 * HOUR)).isEqualTo(25);
        assertThat(bursts.expected(end + 48 * HOUR)).isOne();
    }

    @Test
    void aSmallerBurstCountsOnceTheLargerOneIsForgotten() {
        start(100, NOON);
        start(40, NOON + HOUR);
        assertThat(bursts.largest().starts()).isEqualTo(100);
        start(40, NOON + 2 * HOUR);
        assertThat(bursts.largest().starts()).isEqualTo(40);
        assertThat(bursts.expected(NOON + 2 * HOUR + 500)).isEqualTo(40);
    }

    @Test
    void thereAreNoMoreThanMayBeStaged() {
        start(10 * StagedClones.MOST, NOON);
        assertThat(bursts.expected(NOON)).isEqualTo(StagedClones.MOST);
    }

    @Test
    void whatIsKnownOutlastsTheProcess() {
        start(100, NOON);
        Bursts next = new Bursts(bursts.largest());
        assertThat(next.expected(NOON + HOUR)).isEqualTo(bursts.expected(NOON + HOUR));
    }

    @Test
    void whatIsExpectedCountsLikeWhatWasSeenUntilMoreIsSeen() {
        bursts.expect(new Burst(100, NOON), NOON);
        assertThat(bursts.expected(NOON)).isEqualTo(100);
        assertThat(bursts.expected(NOON + HOUR)).isEqualTo(50);
        assertThat(bursts.isNews()).isTrue();
        start(60, NOON + HOUR);
        assertThat(bursts.expected(NOON + HOUR)).isEqualTo(60);
        bursts.expect(new Burst(10, NOON + HOUR), NOON + HOUR);
        assertThat(bursts.expected(NOON + HOUR)).isEqualTo(60);
    }

    @Test
    void anotherConcurrencyTakesAsManyMoreOrFewer() {
        assertThat(new Burst(100, NOON).times(0.05)).isEqualTo(new Burst(5, NOON));
        assertThat(new Burst(5, NOON).times(20)).isEqualTo(new Burst(100, NOON));
        assertThat(new Burst(100, NOON).times(1e9).starts()).isEqualTo(StagedClones.MOST);
    }

    @Test
    void aClockThatWasSetBackForgetsNothing() {
        start(100, NOON);
        assertThat(bursts.expected(NOON - HOUR)).isEqualTo(100);
    }

    @Test
    void aBurstIsNewsWhenItIsLargerOrComesAgainLater() {
        start(10, NOON);
        assertThat(bursts.isNews()).isTrue();
        assertThat(bursts.isNews()).isFalse();
        start(10, NOON + 2_000);
        assertThat(bursts.isNews()).isFalse();
        start(11, NOON + 4_000);
        assertThat(bursts.isNews()).isTrue();
        start(11, NOON + 100_000);
        assertThat(bursts.isNews()).isTrue();
    }
}
