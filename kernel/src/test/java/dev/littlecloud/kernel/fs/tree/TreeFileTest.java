package dev.littlecloud.kernel.fs.tree;

import static org.assertj.core.api.Assertions.assertThat;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.fs.FoundFile;
import dev.littlecloud.kernel.fs.Vfs;
import dev.littlecloud.kernel.io.KernelIo;
import dev.littlecloud.kernel.mm.Frames;
import dev.littlecloud.kernel.mm.PageCache;
import dev.littlecloud.kernel.testing.ImageTree;
import dev.littlecloud.kernel.testing.TestInstance;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Contents of a file over an image: which page lives where, and what is read. */
class TreeFileTest {
    private static final int PAGE = Frames.SIZE;
    private static final int SIZE = 10 * PAGE + 100;

    private final byte[] original = new byte[SIZE];
    private final TestInstance instance;
    private final TreeFile file;
    private final Frames frames;

    TreeFileTest() {
        new Random(1).nextBytes(original);
        instance = new TestInstance(new ImageTree().file("/f", 0644, original), 16 << 20);
        frames = instance.kernel().frames();
        assertThat(FoundFile.find(instance.task(), Vfs.AT_FDCWD, "/f", true)).isZero();
        file = (TreeFile) instance.vfs().found().inode();
    }

    private byte[] read(long position, int length) {
        byte[] bytes = new byte[length];
        long read = file.read(new KernelIo(bytes), position);
        return Arrays.copyOf(bytes, (int) read);
    }

    private long write(long position, byte... bytes) {
        return file.write(new KernelIo(bytes), position, bytes.length);
    }

    @Test
    void readsTheImageWithoutTakingMemory() {
        int used = frames.used();
        assertThat(read(0, SIZE + 10)).isEqualTo(original);
        assertThat(read(SIZE, 10)).isEmpty();
        assertThat(read(5000, 4)).isEqualTo(Arrays.copyOfRange(original, 5000, 5004));
        assertThat(frames.used()).isEqualTo(used);
        assertThat(instance.memory().windowCount()).isZero();
    }

    @Test
    void writingCopiesOnePage() {
        int used = frames.used();
        assertThat(write(2 * PAGE + 5, (byte) 1, (byte) 2)).isEqualTo(2);
        assertThat(frames.used()).isEqualTo(used + 1);
        byte[] expected = original.clone();
        expected[2 * PAGE + 5] = 1;
        expected[2 * PAGE + 6] = 2;
        assertThat(read(0, SIZE)).isEqualTo(expected);
    }

    @Test
    void agreesWithAnArrayOverWritesTruncatesAndHoles() {
        long seed = Long.getLong("seed", 20261121);
        Random random = new Random(seed);
        byte[] model = original.clone();
        for (int i = 0; i < 3000; i++) {
            int at = random.nextInt(20 * PAGE);
            int length = 1 + random.nextInt(2 * PAGE);
            switch (random.nextInt(4)) {
                case 0, 1 -> {
                    byte[] bytes = new byte[length];
                    random.nextBytes(bytes);
                    assertThat(file.write(new KernelIo(bytes), at, length)).isEqualTo(length);
                    model = Arrays.copyOf(model, Math.max(model.length, at + length));
                    System.arraycopy(bytes, 0, model, at, length);
                }
                case 2 -> {
                    assertThat(file.truncate(at)).isZero();
                    model = Arrays.copyOf(model, at);
                }
                default -> {
                    assertThat(file.punch(at, at + length)).isZero();
                    int end = Math.min(model.length, at + length);
                    if (at < end) {
                        Arrays.fill(model, at, end, (byte) 0);
                    }
                }
            }
            assertThat(file.size()).as("seed %d", seed).isEqualTo(model.length);
            assertThat(read(0, model.length + 1)).as("seed %d", seed).isEqualTo(model);
        }
    }

    @Test
    void mappedPagesStayWhereTheyAreUntilWritten() {
        PageCache pages = file.pageCache();
        long before = pages.pageForRead(3);
        assertThat(byteAt(before)).isEqualTo(original[3 * PAGE]);
        assertThat(pages.isPageWritable(3)).isFalse();
        assertThat(instance.memory().isRam(before)).isFalse();
        long after = pages.pageForWrite(3);
        assertThat(instance.memory().isRam(after)).isTrue();
        assertThat(byteAt(after)).isEqualTo(original[3 * PAGE]);
        assertThat(pages.isPageWritable(3)).isTrue();
        assertThat(pages.pageForRead(3)).isEqualTo(after);
        // Reads and writes of the file are at the same place.
        write(3 * PAGE, (byte) 77);
        assertThat(byteAt(after)).isEqualTo((byte) 77);
        // All pages of one file came through one window.
        pages.pageForRead(0);
        assertThat(instance.memory().windowCount()).isEqualTo(1);
    }

    private byte byteAt(long guestPhysical) {
        return instance.memory().at(guestPhysical, 1).get(ValueLayout.JAVA_BYTE, 0);
    }

    @Test
    void holesAreFoundAndCostNothing() {
        int used = frames.used();
        assertThat(file.truncate(100L * PAGE)).isZero();
        assertThat(frames.used()).isEqualTo(used);
        assertThat(file.seekHole(0)).isEqualTo(11L * PAGE);
        write(50L * PAGE, (byte) 1);
        assertThat(file.seekData(11L * PAGE)).isEqualTo(50L * PAGE);
        assertThat(file.seekData(51L * PAGE)).isEqualTo(-Errno.ENXIO);
        assertThat(file.punch(0, 2L * PAGE)).isZero();
        assertThat(file.seekData(0)).isEqualTo(2L * PAGE);
        assertThat(file.blocks()).isEqualTo((9 + 1) * 8);
    }

    @Test
    void writesMeetNoSpaceAndTruncatingGivesItBack() {
        int available = frames.available();
        byte[] page = new byte[PAGE];
        long position = 0;
        long written = PAGE;
        while (written == PAGE) {
            written = file.write(new KernelIo(page), position, PAGE);
            position += PAGE;
        }
        assertThat(written).isEqualTo(-Errno.ENOSPC);
        assertThat(frames.available()).isPositive().isLessThan(available / 16);
        assertThat(file.truncate(0)).isZero();
        assertThat(frames.available()).isEqualTo(available);
    }

    @Test
    void sparsePagesFarAwayWork() {
        long far = TreeFile.MAX_SIZE - PAGE;
        assertThat(write(far, (byte) 9)).isEqualTo(1);
        assertThat(read(far - 1, 2)).containsExactly(0, 9);
        assertThat(file.truncate(TreeFile.MAX_SIZE + 1)).isEqualTo(-Errno.EFBIG);
    }
}
