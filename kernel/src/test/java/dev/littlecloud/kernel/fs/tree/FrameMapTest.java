package dev.littlecloud.kernel.fs.tree;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class FrameMapTest {
    @Test
    void agreesWithATreeMap() {
        long seed = Long.getLong("seed", 20261121);
        Random random = new Random(seed);
        FrameMap map = new FrameMap();
        TreeMap<Long, Integer> model = new TreeMap<>();
        for (int i = 0; i < 20_000; i++) {
            long page = page(random);
            switch (random.nextInt(20)) {
                case 0 -> {
                    map.clearFrom(page, frame -> {});
                    model.tailMap(page, true).clear();
                }
                case 1 -> set(map, model, page, FrameMap.HOLE);
                default -> set(map, model, page, random.nextInt(1000));
            }
            long probe = page(random);
            assertThat(map.get(probe))
                    .as("seed %d", seed)
                    .isEqualTo(model.getOrDefault(probe, FrameMap.NONE));
            assertThat(map.nextFrame(probe)).as("seed %d", seed).isEqualTo(next(model, probe));
        }
    }

    /** Pages near the start, in a few chunks, and far away. */
    private static long page(Random random) {
        return switch (random.nextInt(3)) {
            case 0 -> random.nextInt(520);
            case 1 -> random.nextInt(3000);
            default -> (long) random.nextInt(8) << 28 | random.nextInt(600);
        };
    }

    private static void set(FrameMap map, Map<Long, Integer> model, long page, int value) {
        map.set(page, value);
        model.put(page, value);
    }

    private static long next(TreeMap<Long, Integer> model, long page) {
        for (Map.Entry<Long, Integer> entry : model.tailMap(page, true).entrySet()) {
            if (entry.getValue() >= 0) {
                return entry.getKey();
            }
        }
        return Long.MAX_VALUE;
    }

    @Test
    void clearingTellsTheFramesThatGo() {
        FrameMap map = new FrameMap();
        map.set(1, 10);
        map.set(600, 20);
        map.set(601, FrameMap.HOLE);
        map.set(1L << 30, 30);
        int[] sum = new int[1];
        map.clearFrom(600, frame -> sum[0] += frame);
        assertThat(sum[0]).isEqualTo(50);
        assertThat(map.get(1)).isEqualTo(10);
        assertThat(map.get(600)).isEqualTo(FrameMap.NONE);
    }
}
