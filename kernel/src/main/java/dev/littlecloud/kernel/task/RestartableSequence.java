package dev.littlecloud.kernel.task;

import dev.littlecloud.kernel.mm.GuestFault;
import dev.littlecloud.kernel.mm.UserMemory;
import dev.littlecloud.kernel.signal.Signal;
import dev.littlecloud.machine.PageTables;
import dev.littlecloud.machine.Registers;

/**
 * A thread's restartable sequences; rseq(2). The thread has an area in its memory, from which it
 * learns the processor it is on, and in which it says which of its instructions are to be taken
 * back, by a jump to their abort handler, when it is interrupted amid them. Guarded by the instance
 * lock.
 */
public final class RestartableSequence {
    // The area: struct rseq of linux/rseq.h.
    private static final long CPU_ID_START = 0;
    private static final long CPU_ID = 4;
    private static final long SECTION = 8;
    private static final long FLAGS = 16;
    private static final long NODE_ID = 20;
    private static final long MEMORY_MAP_CPU_ID = 24;

    /** What CPU_ID is while nobody writes it. */
    private static final int UNINITIALIZED = -1;

    // A section: struct rseq_cs.
    private static final long VERSION_AND_FLAGS = 0;
    private static final long START = 8;
    private static final long LENGTH = 16;
    private static final long ABORT = 24;

    /** The signature is the word before an abort handler. */
    private static final long SIGNATURE_BYTES = 4;

    private final long area;
    private final int bytes;
    private final int signature;

    /** The processor that the area names. */
    private int namedProcessor = UNINITIALIZED;

    /** The thread was interrupted since it last returned to its program. */
    private boolean isInterrupted;

    private RestartableSequence(long area, int bytes, int signature) {
        this.area = area;
        this.bytes = bytes;
        this.signature = signature;
    }

    /**
     * Registers an area, in which the thread has its processor from then on. Where that cannot be
     * written the process ends, as it does on Linux when the call returns.
     *
     * @throws GuestFault when it cannot be read
     */
    public static RestartableSequence register(Task task, long area, int bytes, int signature)
            throws GuestFault {
        UserMemory memory = task.memory();
        if (memory.readLong(area + SECTION) != 0) {
            memory.writeLong(area + SECTION, 0);
        }
        RestartableSequence sequence = new RestartableSequence(area, bytes, signature);
        try {
            sequence.nameProcessor(task);
        } catch (GuestFault readOnly) {
            task.group().startExit(Signal.SIGSEGV);
        }
        return sequence;
    }

    /**
     * Leaves the area as one that nobody cares for.
     *
     * @throws GuestFault when it cannot be written
     */
    public void unregister(UserMemory memory) throws GuestFault {
        memory.writeInt(area + CPU_ID_START, 0);
        memory.writeInt(area + CPU_ID, UNINITIALIZED);
        memory.writeInt(area + NODE_ID, 0);
        memory.writeInt(area + MEMORY_MAP_CPU_ID, 0);
    }

    /** For a forked process, whose memory has the same area. */
    RestartableSequence copy() {
        RestartableSequence copy = new RestartableSequence(area, bytes, signature);
        copy.namedProcessor = namedProcessor;
        return copy;
    }

    public boolean isAt(long address, int length) {
        return area == address && bytes == length;
    }

    public boolean hasSignature(int word) {
        return signature == word;
    }

    /** Something came between two instructions of a thread's program. */
    static void interrupted(Task task) {
        RestartableSequence sequence = task.restartableSequence();
        if (sequence != null) {
            sequence.isInterrupted = true;
        }
    }

    /** Before a thread goes on: settles what it was interrupted in; false as {@link #settle}. */
    public static boolean settleInterrupted(Task task) {
        RestartableSequence sequence = task.restartableSequence();
        return sequence == null || !sequence.isInterrupted || settle(task);
    }

    /**
     * Has a thread that may have a sequence leave the section it is in, and names its processor.
     *
     * @return false where what the program said of it makes no sense, which is a fault of its
     */
    public static boolean settle(Task task) {
        RestartableSequence sequence = task.restartableSequence();
        return sequence == null || sequence.leaveSection(task);
    }

    private boolean leaveSection(Task task) {
        isInterrupted = false;
        try {
            long section = task.memory().readLong(area + SECTION);
            if (section != 0 && !leave(task, section)) {
                return false;
            }
            nameProcessor(task);
            return true;
        } catch (GuestFault gone) {
            return false;
        }
    }

    private void nameProcessor(Task task) throws GuestFault {
        int processor = task.run().processorIndex();
        if (processor != namedProcessor) {
            task.memory().writeInt(area + CPU_ID_START, processor);
            task.memory().writeInt(area + CPU_ID, processor);
            namedProcessor = processor;
        }
    }

    private boolean leave(Task task, long section) throws GuestFault {
        UserMemory memory = task.memory();
        long start = memory.readLong(section + START);
        long length = memory.readLong(section + LENGTH);
        long abort = memory.readLong(section + ABORT);
        int version = memory.readInt(section + VERSION_AND_FLAGS);
        int flags = memory.readInt(section + VERSION_AND_FLAGS + Integer.BYTES);
        if (version != 0
                || !isUser(start)
                || !isUser(start + length)
                || !isUser(abort)
                || Long.compareUnsigned(start + length, start) < 0
                || Long.compareUnsigned(abort - start, length) < 0
                || memory.readInt(abort - SIGNATURE_BYTES) != signature) {
            return false;
        }
        long[] registers = task.run().registers();
        boolean isInside = Long.compareUnsigned(registers[Registers.RIP] - start, length) < 0;
        // All flags that there were are refused by current versions of Linux.
        if (isInside && (flags | memory.readInt(area + FLAGS)) != 0) {
            return false;
        }
        memory.writeLong(area + SECTION, 0);
        if (isInside) {
            registers[Registers.RIP] = abort;
        }
        return true;
    }

    private static boolean isUser(long address) {
        return Long.compareUnsigned(address, PageTables.USER_END) < 0;
    }
}
