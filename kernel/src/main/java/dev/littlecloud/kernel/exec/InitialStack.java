package dev.littlecloud.kernel.exec;

import dev.littlecloud.kernel.mm.AddressSpace;
import dev.littlecloud.kernel.mm.ProgramLayout;
import dev.littlecloud.kernel.mm.UserMemory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Arguments, environment and auxiliary vector as a program finds them; getauxval(3). */
final class InitialStack {
    static final int AT_PHDR = 3;
    static final int AT_PHENT = 4;
    static final int AT_PHNUM = 5;
    static final int AT_PAGESZ = 6;
    static final int AT_BASE = 7;
    static final int AT_FLAGS = 8;
    static final int AT_ENTRY = 9;
    static final int AT_UID = 11;
    static final int AT_EUID = 12;
    static final int AT_GID = 13;
    static final int AT_EGID = 14;
    static final int AT_PLATFORM = 15;
    static final int AT_HWCAP = 16;
    static final int AT_CLKTCK = 17;
    static final int AT_SECURE = 23;
    static final int AT_RANDOM = 25;
    static final int AT_HWCAP2 = 26;
    static final int AT_EXECFN = 31;
    static final int AT_SYSINFO_EHDR = 33;
    static final int AT_MINSIGSTKSZ = 51;

    private final AddressSpace space;
    private final UserMemory memory;
    private long pointer;

    InitialStack(AddressSpace space, long top) {
        this.space = space;
        this.memory = space.memory();
        this.pointer = top - 8;
    }

    /**
     * Writes everything below the top of the stack.
     *
     * @param vector pairs of type and value; values of AT_RANDOM, AT_PLATFORM and AT_EXECFN are
     *     filled in
     * @return the stack pointer for the program's first instruction
     */
    long write(
            List<byte[]> arguments,
            List<byte[]> environment,
            String fileName,
            long[] vector,
            byte[] random) {
        ProgramLayout layout = space.layout();
        long executed = push(terminated(fileName.getBytes(StandardCharsets.ISO_8859_1)));
        layout.environmentEnd = executed;
        long[] environmentPointers = pushAll(environment);
        layout.environmentStart = pointer;
        layout.argumentsEnd = pointer;
        long[] argumentPointers = pushAll(arguments);
        layout.argumentsStart = pointer;
        pointer &= -16;
        long platform = push(terminated("x86_64".getBytes(StandardCharsets.ISO_8859_1)));
        long randomBytes = push(random);
        for (int i = 0; i < vector.length; i += 2) {
            switch ((int) vector[i]) {
                case AT_RANDOM -> vector[i + 1] = randomBytes;
                case AT_PLATFORM -> vector[i + 1] = platform;
                case AT_EXECFN -> vector[i + 1] = executed;
                default -> {}
            }
        }
        ByteBuffer words =
                ByteBuffer.allocate(
                                8
                                        * (1
                                                + argumentPointers.length
                                                + 1
                                                + environmentPointers.length
                                                + 1
                                                + vector.length
                                                + 2))
                        .order(ByteOrder.LITTLE_ENDIAN);
        words.putLong(argumentPointers.length);
        putAll(words, argumentPointers);
        words.putLong(0);
        putAll(words, environmentPointers);
        words.putLong(0);
        int vectorStart = words.position();
        putAll(words, vector);
        words.putLong(0);
        words.putLong(0);
        byte[] image = words.array();
        layout.auxiliaryVector = java.util.Arrays.copyOfRange(image, vectorStart, image.length);
        pointer = (pointer - image.length) & -16;
        memory.write(pointer, image, 0, image.length);
        layout.startStack = pointer;
        return pointer;
    }

    private static void putAll(ByteBuffer words, long[] values) {
        for (long value : values) {
            words.putLong(value);
        }
    }

    /** Strings in ascending order of their addresses, without gaps: /proc/PID/cmdline needs it. */
    private long[] pushAll(List<byte[]> strings) {
        long[] addresses = new long[strings.size()];
        for (int i = strings.size() - 1; i >= 0; i--) {
            addresses[i] = push(terminated(strings.get(i)));
        }
        return addresses;
    }

    private static byte[] terminated(byte[] string) {
        return java.util.Arrays.copyOf(string, string.length + 1);
    }

    private long push(byte[] bytes) {
        pointer -= bytes.length;
        memory.write(pointer, bytes, 0, bytes.length);
        return pointer;
    }
}
