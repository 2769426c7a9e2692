package dev.littlecloud.kernel.mm;

import java.util.Arrays;
import java.util.function.IntToLongFunction;

/** The random parts of where a program's areas go, in the order in which execve(2) asks for them. */
public final class Placement {
    private long[] drawn = {};
    private int next;

    /**
     * The next one: as it was drawn before, or a new one.
     *
     * @param draw for a number of bits
     */
    public long pages(int bits, IntToLongFunction draw) {
        if (next == drawn.length) {
            drawn = Arrays.copyOf(drawn, next + 1);
            drawn[next] = draw.applyAsLong(bits);
        }
        return drawn[next++];
    }

    /** The same places, for another process. */
    Placement again() {
        Placement same = new Placement();
        same.drawn = drawn;
        return same;
    }
}
