package dev.littlecloud.sys;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CallsTest {
    private static final int PAGE = 4096;
    private static final int EBADF = 9;
    private static final int ENOTTY = 25;
    private static final int ESRCH = 3;

    @Test
    void refusedCallsAnswerMinusErrno() {
        assertThat(Files.open("/does/not/exist", Files.O_RDONLY, 0)).isEqualTo(-Errno.ENOENT);
        assertThat(Files.close(-1)).isEqualTo(-EBADF);
        assertThat(Mappings.map(0, PAGE, Mappings.PROT_READ, Mappings.MAP_PRIVATE, -1, 0))
                .isEqualTo(-EBADF);
        assertThat(Mappings.unmap(1, PAGE)).isEqualTo(-Errno.EINVAL);
        assertThat(Clocks.nanos(-99)).isEqualTo(-Errno.EINVAL);
        assertThat(Threads.interrupt(Integer.MAX_VALUE)).isEqualTo(-ESRCH);
    }

    @Test
    void filesAreWrittenAndReadAtOffsets(@TempDir Path folder) {
        int fd =
                Files.open(
                        folder.resolve("ä file").toString(),
                        Files.O_RDWR | Files.O_CREAT | Files.O_EXCL | Files.O_CLOEXEC,
                        0600);
        assertThat(fd).isNotNegative();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment data = arena.allocateFrom("content");
            assertThat(Files.write(fd, data, 100)).isEqualTo(data.byteSize());
            MemorySegment read = arena.allocate(64);
            assertThat(Files.read(fd, read, 100)).isEqualTo(data.byteSize());
            assertThat(read.getString(0)).isEqualTo("content");
            assertThat(Files.read(fd, read, 1 << 20)).isZero();
            assertThat(Files.truncate(fd, 50)).isZero();
            assertThat(Files.read(fd, read, 100)).isZero();
            assertThat(Files.allocate(fd, 0, 0, PAGE)).isZero();
            assertThat(Files.read(fd, read, PAGE - 1)).isEqualTo(1);
            assertThat(Ioctl.call(fd, 0x5401, 0)).isEqualTo(-ENOTTY);
        } finally {
            assertThat(Files.close(fd)).isZero();
        }
        assertThat(folder.resolve("ä file")).exists();
    }

    @Test
    void sharedMappingsOfAnAnonymousFileShowTheSameBytes() {
        int fd = Files.memfdCreate("calls-test", Files.MFD_CLOEXEC);
        assertThat(Files.truncate(fd, PAGE)).isZero();
        int access = Mappings.PROT_READ | Mappings.PROT_WRITE;
        long first = Mappings.map(0, PAGE, access, Mappings.MAP_SHARED, fd, 0);
        long second = Mappings.map(0, PAGE, Mappings.PROT_READ, Mappings.MAP_SHARED, fd, 0);
        try {
            Mappings.segment(first, PAGE).set(JAVA_LONG, 8, 42);
            assertThat(Mappings.segment(second, PAGE).get(JAVA_LONG, 8)).isEqualTo(42);
            assertThat(Mappings.advise(first, PAGE, Mappings.MADV_DONTNEED)).isZero();
            assertThat(Mappings.segment(first, PAGE).get(JAVA_LONG, 8)).isEqualTo(42);
        } finally {
            assertThat(Mappings.unmap(first, PAGE)).isZero();
            assertThat(Mappings.unmap(second, PAGE)).isZero();
            Files.close(fd);
        }
    }

    @Test
    void segmentsOfMappingsAreBounded() {
        long address =
                Mappings.map(
                        0,
                        PAGE,
                        Mappings.PROT_READ | Mappings.PROT_WRITE,
                        Mappings.MAP_PRIVATE | Mappings.MAP_ANONYMOUS,
                        -1,
                        0);
        MemorySegment page = Mappings.segment(address, PAGE);
        try {
            assertThat(page.get(JAVA_BYTE, PAGE - 1)).isZero();
            assertThatThrownBy(() -> page.get(JAVA_BYTE, PAGE))
                    .isInstanceOf(IndexOutOfBoundsException.class);
        } finally {
            Mappings.unmap(address, PAGE);
        }
    }

    @Test
    void theTimeStampCounterAdvancesWithTime() {
        long tsc = HostTsc.read();
        long start = Clocks.nanos(Clocks.MONOTONIC);
        while (Clocks.nanos(Clocks.MONOTONIC) - start < 2_000_000) {
            Thread.onSpinWait();
        }
        long ticks = HostTsc.read() - tsc;
        // From 100 MHz to 100 GHz.
        assertThat(ticks).isBetween(200_000L, 100_000L * 2_000_000L);
        assertThat(start).isPositive();
    }

    @Test
    void aThreadsCpuTimeIsSeenByOthers() throws InterruptedException {
        AtomicInteger id = new AtomicInteger();
        CountDownLatch known = new CountDownLatch(1);
        CountDownLatch finish = new CountDownLatch(1);
        Thread thread =
                Thread.ofPlatform()
                        .start(
                                () -> {
                                    id.set(Threads.currentId());
                                    while (Clocks.nanos(Clocks.THREAD_CPU_TIME) < 3_000_000) {
                                        Thread.onSpinWait();
                                    }
                                    known.countDown();
                                    awaitQuietly(finish);
                                });
        known.await();
        assertThat(id.get()).isNotEqualTo(Threads.currentId());
        assertThat(Clocks.nanos(Clocks.cpuClockOf(id.get()))).isGreaterThan(2_999_999);
        assertThat(Threads.interrupt(id.get())).isZero();
        finish.countDown();
        thread.join();
    }

    @Test
    void aThreadLeavesAProcessorThatItAvoids() throws Exception {
        FutureTask<Integer> work =
                new FutureTask<>(
                        () -> {
                            int before = HostProcessors.current();
                            int result = HostProcessors.useAllBut(0, before);
                            int after = HostProcessors.current();
                            assertThat(HostProcessors.useAll()).isZero();
                            assertThat(before).isNotNegative();
                            assertThat(after == before).isEqualTo(result < 0);
                            return result;
                        });
        Thread.ofPlatform().start(work);
        boolean hasOthers = Runtime.getRuntime().availableProcessors() > 1;
        assertThat(work.get()).isEqualTo(hasOthers ? 0 : -Errno.EINVAL);
    }

    @Test
    void aThreadHasTurnsOfTheLengthItAskedFor() throws Exception {
        FutureTask<String> work =
                new FutureTask<>(
                        () -> {
                            assertThat(Threads.takeTurns(100_000)).isZero();
                            return java.nio.file.Files.readString(
                                    Path.of("/proc/thread-self/sched"));
                        });
        Thread.ofPlatform().start(work);
        // Linux has the line since 6.12, and keeps what it was told.
        assertThat(work.get().lines().filter(line -> line.startsWith("se.slice")))
                .allMatch(line -> line.endsWith(" 100000"));
    }

    @Test
    void aThreadThatIsGoneGetsNoTurns() throws Exception {
        FutureTask<Integer> work = new FutureTask<>(Threads::currentId);
        Thread thread = Thread.ofPlatform().start(work);
        thread.join();
        Path gone = Path.of("/proc/self/task/" + work.get());
        // The JVM's thread ends a little later than Java's.
        while (java.nio.file.Files.exists(gone)) {
            Thread.onSpinWait();
        }
        assertThat(Threads.giveTurns(work.get(), 100_000)).isNegative();
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
