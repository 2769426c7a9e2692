package dev.littlecloud.runtime.template;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class ProcessorUseTest {
    private final ProcessorUse use = new ProcessorUse();

    @Test
    void sharesOutWhatTheHostGave() {
        use.update(100, 600, 200);

        assertThat(use.guestNanos()).isEqualTo(75);
        assertThat(use.kernelNanos()).isEqualTo(25);
    }

    @Test
    void countsTheKernelAloneBeforeTheGuestRan() {
        use.update(7, 0, 0);

        assertThat(use.guestNanos()).isZero();
        assertThat(use.kernelNanos()).isEqualTo(7);
    }

    @Test
    void takesNothingBackAndInventsNothing() {
        Random random = new Random(Long.getLong("seed", 20261121));
        long used = 0;
        long inGuest = 0;
        long inKernel = 0;
        for (int i = 0; i < 10_000; i++) {
            long guestBefore = use.guestNanos();
            long kernelBefore = use.kernelNanos();
            inGuest += random.nextInt(1_000_000);
            inKernel += random.nextInt(1 + random.nextInt(1_000_000));
            used += random.nextInt(1 + random.nextInt(2_000_000));
            use.update(used, inGuest, inKernel);

            assertThat(use.guestNanos()).isGreaterThanOrEqualTo(guestBefore);
            assertThat(use.kernelNanos()).isGreaterThanOrEqualTo(kernelBefore);
            assertThat(use.guestNanos() + use.kernelNanos()).isEqualTo(used);
        }
    }
}
