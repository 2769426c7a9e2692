package dev.littlecloud.kernel.mm;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.littlecloud.machine.GuestMemory;
import java.lang.invoke.VarHandle;

/**
 * Where the thread of an address space that is on one processor posts its calls. A thread finds its
 * slot by its FS base: the kernel writes that into the slot of the processor where the thread is
 * about to run, and sees that it stands in no other. Guarded by the instance lock, but for {@link
 * #isPosted}.
 */
public final class PostedSlot {
    static final int BYTES = 128;

    // Fields.

    /** The FS base of the thread that may post here; written by the kernel. */
    static final int KEY = 0;

    /** 1 while a thread makes a call. */
    static final int CLAIM = 8;

    static final int STATE = 12;
    static final int RESULT = 16;
    static final int NUMBER = 24;
    static final int ARGUMENTS = 32;

    // What the thread may answer itself by AnswerCode: its FS base, where it may.
    static final int ACTIONS_KEY = 80;
    static final int THREAD_KEY = 88;
    static final int MASK = 96;
    static final int YIELD_KEY = 104;
    static final int PROCESS = 112;

    // States of a call.
    private static final int NONE = 0;
    private static final int POSTED = 1;
    private static final int TAKEN = 2;
    private static final int ANSWERED = 3;

    /** The program is to leave the guest with the call. */
    private static final int REFUSED = 4;

    /** An address that no processor takes as a base. */
    private static final long NOBODY = Long.MIN_VALUE;

    private static final VarHandle STATES = JAVA_INT.varHandle().withInvokeExactBehavior();

    private final GuestMemory memory;
    private final long offset;

    // What only holds while a thread is in the guest.
    private transient boolean isOccupied;
    private transient long base;

    /** Another thread in the guest has the same FS base: whose call it is would not be known. */
    private transient boolean isAmbiguous;

    /** A call was made, but its program has to leave the guest before it goes on. */
    private transient boolean isMade;

    private transient long result;

    /** Whether the thread in the guest may read the actions of its process. */
    private transient boolean hasActions;

    /**
     * @param offset where it is in RAM
     */
    PostedSlot(GuestMemory memory, long offset) {
        this.memory = memory;
        this.offset = offset;
        put(KEY, NOBODY);
        put(ACTIONS_KEY, NOBODY);
        put(THREAD_KEY, NOBODY);
        put(YIELD_KEY, NOBODY);
    }

    // ---- Whose it is

    /** A thread with this FS base is about to enter the guest on the slot's processor. */
    void occupy(long threadBase, boolean ambiguous) {
        isOccupied = true;
        base = threadBase;
        isAmbiguous = ambiguous;
        isMade = false;
    }

    /** It has left. */
    public void leave() {
        isOccupied = false;
        // Another thread may take its base before it enters again.
        answersNothing();
    }

    /**
     * A thread with this FS base is about to enter the guest on another processor, and must not take
     * this slot for its own.
     *
     * @return whether one with the same is in the guest here
     */
    boolean giveUp(long threadBase) {
        if (memory.ram().get(JAVA_LONG, offset + KEY) == threadBase) {
            put(KEY, NOBODY);
        }
        if (memory.ram().get(JAVA_LONG, offset + THREAD_KEY) == threadBase) {
            answersNothing();
        }
        boolean isSame = isOccupied && base == threadBase;
        isAmbiguous |= isSame;
        return isSame;
    }

    /** Says whether calls are answered. */
    public void watched(boolean watched) {
        put(KEY, watched && !isAmbiguous ? base : NOBODY);
    }

    /** Not written without need: a clone's page is the template's until then. */
    private void put(int field, long value) {
        if (memory.ram().get(JAVA_LONG, offset + field) != value) {
            memory.ram().set(JAVA_LONG, offset + field, value);
        }
    }

    // ---- What its thread answers itself

    /**
     * A thread is about to enter the guest that may.
     *
     * @param process its process's number as it sees it
     * @param tellsActions whether the address space's table has the actions of its process
     */
    public void answers(int process, long mask, boolean tellsActions, boolean isAlone) {
        hasActions = tellsActions && !isAmbiguous;
        put(PROCESS, process);
        put(MASK, mask);
        put(THREAD_KEY, isAmbiguous ? NOBODY : base);
        put(ACTIONS_KEY, hasActions ? base : NOBODY);
        put(YIELD_KEY, isAlone && !isAmbiguous ? base : NOBODY);
    }

    /** It makes all its calls. */
    void answersNothing() {
        hasActions = false;
        put(ACTIONS_KEY, NOBODY);
        put(THREAD_KEY, NOBODY);
        put(YIELD_KEY, NOBODY);
    }

    /** Whether a thread in the guest may read the actions of its process. */
    boolean hasActions() {
        return isOccupied && hasActions;
    }

    /** A call of its thread may have set another mask. */
    public void masks(long mask) {
        put(MASK, mask);
    }

    /** A task waits for a processor. */
    public void othersWait() {
        put(YIELD_KEY, NOBODY);
    }

    // ---- Threads that left amid a call

    /** Takes the result of a call that was made; false where none was. */
    boolean takeMade() {
        boolean made = isMade;
        isMade = false;
        return made;
    }

    long made() {
        return result;
    }

    boolean isAnswered() {
        return memory.ram().get(JAVA_INT, offset + STATE) == ANSWERED;
    }

    void release() {
        memory.ram().set(JAVA_INT, offset + STATE, NONE);
        memory.ram().set(JAVA_INT, offset + CLAIM, 0);
    }

    /** What the slot says that the last call's result is. */
    long saidResult() {
        return memory.ram().get(JAVA_LONG, offset + RESULT);
    }

    // ---- Answering

    /** Whether a call waits. To be asked without the lock, and again with it. */
    public boolean isPosted() {
        return (int) STATES.getAcquire(memory.ram(), offset + STATE) == POSTED;
    }

    /** Takes the call, which the program can no longer withdraw; false where it did. */
    public boolean take() {
        isMade = false;
        return (boolean) STATES.compareAndSet(memory.ram(), offset + STATE, POSTED, TAKEN);
    }

    public long number() {
        return memory.ram().get(JAVA_LONG, offset + NUMBER);
    }

    public long argument(int index) {
        return memory.ram().get(JAVA_LONG, offset + ARGUMENTS + index * 8L);
    }

    public void answer(long value) {
        memory.ram().set(JAVA_LONG, offset + RESULT, value);
        STATES.setRelease(memory.ram(), offset + STATE, ANSWERED);
    }

    /** Has the program leave the guest with its call. */
    public void refuse() {
        STATES.setRelease(memory.ram(), offset + STATE, REFUSED);
    }

    /** Has the program leave the guest and go on from there with the call's result. */
    public void answerOutside(long value) {
        result = value;
        isMade = true;
        refuse();
    }
}
