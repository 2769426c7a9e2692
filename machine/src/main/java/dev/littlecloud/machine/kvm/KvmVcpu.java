package dev.littlecloud.machine.kvm;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.littlecloud.machine.Exit;
import dev.littlecloud.machine.Registers;
import dev.littlecloud.machine.Vcpu;
import dev.littlecloud.machine.memory.KernelHalf;
import dev.littlecloud.machine.memory.VcpuPage;
import dev.littlecloud.sys.Errno;
import dev.littlecloud.sys.Ioctl;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Locale;

/**
 * A KVM virtual processor.
 *
 * <p>Only the general registers travel into each KVM_RUN. System registers do when the address space
 * or a segment base changes. A processor that left from supervisor mode (by {@code syscall} or an
 * exception) goes back to user mode by an {@code iretq} of its own, so that it needs no more than
 * the general registers either. System registers travel out where that costs nothing.
 */
final class KvmVcpu implements Vcpu {
    /** One OUT of one byte to the exit port: direction, size and port as one number. */
    private static final int EXIT_PORT_WRITE =
            KvmApi.IO_OUT | (1 << 8) | (KernelHalf.EXIT_PORT << 16);

    private static final long STACK_SEGMENT_DPL =
            KvmApi.RUN_SREGS + KvmApi.SREGS_SS + KvmApi.SEGMENT_DPL;

    private static final int GENERAL_PROTECTION = 13;

    /** Vectors that push an error code: #DF #TS #NP #SS #GP #PF #AC #CP #VC #SX. */
    private static final int ERROR_CODE_VECTORS =
            (1 << 8) | (1 << 10) | (1 << 11) | (1 << 12) | (1 << 13) | (1 << 14) | (1 << 17)
                    | (1 << 21) | (1 << 29) | (1 << 30);

    /** Unfinished input or output takes one entry to finish; repeated string input one per chunk. */
    private static final int MAX_COMPLETIONS = 64;

    private final VcpuSetup setup;
    private final int index;
    private final int fd;
    private final MemorySegment run;
    private final MemorySegment callState = Ioctl.newCallState();
    private final VcpuPage page;
    private final KvmRegisters registers;
    private final MemorySegment systemTemplate;
    private final MemorySegment fetchedSystem;
    private final ExtendedState extendedState;
    private final PendingException pendingException;
    private final Kicks kicks;
    private final long tscOffset;

    /** Whether KVM leaves the system registers in the shared area at each exit. */
    private final boolean systemSynced;

    /** The processor was left in supervisor mode; {@link #registers} are the user's all the same. */
    private boolean inSupervisorMode;

    /** KVM holds an unfinished instruction. */
    private boolean completionPending;

    private boolean syscallWasPatched;
    private long syscallSite;
    private int vector;
    private long errorCode;
    private long faultAddress;
    private int faultErrno;
    private int exitReason;

    KvmVcpu(Kvm kvm, VcpuSetup setup, int index, VcpuPage page) {
        this.index = index;
        this.page = page;
        Arena arena = Arena.ofAuto();
        this.setup = setup;
        this.fd = setup.fd();
        this.run = setup.run();
        this.systemTemplate = setup.systemRegisters();
        this.fetchedSystem = arena.allocate(KvmApi.SREGS_BYTES, 8);
        this.extendedState = setup.extendedState();
        this.tscOffset = setup.tscOffset();
        this.pendingException = new PendingException(fd, arena);
        this.kicks = new Kicks(run);
        this.registers = new KvmRegisters(this, run.asSlice(KvmApi.RUN_REGS, KvmApi.REGS_BYTES));
        this.systemSynced = !kvm.isHardware();
        run.set(
                JAVA_LONG,
                KvmApi.RUN_VALID_REGS,
                systemSynced ? KvmApi.SYNC_REGS | KvmApi.SYNC_SREGS : KvmApi.SYNC_REGS);
    }

    @Override
    public int index() {
        return index;
    }

    @Override
    public Registers registers() {
        return registers;
    }

    @Override
    public Exit run() {
        kicks.enter();
        try {
            if (completionPending) {
                complete();
            }
            while (true) {
                if (kicks.isPending()) {
                    kicks.take();
                    return Exit.KICKED;
                }
                if (!isCanonical(registers.rip())) {
                    return raise(GENERAL_PROTECTION, 0);
                }
                prepareEntry();
                int result = enterGuest();
                if (result == -Errno.EINTR) {
                    result = leaveStub(result);
                }
                registers.afterRun();
                if (result == 0) {
                    return decode();
                }
                backToUserView();
                if (result != -Errno.EINTR) {
                    faultErrno = -result;
                    exitReason = -1;
                    return Exit.FAULT;
                }
                if (!inSupervisorMode && pendingException.take()) {
                    kicks.restore();
                    return raisePending();
                }
                if (!kicks.isPending()) {
                    // Another signal, or the rest of a kick that was taken while it was made.
                    kicks.restore();
                }
            }
        } finally {
            kicks.leave();
        }
    }

    /** A run that failed is tried once more for the reason; a kick stays until it is taken. */
    private int enterGuest() {
        int result = Ioctl.attempt(fd, KvmApi.RUN, 0);
        return result >= 0 ? result : Ioctl.call(callState, fd, KvmApi.RUN, 0);
    }

    private void prepareEntry() {
        long dirty = 0;
        if (registers.isSystemDirty()) {
            writeSystemRegisters();
            dirty = KvmApi.SYNC_REGS | KvmApi.SYNC_SREGS;
            inSupervisorMode = false;
        } else if (inSupervisorMode) {
            page.writeReturnFrame(registers.rip(), registers.rflags(), registers.rsp());
            setGeneral(Registers.RIP, KernelHalf.RETURN_STUB);
            setGeneral(Registers.RSP, page.returnFrame());
            setGeneral(Registers.RFLAGS, 2);
            dirty = KvmApi.SYNC_REGS;
        } else if (registers.isGeneralDirty()) {
            dirty = KvmApi.SYNC_REGS;
        }
        run.set(JAVA_LONG, KvmApi.RUN_DIRTY_REGS, dirty);
    }

    private void writeSystemRegisters() {
        long fsBase = registers.fsBase();
        long gsBase = registers.gsBase();
        MemorySegment.copy(systemTemplate, 0, run, KvmApi.RUN_SREGS, KvmApi.SREGS_BYTES);
        run.set(JAVA_LONG, KvmApi.RUN_SREGS + KvmApi.SREGS_FS, fsBase);
        run.set(JAVA_LONG, KvmApi.RUN_SREGS + KvmApi.SREGS_GS, gsBase);
        run.set(JAVA_LONG, KvmApi.RUN_SREGS + KvmApi.SREGS_CR3, registers.pageTableRoot());
    }

    /**
     * A kick may come between the guest's way into supervisor mode and the stub's {@code out}.
     * Then lets it go on to there: the kick is reported by the next run.
     */
    private int leaveStub(int interrupted) {
        if (isProgram() || general(Registers.RIP) == KernelHalf.RETURN_STUB) {
            return interrupted;
        }
        int result = interrupted;
        run.set(JAVA_LONG, KvmApi.RUN_DIRTY_REGS, 0);
        while (result == -Errno.EINTR) {
            kicks.override(false);
            result = enterGuest();
        }
        kicks.restore();
        return result;
    }

    /** After an entry that did not come to an exit: undoes a return to user mode not made yet. */
    private void backToUserView() {
        if (isProgram()) {
            inSupervisorMode = false;
        } else if (general(Registers.RIP) == KernelHalf.RETURN_STUB) {
            inSupervisorMode = true;
            registers.rip(page.returnRip());
            registers.rsp(page.returnRsp());
            registers.rflags(page.returnRflags());
        }
    }

    private Exit decode() {
        exitReason = run.get(JAVA_INT, KvmApi.RUN_EXIT_REASON);
        return switch (exitReason) {
            case KvmApi.EXIT_IO -> decodePort();
            case KvmApi.EXIT_HLT -> Exit.HALT;
            case KvmApi.EXIT_SHUTDOWN, KvmApi.EXIT_SYSTEM_EVENT -> Exit.SHUTDOWN;
            case KvmApi.EXIT_MMIO -> {
                completionPending = true;
                backToUserView();
                yield hostFault(Errno.EFAULT);
            }
            default -> {
                backToUserView();
                yield hostFault(Errno.EIO);
            }
        };
    }

    private Exit decodePort() {
        if (run.get(JAVA_INT, KvmApi.RUN_IO_DIRECTION_SIZE_PORT) != EXIT_PORT_WRITE
                || run.get(JAVA_INT, KvmApi.RUN_IO_COUNT) != 1) {
            // Input from the port, or string output to it: the I/O bitmap cannot tell. For a
            // program that is what it is with any other port.
            completionPending = true;
            return isProgram() ? raise(GENERAL_PROTECTION, 0) : hostFault(Errno.EIO);
        }
        long rip = general(Registers.RIP);
        if (isProgram()) {
            inSupervisorMode = false;
            syscallWasPatched = true;
            syscallSite = rip - 2;
            return Exit.SYSCALL;
        }
        inSupervisorMode = !systemSynced || run.get(JAVA_BYTE, STACK_SEGMENT_DPL) == 0;
        return rip == KernelHalf.SYSCALL_EXIT ? syscall() : exception(rip);
    }

    /** The processor put RIP into RCX and RFLAGS into R11: SDM volume 2, SYSCALL. */
    private Exit syscall() {
        long rip = general(Registers.RCX);
        registers.rip(rip);
        registers.rflags(general(Registers.R11));
        syscallWasPatched = false;
        syscallSite = rip - 2;
        return Exit.SYSCALL;
    }

    private Exit exception(long stubExit) {
        vector = (int) ((stubExit - KernelHalf.EXCEPTION_STUBS) >> KernelHalf.EXCEPTION_STUB_SHIFT);
        if (page.exceptionCodeSelector() != KernelHalf.USER_CODE_SELECTOR) {
            // An exception in supervisor mode: some host does not do what the stubs rely on.
            return Exit.SHUTDOWN;
        }
        errorCode = (ERROR_CODE_VECTORS & (1 << vector)) != 0 ? page.exceptionErrorCode() : 0;
        if (vector == KernelHalf.PAGE_FAULT) {
            faultAddress = general(Registers.RAX);
            registers.rax(page.pageFaultRax());
        }
        registers.rip(page.exceptionRip());
        registers.rsp(page.exceptionRsp());
        registers.rflags(page.exceptionRflags());
        return Exit.EXCEPTION;
    }

    private Exit raise(int raisedVector, long raisedErrorCode) {
        vector = raisedVector;
        errorCode = raisedErrorCode;
        return Exit.EXCEPTION;
    }

    private Exit raisePending() {
        if (pendingException.vector() == KernelHalf.PAGE_FAULT) {
            fetchSystemRegisters();
            faultAddress = fetchedSystem.get(JAVA_LONG, KvmApi.SREGS_CR2);
        }
        return raise(pendingException.vector(), pendingException.errorCode());
    }

    private Exit hostFault(int errno) {
        faultErrno = errno;
        return Exit.FAULT;
    }

    /**
     * Lets KVM finish an instruction that left for something only a device would answer, so that
     * it does not finish it into the registers of whoever runs next.
     */
    private void complete() {
        long[] image = new long[Registers.COUNT];
        registers.save(image);
        kicks.override(true);
        run.set(JAVA_LONG, KvmApi.RUN_DIRTY_REGS, 0);
        int attempts = 0;
        while (enterGuest() == 0 && attempts < MAX_COMPLETIONS) {
            attempts++;
        }
        kicks.restore();
        registers.afterRun();
        registers.load(image);
        completionPending = false;
    }

    @Override
    public void kick() {
        kicks.kick();
    }

    @Override
    public boolean syscallWasPatched() {
        return syscallWasPatched;
    }

    @Override
    public long syscallSite() {
        return syscallSite;
    }

    @Override
    public int vector() {
        return vector;
    }

    @Override
    public long errorCode() {
        return errorCode;
    }

    @Override
    public long faultAddress() {
        return faultAddress;
    }

    @Override
    public int faultErrno() {
        return faultErrno;
    }

    @Override
    public String faultDetail() {
        if (exitReason < 0) {
            return "KVM_RUN failed with errno " + faultErrno;
        }
        return String.format(
                Locale.ROOT,
                "KVM exit %d: %x %x %x, rip %x",
                exitReason,
                run.get(JAVA_LONG, KvmApi.RUN_DETAIL),
                run.get(JAVA_LONG, KvmApi.RUN_DETAIL + 8),
                run.get(JAVA_LONG, KvmApi.RUN_DETAIL + 16),
                general(Registers.RIP));
    }

    @Override
    public int extendedStateBytes() {
        return extendedState.bytes();
    }

    @Override
    public void saveExtendedState(MemorySegment xsave) {
        extendedState.save(xsave);
    }

    @Override
    public boolean loadExtendedState(MemorySegment xsave) {
        return extendedState.load(xsave);
    }

    @Override
    public void resetExtendedState() {
        extendedState.reset();
    }

    @Override
    public long tscOffset() {
        return tscOffset;
    }

    void fetchSystemRegisters() {
        if (systemSynced) {
            MemorySegment.copy(run, KvmApi.RUN_SREGS, fetchedSystem, 0, KvmApi.SREGS_BYTES);
            return;
        }
        Kvm.check("KVM_GET_SREGS", Ioctl.call(fd, KvmApi.GET_SREGS, fetchedSystem));
    }

    long fetchedBase(int segmentOffset) {
        return fetchedSystem.get(JAVA_LONG, segmentOffset);
    }

    void close() {
        setup.close();
    }

    /** The processor was left by code of the program, not of a stub. */
    private boolean isProgram() {
        return (registers.rawFlags() & KvmRegisters.INTERRUPT_FLAG) != 0;
    }

    private long general(int position) {
        return run.get(JAVA_LONG, KvmApi.RUN_REGS + position * 8L);
    }

    private void setGeneral(int position, long value) {
        run.set(JAVA_LONG, KvmApi.RUN_REGS + position * 8L, value);
    }

    private static boolean isCanonical(long address) {
        return address << 16 >> 16 == address;
    }
}
