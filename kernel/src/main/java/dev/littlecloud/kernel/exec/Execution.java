package dev.littlecloud.kernel.exec;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.Kernel;
import dev.littlecloud.kernel.fs.FdTable;
import dev.littlecloud.kernel.fs.Inode;
import dev.littlecloud.kernel.mm.AddressSpace;
import dev.littlecloud.kernel.mm.Frames;
import dev.littlecloud.kernel.mm.GuestFault;
import dev.littlecloud.kernel.mm.SharedTables;
import dev.littlecloud.kernel.mm.Vma;
import dev.littlecloud.kernel.ptrace.Tracee;
import dev.littlecloud.kernel.ptrace.Tracing;
import dev.littlecloud.kernel.signal.Signal;
import dev.littlecloud.kernel.signal.SignalFrame;
import dev.littlecloud.kernel.task.Credentials;
import dev.littlecloud.kernel.task.ResourceLimits;
import dev.littlecloud.kernel.task.Task;
import dev.littlecloud.kernel.task.TaskExit;
import dev.littlecloud.kernel.task.ThreadGroup;
import dev.littlecloud.machine.Registers;
import java.util.Arrays;
import java.util.List;

/** Replaces a process's program; execve(2). */
public final class Execution {
    private static final long STACK_TOP = 0x7fff_ffff_f000L;

    /** Stack there from the start; more comes as it grows. */
    private static final long INITIAL_STACK = 132 << 10;

    /** Where position-independent programs go: two thirds of the lower half, as on Linux. */
    private static final long PROGRAM_BASE = 0x5555_5555_4000L;

    /** AT_HWCAP: of CPUID leaf 1, EDX, what every x86-64 processor has. */
    private static final long HARDWARE_CAPABILITIES = 0x078bfbff;

    /** S_ISUID and S_ISGID. */
    private static final int SET_IDS = 06000;

    private static final long MIN_STACK_GAP = 128L << 20;
    private static final long MAX_STACK_GAP = 16L << 30;

    // Bits of a program's random placement, in pages.
    private static final int STACK_BITS = 18;
    private static final int MAP_BITS = 28;
    private static final int HEAP_BITS = 13;

    /** personality(2): programs are always placed alike. */
    private static final int ADDR_NO_RANDOMIZE = 0x0040000;

    private Execution() {}

    /** Whether there is a program to start, before other threads are ended for it. */
    public static int check(
            Task task, int directory, String path, int flags, List<byte[]> arguments) {
        return -Program.resolve(task, directory, path, flags, arguments).errno();
    }

    /**
     * Starts a program in the calling task. Other threads of the process must have ended.
     *
     * @param flags AT_EMPTY_PATH and AT_SYMLINK_NOFOLLOW of execveat(2)
     * @return 0 when the new program's registers are in place, or {@code -errno} with everything as
     *     it was
     */
    public static long start(
            Task task,
            int directory,
            String path,
            int flags,
            List<byte[]> arguments,
            List<byte[]> environment) {
        Program program = Program.resolve(task, directory, path, flags, arguments);
        Program.Image main = program.main();
        if (program.errno() != 0 || main == null) {
            return -program.errno();
        }
        AddressSpace space =
                new AddressSpace(
                        task.kernel().guestMemory(),
                        task.kernel().frames(),
                        task.kernel().sharedTables());
        if (task.tracee() == null) {
            task.kernel().scheduler().callServer().begins(space, main.pages());
        } else {
            space.stopPosting();
        }
        Credentials credentials = credentials(task, main.inode());
        long entryPoint = 0;
        long stackPointer;
        try {
            long bias = load(task, space, program, main);
            if (bias < 0 && bias > -4096) {
                space.leave();
                return bias;
            }
            long interpreterBase = 0;
            entryPoint = main.header().entry() + bias;
            Program.Image linker = program.interpreter();
            if (linker != null) {
                interpreterBase = loadInterpreter(space, linker);
                if (interpreterBase < 0) {
                    space.leave();
                    return interpreterBase;
                }
                entryPoint = linker.header().entry() + interpreterBase;
            }
            stackPointer =
                    buildStack(
                            task,
                            space,
                            program,
                            main,
                            bias,
                            interpreterBase,
                            environment,
                            credentials);
        } catch (GuestFault noMemory) {
            stackPointer = -Errno.ENOMEM;
        }
        if (stackPointer < 0) {
            space.leave();
            return stackPointer;
        }
        int formerTid = task.tid();
        commit(task, space, main, credentials, program);
        setRegisters(task, entryPoint, stackPointer);
        Tracee tracee = task.tracee();
        if (tracee != null) {
            tracee.executed(formerTid);
        }
        return 0;
    }

    /** Maps the main program; its bias, or {@code -errno}. */
    private static long load(Task task, AddressSpace space, Program program, Program.Image main) {
        long limit = task.group().limits().soft(ResourceLimits.STACK);
        long stackLimit =
                limit == ResourceLimits.INFINITY || limit < 0 || limit > MAX_STACK_GAP
                        ? MAX_STACK_GAP
                        : limit;
        space.layout().stackLimit = Math.max(stackLimit, INITIAL_STACK);
        long dataLimit = task.group().limits().soft(ResourceLimits.DATA);
        space.layout().dataLimit = dataLimit < 0 ? Long.MAX_VALUE : dataLimit;
        long gap = Math.max(stackLimit, MIN_STACK_GAP) + (1L << (STACK_BITS + Frames.SHIFT));
        space.mmapTop(STACK_TOP - gap - randomPages(task, MAP_BITS));

        ElfHeader header = main.header();
        long bias = 0;
        if (header.isPositionIndependent()) {
            long first = header.segments().getFirst().start();
            if (program.interpreter() == null) {
                long place = CommonPlace.forProgram(space, header);
                if (place < 0) {
                    return place;
                }
                bias = place - first;
            } else {
                long above = PROGRAM_BASE + randomPages(task, MAP_BITS);
                bias = SharedTables.commonPlace(above, header.readOnlySpan()) - first;
            }
        }
        int mapped = new ElfLoader(space).map(header, main.shown(), main.pages(), bias);
        if (mapped != 0) {
            return mapped;
        }
        long end = header.segments().getLast().end() + bias;
        long heap = end + randomPages(task, HEAP_BITS);
        if (header.isPositionIndependent() && program.interpreter() == null) {
            // A static program sits among the mappings; its heap goes where others have it.
            heap = PROGRAM_BASE + randomPages(task, MAP_BITS);
        }
        space.programBreak().place(heap, main.pages());
        space.layout().startCode = header.segments().getFirst().start() + bias;
        space.layout().endCode = end;
        space.layout().entry = header.entry() + bias;
        return bias;
    }

    private static long randomPages(Task task, int bits) {
        boolean fixed = (task.group().traits().personality() & ADDR_NO_RANDOMIZE) != 0;
        return fixed ? 0 : task.kernel().randomPages(bits);
    }

    private static long loadInterpreter(AddressSpace space, Program.Image linker) {
        ElfHeader header = linker.header();
        long base = 0;
        if (header.isPositionIndependent()) {
            long place = CommonPlace.forProgram(space, header);
            if (place < 0) {
                return place;
            }
            base = place - header.segments().getFirst().start();
        }
        int mapped = new ElfLoader(space).map(header, linker.shown(), linker.pages(), base);
        return mapped != 0 ? mapped : base;
    }

    private static long buildStack(
            Task task,
            AddressSpace space,
            Program program,
            Program.Image main,
            long bias,
            long interpreterBase,
            List<byte[]> environment,
            Credentials credentials) {
        Kernel kernel = task.kernel();
        long top = STACK_TOP - randomPages(task, STACK_BITS);
        int protection = Vma.READ | Vma.WRITE | (main.header().isStackExecutable() ? Vma.EXEC : 0);
        Vma stack =
                space.map(
                        top - INITIAL_STACK, INITIAL_STACK, protection, false, null, 0, "[stack]");
        if (stack == null) {
            return -Errno.ENOMEM; // the program itself lies there
        }
        stack.growsDown(true);
        long vdso = kernel.vdso().map(space);
        byte[] random = new byte[16];
        kernel.random(random);
        ElfHeader header = main.header();
        boolean secure =
                credentials.uid() != credentials.euid() || credentials.gid() != credentials.egid();
        long[] vector = {
            InitialStack.AT_SYSINFO_EHDR,
            vdso,
            InitialStack.AT_HWCAP,
            HARDWARE_CAPABILITIES,
            InitialStack.AT_PAGESZ,
            Frames.SIZE,
            InitialStack.AT_CLKTCK,
            100,
            InitialStack.AT_PHDR,
            header.headerAddress() + bias,
            InitialStack.AT_PHENT,
            ElfHeader.PROGRAM_HEADER_BYTES,
            InitialStack.AT_PHNUM,
            header.headerCount(),
            InitialStack.AT_BASE,
            interpreterBase,
            InitialStack.AT_FLAGS,
            0,
            InitialStack.AT_ENTRY,
            header.entry() + bias,
            InitialStack.AT_UID,
            credentials.uid(),
            InitialStack.AT_EUID,
            credentials.euid(),
            InitialStack.AT_GID,
            credentials.gid(),
            InitialStack.AT_EGID,
            credentials.egid(),
            InitialStack.AT_SECURE,
            secure ? 1 : 0,
            InitialStack.AT_RANDOM,
            0,
            InitialStack.AT_HWCAP2,
            2, // FSGSBASE
            InitialStack.AT_EXECFN,
            0,
            InitialStack.AT_PLATFORM,
            0,
            InitialStack.AT_MINSIGSTKSZ,
            SignalFrame.minimumStack((int) kernel.initialExtendedState().byteSize()),
        };
        if (vdso == 0) {
            vector = Arrays.copyOfRange(vector, 2, vector.length);
        }
        return new InitialStack(space, top)
                .write(program.arguments(), environment, program.fileName(), vector, random);
    }

    /** Set-user-id and set-group-id programs; execve(2). */
    private static Credentials credentials(Task task, Inode inode) {
        int mode = inode.mode() & (Tracing.forbidsGain(task) ? ~SET_IDS : ~0);
        return task.credentials().afterExec(mode, inode.uid(), inode.gid());
    }

    /** From here on the old program is gone. */
    private static void commit(
            Task task,
            AddressSpace space,
            Program.Image main,
            Credentials credentials,
            Program program) {
        ThreadGroup group = task.group();
        TaskExit.leaveProgram(task);
        AddressSpace old = task.space();
        task.replaceSpace(space);
        old.leave();
        group.times().programEnded(old);
        task.releaseVfork();
        if (task.files().isShared()) {
            FdTable own = task.files().copy();
            if (own == null) {
                // The old program is gone, so the call cannot fail any more.
                group.startExit(Signal.SIGKILL);
                own = new FdTable();
            }
            task.files().leave();
            task.replaceFiles(own);
        }
        task.files().closeOnExec();
        if (task.tid() != group.pid()) {
            task.becomeLeader();
        }
        group.executing(null);
        group.actions(group.actions().afterExec());
        task.signals().afterExec();
        boolean gained =
                credentials.uid() != credentials.euid() || credentials.gid() != credentials.egid();
        group.programReplaced(gained || !program.isReadable());
        task.credentials(credentials);
        group.executable(main.dentry(), main.path());
        String name = program.fileName();
        task.name(name.substring(name.lastIndexOf('/') + 1));
    }

    private static void setRegisters(Task task, long entryPoint, long stackPointer) {
        long[] registers = task.run().registers();
        Arrays.fill(registers, 0);
        registers[Registers.RIP] = entryPoint;
        registers[Registers.RSP] = stackPointer;
        registers[Registers.RFLAGS] = 0x202;
        task.run().extendedState(null);
    }
}
