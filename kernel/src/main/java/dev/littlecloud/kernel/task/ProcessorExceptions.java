package dev.littlecloud.kernel.task;

import dev.littlecloud.kernel.mm.FaultResult;
import dev.littlecloud.kernel.mm.Vma;
import dev.littlecloud.kernel.ptrace.Stepping;
import dev.littlecloud.kernel.ptrace.Tracee;
import dev.littlecloud.kernel.signal.SigInfo;
import dev.littlecloud.kernel.signal.Signal;
import dev.littlecloud.machine.Registers;
import dev.littlecloud.machine.Vcpu;
import org.jspecify.annotations.Nullable;

/** Turns processor exceptions into pages or signals, as Linux does on x86-64. */
final class ProcessorExceptions {
    private static final int DIVIDE = 0;
    private static final int DEBUG = 1;
    private static final int BREAKPOINT = 3;
    private static final int INVALID_OPCODE = 6;
    private static final int SEGMENT_ABSENT = 11;
    private static final int STACK = 12;
    private static final int GENERAL_PROTECTION = 13;
    private static final int PAGE_FAULT = 14;
    private static final int X87 = 16;
    private static final int ALIGNMENT = 17;
    private static final int SIMD = 19;

    /** {@code int n}: where KVM imitates the processor this is an invalid opcode. */
    private static final int SOFTWARE_INTERRUPT = 0xcd;

    private static final int OUTPUT_TO_DX = 0xee;

    /** Bits of a page fault's error code. */
    private static final int WRITE = 2;

    private static final int INSTRUCTION_FETCH = 16;

    /** So many faults in a row at one place, though the page is there: a stale translation. */
    private static final int STUCK = 3;

    private final Vcpu vcpu;
    private long lastAddress;
    private long lastRip;
    private int repeated;

    ProcessorExceptions(Vcpu vcpu) {
        this.vcpu = vcpu;
    }

    /**
     * An exception of a task's program.
     *
     * @param tracee how it was traced when it entered the guest
     */
    void raised(Task task, @Nullable Tracee tracee) {
        int vector = vcpu.vector();
        if (vector == PAGE_FAULT) {
            pageFault(task);
            return;
        }
        task.run.trap(vector, vcpu.errorCode(), 0);
        if (vector == DEBUG && tracee != null) {
            SigInfo step = Stepping.trapped(task, tracee);
            if (step != null) {
                task.signals().force(step);
            }
            return;
        }
        long rip = vcpu.registers().rip();
        SigInfo info =
                switch (vector) {
                    case DIVIDE -> SigInfo.fault(Signal.SIGFPE, SigInfo.FPE_INTDIV, rip);
                    case DEBUG -> SigInfo.fault(Signal.SIGTRAP, SigInfo.TRAP_TRACE, rip);
                    case BREAKPOINT -> SigInfo.fromKernel(Signal.SIGTRAP);
                    case INVALID_OPCODE ->
                            byteAt(task, rip) == SOFTWARE_INTERRUPT
                                    ? SigInfo.fromKernel(Signal.SIGSEGV)
                                    : SigInfo.fault(Signal.SIGILL, SigInfo.ILL_ILLOPN, rip);
                    case SEGMENT_ABSENT, STACK -> SigInfo.fromKernel(Signal.SIGBUS);
                    case X87, SIMD -> SigInfo.fault(Signal.SIGFPE, floatingCode(task, vector), rip);
                    case ALIGNMENT -> SigInfo.fault(Signal.SIGBUS, SigInfo.BUS_ADRALN, 0);
                    default -> SigInfo.fromKernel(Signal.SIGSEGV);
                };
        task.signals().force(info);
    }

    /** The most urgent unmasked floating-point exception; FPE_FLTDIV is 3, FPE_FLTSUB 8. */
    private static int floatingCode(Task task, int vector) {
        var state = task.run.extendedState();
        if (state == null) {
            return SigInfo.FPE_FLTINV;
        }
        int raised;
        if (vector == SIMD) {
            int mxcsr = state.get(java.lang.foreign.ValueLayout.JAVA_INT, 24);
            raised = mxcsr & ~(mxcsr >> 7);
        } else {
            int control = state.get(java.lang.foreign.ValueLayout.JAVA_SHORT, 0);
            raised = state.get(java.lang.foreign.ValueLayout.JAVA_SHORT, 2) & ~control;
        }
        if ((raised & 0x01) != 0) {
            return SigInfo.FPE_FLTINV;
        } else if ((raised & 0x04) != 0) {
            return 3;
        } else if ((raised & 0x08) != 0) {
            return 4;
        } else if ((raised & 0x12) != 0) {
            return 5;
        } else if ((raised & 0x20) != 0) {
            return 6;
        }
        return SigInfo.FPE_FLTINV;
    }

    private void pageFault(Task task) {
        long address = vcpu.faultAddress();
        long error = vcpu.errorCode();
        int access = Vma.READ;
        if ((error & INSTRUCTION_FETCH) != 0) {
            access = Vma.EXEC;
        } else if ((error & WRITE) != 0) {
            access = Vma.WRITE;
        }
        task.run.faults++;
        FaultResult result = task.space().fault(address, access);
        if (result == FaultResult.RESOLVED) {
            checkProgress(task, address);
            return;
        }
        task.run.trap(PAGE_FAULT, error, address);
        switch (result) {
            case NOT_MAPPED ->
                    task.signals()
                            .force(SigInfo.fault(Signal.SIGSEGV, SigInfo.SEGV_MAPERR, address));
            case NOT_ALLOWED ->
                    task.signals()
                            .force(SigInfo.fault(Signal.SIGSEGV, SigInfo.SEGV_ACCERR, address));
            case BEYOND_FILE ->
                    task.signals().force(SigInfo.fault(Signal.SIGBUS, SigInfo.BUS_ADRERR, address));
            case OUT_OF_MEMORY -> {
                // The program touches the page again, when a process has ended for it.
                task.kernel().memoryShortage().relieve();
                task.run.givesWay = true;
            }
            case RESOLVED -> {}
        }
    }

    /** A host that shadows page tables may miss an edit; forgetting the page makes it look again. */
    private void checkProgress(Task task, long address) {
        long rip = vcpu.registers().rip();
        if (address != lastAddress || rip != lastRip) {
            lastAddress = address;
            lastRip = rip;
            repeated = 0;
        } else if (++repeated >= STUCK) {
            repeated = 0;
            task.space().forgetTranslation(address);
        }
    }

    /**
     * The program wrote to the machine's exit port by an instruction of its own: a protection fault,
     * as with any other port.
     */
    void ownOutput(Task task) {
        Registers at = vcpu.registers();
        at.rip(at.rip() - (byteAt(task, at.rip() - 1) == OUTPUT_TO_DX ? 1 : 2));
        protection(task);
    }

    private static int byteAt(Task task, long address) {
        boolean readable = task.memory().accessible(address, 1, false) == 1;
        return readable ? task.memory().readByte(address) & 0xff : -1;
    }

    /** What a privileged instruction or a foreign port gets. */
    void protection(Task task) {
        task.run.trap(GENERAL_PROTECTION, 0, 0);
        task.signals().force(SigInfo.fromKernel(Signal.SIGSEGV));
    }

    /** The host could not provide a page: the file behind it was truncated, or the host is full. */
    void hostFault(Task task) {
        Registers at = vcpu.registers();
        task.run.trap(PAGE_FAULT, 0, at.rip());
        task.signals().force(SigInfo.fault(Signal.SIGBUS, SigInfo.BUS_ADRERR, at.rip()));
    }
}
