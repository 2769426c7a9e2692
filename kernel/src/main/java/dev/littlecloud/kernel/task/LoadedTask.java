package dev.littlecloud.kernel.task;

import dev.littlecloud.machine.Registers;
import dev.littlecloud.machine.Vcpu;
import org.jspecify.annotations.Nullable;

/**
 * Whose state a vCPU holds: its registers, extended state and page tables stay there until another
 * task needs the place. Guarded by the instance lock.
 */
final class LoadedTask {
    private final Registers registers;
    private final ExtendedRegisters extended;

    /** The task whose registers the vCPU holds, running or not. */
    private transient @Nullable Task registersOf;

    private transient long pageTableRoot;

    LoadedTask(Vcpu vcpu) {
        this.registers = vcpu.registers();
        this.extended = new ExtendedRegisters(vcpu);
    }

    ExtendedRegisters extended() {
        return extended;
    }

    boolean hasPageTables(long root) {
        return pageTableRoot == root;
    }

    /** Loads a task's state; false where the processor does not have such a one. */
    boolean load(Task task) {
        TaskRun run = task.run;
        if (!extended.areOf(task) && !extended.load(task)) {
            return false;
        }
        if (run.live != registers) {
            Task previous = registersOf;
            if (previous != null && previous != task && previous.run.live == registers) {
                previous.run.registers();
            }
            registers.load(run.registers());
            run.live = registers;
            registersOf = task;
        }
        long root = task.space().pageTableRoot();
        if (root != pageTableRoot) {
            registers.pageTableRoot(root);
            pageTableRoot = root;
        }
        return true;
    }

    /** The task has ended; nothing of it stays here. */
    void forget(Task task) {
        if (extended.areOf(task)) {
            extended.drop();
        }
        if (registersOf == task) {
            registersOf = null;
        }
    }
}
