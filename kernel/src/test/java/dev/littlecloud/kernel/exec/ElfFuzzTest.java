package dev.littlecloud.kernel.exec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.fs.FoundFile;
import dev.littlecloud.kernel.fs.Inode;
import dev.littlecloud.kernel.fs.Vfs;
import dev.littlecloud.kernel.fs.tree.TreeFile;
import dev.littlecloud.kernel.mm.Frames;
import dev.littlecloud.kernel.testing.ImageTree;
import dev.littlecloud.kernel.testing.TestInstance;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Program files of any content, for a fixed time: a program of Linux with some of its bytes changed,
 * headers that are made up, scripts. Each is taken or refused with an errno of execve(2), and what
 * is taken keeps to the bounds that the loader relies on.
 */
@Timeout(120)
class ElfFuzzTest {
    private static final long SEED = Long.getLong("seed", 20261121);
    private static final long NANOSECONDS = 2_000_000_000L;

    /** Enough for headers, their table and the interpreter's path. */
    private static final int FILE_BYTES = 3 * Frames.SIZE;

    private static final long HIGHEST_ADDRESS = 1L << 47;
    private static final Set<Integer> REFUSALS =
            Set.of(
                    Errno.ENOENT,
                    Errno.ENOEXEC,
                    Errno.EACCES,
                    Errno.ENOTDIR,
                    Errno.ELOOP,
                    Errno.ELIBBAD,
                    Errno.ENAMETOOLONG);

    /** What a field of a header may well be mistaken about. */
    private static final long[] EDGES = {
        0,
        1,
        2,
        55,
        56,
        64,
        4095,
        4096,
        FILE_BYTES,
        FILE_BYTES - 1,
        0x7fff_ffffL,
        0x8000_0000L,
        0xffff_ffffL,
        0x7fff_ffff_f000L,
        0x7fff_f000_0000L,
        0x8000_0000_0000L,
        Long.MAX_VALUE,
        Long.MAX_VALUE - 4095,
        Long.MIN_VALUE,
        -1,
        -4096
    };

    private static final int[] HEADER_TYPES = {1, 3, 6, 0x6474_e551, 2, 7, 0};
    private static final int[] FIELDS_OF_HEADER = {16, 18, 24, 32, 40, 48, 52, 54, 56, 58};

    /** How a file is made. */
    enum Kind {
        CHANGED_BYTES,
        CHANGED_FIELDS,
        MADE_UP,
        SCRIPT,
        SHORT,
        NOISE
    }

    private final Random random = new Random(SEED);
    private final byte[] real = realProgram();
    private final TestInstance instance =
            new TestInstance(
                    new ImageTree()
                            .file("/program", 0755, real)
                            .file("/linker", 0755, real)
                            .file("/lib64/ld-linux-x86-64.so.2", 0755, real)
                            .file("/not-a-program", 0755, new byte[100]),
                    16 << 20);
    private final TreeFile file;

    ElfFuzzTest() throws IOException {
        assertThat(FoundFile.find(instance.task(), Vfs.AT_FDCWD, "/program", true)).isZero();
        Inode inode = instance.vfs().found().inode();
        assertThat(inode).isInstanceOf(TreeFile.class);
        file = (TreeFile) inode;
    }

    /** The start of the program that runs this test: dynamically linked, with all that Linux has. */
    private static byte[] realProgram() throws IOException {
        byte[] whole = Files.readAllBytes(Path.of("/proc/self/exe"));
        return Arrays.copyOf(whole, FILE_BYTES);
    }

    @Test
    void everyFileIsTakenOrRefused() {
        assertThat(parse().header()).as("the real program").isNotNull();
        System.out.println("ELF fuzzer: seed " + SEED);
        Map<Kind, Map<Integer, Integer>> outcomes = new EnumMap<>(Kind.class);
        Kind[] kinds = Kind.values();
        long end = System.nanoTime() + NANOSECONDS;
        int files = 0;
        while (System.nanoTime() < end || files < kinds.length * 10) {
            Kind kind = kinds[random.nextInt(kinds.length)];
            byte[] contents = contents(kind);
            int errno = requireOutcome(kind, contents);
            outcomes.computeIfAbsent(kind, unused -> new TreeMap<>()).merge(errno, 1, Integer::sum);
            files++;
        }
        System.out.println("ELF fuzzer: " + files + " files, outcomes by errno " + outcomes);
        assertThat(outcomes.keySet()).containsExactly(kinds);
        assertThat(outcomes.get(Kind.MADE_UP)).as("some are taken").containsKey(0);
    }

    private int requireOutcome(Kind kind, byte[] contents) {
        file.truncate(0);
        file.fill(contents);
        try {
            ElfHeader.Parsed parsed = parse();
            if (parsed.header() == null) {
                assertThat(parsed.errno()).isEqualTo(Errno.ENOEXEC);
            } else {
                requireBounds(parsed.header());
            }
            int errno =
                    (int) Execution.check(instance.task(), Vfs.AT_FDCWD, "/program", 0, List.of());
            assertThat(errno).isNotPositive();
            if (errno != 0) {
                assertThat(REFUSALS).contains(-errno);
            }
            return -errno;
        } catch (RuntimeException | Error problem) {
            throw new AssertionError(
                    "seed %d, %s: %s"
                            .formatted(
                                    SEED,
                                    kind,
                                    HexFormat.of().formatHex(contents, 0, shown(contents))),
                    problem);
        }
    }

    private static int shown(byte[] contents) {
        return Math.min(contents.length, 1024);
    }

    private ElfHeader.Parsed parse() {
        return ElfHeader.parse(new FileBytes(file.pageCache(), instance.memory()));
    }

    private static void requireBounds(ElfHeader header) {
        assertThat(header.segments()).isNotEmpty();
        long last = 0;
        for (ElfHeader.Segment segment : header.segments()) {
            assertThat(segment.start()).isBetween(last, HIGHEST_ADDRESS);
            assertThat(segment.end()).isBetween(segment.start(), HIGHEST_ADDRESS);
            assertThat(segment.fileBytes()).isBetween(0L, segment.memoryBytes());
            assertThat(segment.offset()).isNotNegative();
            assertThat(segment.offset() + segment.fileBytes()).isNotNegative();
            assertThat(segment.address() - segment.offset() & Frames.SIZE - 1).isZero();
            last = segment.end();
        }
        assertThat(header.span()).isBetween(1L, HIGHEST_ADDRESS);
        String interpreter = header.interpreter();
        if (interpreter != null) {
            assertThat(interpreter.length()).isLessThan(4096);
            assertThat(interpreter).doesNotContain("\0");
        }
    }

    private byte[] contents(Kind kind) {
        return switch (kind) {
            case CHANGED_BYTES -> changedBytes();
            case CHANGED_FIELDS -> changedFields();
            case MADE_UP -> madeUp();
            case SCRIPT -> script();
            case SHORT -> Arrays.copyOf(madeUp(), random.nextInt(200));
            case NOISE -> noise(random.nextInt(FILE_BYTES));
        };
    }

    private byte[] noise(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private byte[] changedBytes() {
        byte[] bytes = real.clone();
        for (int changes = 1 + random.nextInt(8); changes > 0; changes--) {
            bytes[random.nextInt(1024)] = (byte) random.nextInt();
        }
        return bytes;
    }

    private byte[] changedFields() {
        ByteBuffer bytes = ByteBuffer.wrap(real.clone()).order(ByteOrder.LITTLE_ENDIAN);
        for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
            if (random.nextInt(3) == 0) {
                int field = FIELDS_OF_HEADER[random.nextInt(FIELDS_OF_HEADER.length)];
                bytes.putShort(field, (short) number());
            } else {
                int header = 64 + 56 * random.nextInt(12);
                bytes.putLong(header + 8 * random.nextInt(7), number());
            }
        }
        return bytes.array();
    }

    /** A header that is right, and a table of which much is. */
    private byte[] madeUp() {
        ByteBuffer bytes = ByteBuffer.wrap(new byte[FILE_BYTES]).order(ByteOrder.LITTLE_ENDIAN);
        int count = random.nextInt(10) == 0 ? random.nextInt(1 << 16) : 1 + random.nextInt(6);
        bytes.put(real, 0, 16).putShort((short) (2 + random.nextInt(2))).putShort((short) 62);
        bytes.putInt(1).putLong(number()).putLong(random.nextInt(10) == 0 ? number() : 64);
        bytes.putLong(52, 56L << 16 | 64 | (long) count << 32);
        long address = random.nextInt(1 << 20) * (long) Frames.SIZE;
        for (int i = 0; i < Math.min(count, 40); i++) {
            int at = 64 + 56 * i;
            bytes.putInt(at, HEADER_TYPES[Math.min(random.nextInt(14), 6) % HEADER_TYPES.length]);
            bytes.putInt(at + 4, random.nextInt(8));
            long length = random.nextInt(2 * Frames.SIZE);
            bytes.putLong(at + 8, random.nextInt(4) == 0 ? number() : 0);
            bytes.putLong(at + 16, random.nextInt(10) == 0 ? number() : address);
            bytes.putLong(at + 32, random.nextInt(10) == 0 ? number() : length);
            bytes.putLong(at + 40, random.nextInt(10) == 0 ? number() : length + Frames.SIZE);
            address += 4L * Frames.SIZE;
        }
        return bytes.array();
    }

    private byte[] script() {
        String[] interpreters = {
            "/program", "/linker", "/not-a-program", "/none", "/linker/x", "", "/"
        };
        String name = interpreters[random.nextInt(interpreters.length)];
        String blanks = " \t".repeat(random.nextInt(140));
        String end = random.nextBoolean() ? "\n" : "";
        byte[] tail = noise(random.nextInt(300));
        String line = "#!" + blanks + name + (random.nextBoolean() ? " -x y" : "") + end;
        return (line + new String(tail, StandardCharsets.ISO_8859_1))
                .getBytes(StandardCharsets.ISO_8859_1);
    }

    private long number() {
        return switch (random.nextInt(3)) {
            case 0 -> random.nextLong();
            case 1 -> random.nextInt(FILE_BYTES);
            default -> EDGES[random.nextInt(EDGES.length)] + random.nextInt(3) - 1;
        };
    }
}
