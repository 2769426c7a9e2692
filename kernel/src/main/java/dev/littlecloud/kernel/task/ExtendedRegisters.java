package dev.littlecloud.kernel.task;

import dev.littlecloud.machine.Vcpu;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * A processor's floating-point and vector registers, and whose they are. They stay with the last
 * task until another one comes, here or the same task on another processor: at any time at most one
 * processor holds a task's state. Guarded by the instance lock.
 */
final class ExtendedRegisters {
    private final Vcpu vcpu;
    private transient @Nullable Task owner;

    ExtendedRegisters(Vcpu vcpu) {
        this.vcpu = vcpu;
    }

    boolean areOf(Task task) {
        return owner == task;
    }

    /**
     * Loads a task's state, wherever it is.
     *
     * @return false where the processor refused it, and has that of a new program instead
     */
    boolean load(Task task) {
        MemorySegment state = task.run.extendedState();
        // A processor that ran the task before must not take its registers, which get old from
        // now on, for the task's again.
        task.run.extendedState(state);
        store();
        drop();
        boolean isGood = state != null && vcpu.loadExtendedState(state);
        if (!isGood) {
            vcpu.resetExtendedState();
        }
        owner = task;
        task.run.extendedOn = this;
        return state == null || isGood;
    }

    /** Copies what is held to the task that owns it. */
    void store() {
        Task holder = owner;
        if (holder == null) {
            return;
        }
        MemorySegment state = holder.run.extended;
        if (state == null) {
            state = TaskRun.extendedArea(vcpu.extendedStateBytes());
            holder.run.extended = state;
        }
        vcpu.saveExtendedState(state);
    }

    /** Forgets what is held. */
    void drop() {
        Task holder = owner;
        if (holder != null) {
            holder.run.extendedOn = null;
            owner = null;
        }
    }
}
