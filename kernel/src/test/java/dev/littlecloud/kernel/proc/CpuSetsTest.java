package dev.littlecloud.kernel.proc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import org.junit.jupiter.api.Test;

class CpuSetsTest {
    private static BitSet of(int... processors) {
        BitSet set = new BitSet();
        for (int processor : processors) {
            set.set(processor);
        }
        return set;
    }

    @Test
    void masksHaveACommaEveryThirtyTwoProcessors() {
        assertThat(CpuSets.mask(of())).isEqualTo("0");
        assertThat(CpuSets.mask(CpuSets.first(1))).isEqualTo("1");
        assertThat(CpuSets.mask(CpuSets.first(5))).isEqualTo("1f");
        assertThat(CpuSets.mask(CpuSets.first(32))).isEqualTo("ffffffff");
        assertThat(CpuSets.mask(of(33))).isEqualTo("2,00000000");
        assertThat(CpuSets.mask(CpuSets.first(96))).isEqualTo("ffffffff,ffffffff,ffffffff");
    }

    @Test
    void listsHaveRanges() {
        assertThat(CpuSets.list(of())).isEmpty();
        assertThat(CpuSets.list(of(0))).isEqualTo("0");
        assertThat(CpuSets.list(CpuSets.first(4))).isEqualTo("0-3");
        assertThat(CpuSets.list(of(0, 1, 3, 5, 6, 7))).isEqualTo("0-1,3,5-7");
    }
}
