package dev.littlecloud.kernel.fs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.littlecloud.kernel.mm.Frames;
import dev.littlecloud.kernel.testing.PlainMemory;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Record locks against a model that keeps one lock per byte and owner. */
class FileLocksTest {
    private static final int BYTES = 40;
    private static final int OWNERS = 3;

    private final Frames frames = new Frames(new PlainMemory(16 << 20));
    private final FileLocks locks = new FileLocks();
    private final Object[] owners = {new Object(), new Object(), new Object()};

    /** Type of lock per owner and byte, UNLOCK for none. */
    private final int[][] model = new int[OWNERS][BYTES];

    @Test
    void agreesWithAModelOfSingleBytes() {
        long seed = Long.getLong("seed", 20261121);
        Random random = new Random(seed);
        for (int[] row : model) {
            Arrays.fill(row, FileLocks.UNLOCK);
        }
        for (int i = 0; i < 50_000; i++) {
            int owner = random.nextInt(OWNERS);
            int type = random.nextInt(3);
            int start = random.nextInt(BYTES);
            int end = start + random.nextInt(BYTES - start);
            boolean free = type == FileLocks.UNLOCK || isFree(owner, type, start, end);
            FileLocks.Range conflict =
                    type == FileLocks.UNLOCK
                            ? null
                            : locks.conflict(owners[owner], type, start, end);
            assertThat(conflict == null).as("seed %d", seed).isEqualTo(free);
            if (free) {
                locks.set(frames, owners[owner], type, start, end, owner);
                for (int at = start; at <= end; at++) {
                    model[owner][at] = type;
                }
            }
            check(seed);
        }
    }

    private boolean isFree(int owner, int type, int start, int end) {
        for (int other = 0; other < OWNERS; other++) {
            for (int at = start; other != owner && at <= end; at++) {
                int held = model[other][at];
                if (held == FileLocks.WRITE || held == FileLocks.READ && type == FileLocks.WRITE) {
                    return false;
                }
            }
        }
        return true;
    }

    /** What is held is what the model holds, in the fewest ranges. */
    private void check(long seed) {
        assertThat(frames.charged()).isEqualTo(locks.all().size() * 64L);
        int[][] held = new int[OWNERS][BYTES];
        for (int[] row : held) {
            Arrays.fill(row, FileLocks.UNLOCK);
        }
        for (FileLocks.Range range : locks.all()) {
            int owner = range.pid();
            for (int at = (int) range.start(); at <= range.end(); at++) {
                held[owner][at] = range.type();
            }
        }
        assertThat(held).as("seed %d", seed).isDeepEqualTo(model);
        int runs = 0;
        for (int[] row : model) {
            for (int at = 0; at < BYTES; at++) {
                boolean begins = at == 0 || row[at - 1] != row[at];
                runs += begins && row[at] != FileLocks.UNLOCK ? 1 : 0;
            }
        }
        assertThat(locks.all()).as("seed %d", seed).hasSize(runs);
    }

    @Test
    void releasingAnOwnerDropsItsLocks() {
        locks.set(frames, owners[0], FileLocks.WRITE, 0, FileLocks.TO_END, 0);
        assertThat(locks.conflict(owners[1], FileLocks.READ, 5, 5)).isNotNull();
        locks.releaseAll(owners[0]);
        assertThat(locks.conflict(owners[1], FileLocks.READ, 5, 5)).isNull();
    }
}
