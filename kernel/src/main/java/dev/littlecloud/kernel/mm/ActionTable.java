package dev.littlecloud.kernel.mm;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.littlecloud.machine.GuestMemory;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * What a process does on each signal, where its programs can read it: {@link AnswerCode#ACTION}. An
 * address space has one; where processes that differ in it share the space (vfork(2)), it is that of
 * one of them. Guarded by the instance lock; programs read it at any time, and cannot write it.
 */
public final class ActionTable {
    /** Whose actions it may have. */
    public interface Owner {
        long handler(int signal);

        long flags(int signal);

        long restorer(int signal);

        long mask(int signal);
    }

    private static final int SIGNALS = 64;

    /** The length of an entry; there is none for signal 0, where the sequence number is. */
    private static final int ENTRY_BYTES = 32;

    static final int BYTES = (SIGNALS + 1) * ENTRY_BYTES;

    private static final VarHandle SEQUENCE = JAVA_INT.varHandle().withInvokeExactBehavior();

    private final GuestMemory memory;
    private final long offset;
    private @Nullable Owner owner;

    /** Odd while an entry changes. */
    private int sequence;

    /**
     * @param offset where it is in RAM
     */
    ActionTable(GuestMemory memory, long offset) {
        this.memory = memory;
        this.offset = offset;
    }

    public boolean isOf(Owner whose) {
        return owner == whose;
    }

    /** It has other actions from now on. No program reads those of the former owner. */
    public void take(Owner whose) {
        owner = whose;
        begin();
        for (int signal = 1; signal <= SIGNALS; signal++) {
            put(signal, whose);
        }
        end();
    }

    /** An action of somebody has changed. */
    public void changed(Owner whose, int signal) {
        if (owner == whose) {
            begin();
            put(signal, whose);
            end();
        }
    }

    /** Its page is given back. */
    void close() {
        owner = null;
    }

    private void begin() {
        SEQUENCE.setVolatile(memory.ram(), offset, ++sequence);
        VarHandle.fullFence();
    }

    private void end() {
        SEQUENCE.setVolatile(memory.ram(), offset, ++sequence);
    }

    private void put(int signal, Owner whose) {
        long entry = offset + (long) signal * ENTRY_BYTES;
        memory.ram().set(JAVA_LONG, entry, whose.handler(signal));
        memory.ram().set(JAVA_LONG, entry + 8, whose.flags(signal));
        memory.ram().set(JAVA_LONG, entry + 16, whose.restorer(signal));
        memory.ram().set(JAVA_LONG, entry + 24, whose.mask(signal));
    }
}
