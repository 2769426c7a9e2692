package dev.littlecloud.kernel.syscall;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.ipc.PidFd;
import dev.littlecloud.kernel.mm.GuestFault;
import dev.littlecloud.kernel.mm.UserMemory;
import dev.littlecloud.kernel.ptrace.Tracee;
import dev.littlecloud.kernel.signal.Signal;
import dev.littlecloud.kernel.task.Cloning;
import dev.littlecloud.kernel.task.Cloning.Wish;
import dev.littlecloud.kernel.task.PendingCall;
import dev.littlecloud.kernel.task.Task;
import dev.littlecloud.kernel.task.TaskExit;
import dev.littlecloud.kernel.task.WaitQueue;

/** clone(2), fork(2), vfork(2), and how tasks end themselves. */
final class CloneCalls {
    private static final int CLONE_ARGS_FIRST = 64;
    private static final int CLONE_ARGS_KNOWN = 88;

    /** Bits of clone(2)'s flags that are the exit signal. */
    private static final long EXIT_SIGNAL = 0xFF;

    private CloneCalls() {}

    static void register(SyscallTable table) {
        table.full(56, "clone", "hex,ptr,ptr,ptr,ptr", (Handler.Call5) CloneCalls::clone);
        table.full(57, "fork", "", (Handler.Call0) CloneCalls::fork);
        table.full(58, "vfork", "", (Handler.Call0) CloneCalls::vfork);
        table.partial(
                435,
                "clone3",
                "ptr,int",
                (Handler.Call2) CloneCalls::clone3,
                "set_tid and cgroup are refused");
        table.full(60, "exit", "int", (Handler.Call1) CloneCalls::exit);
        table.full(231, "exit_group", "int", (Handler.Call1) CloneCalls::exitGroup);
    }

    /** The parent of a vfork child waits until the child has other memory. */
    private static final class VforkWait implements PendingCall {
        private final Task child;
        private final WaitQueue queue = new WaitQueue();

        VforkWait(Task child) {
            this.child = child;
        }

        @Override
        public void cancel(Task task) {}
    }

    private static long fork(Task task) {
        return start(task, new Wish(0, Signal.SIGCHLD, 0, 0, 0, 0), 0);
    }

    private static long vfork(Task task) {
        long flags = Cloning.CLONE_VM | Cloning.CLONE_VFORK;
        return start(task, new Wish(flags, Signal.SIGCHLD, 0, 0, 0, 0), 0);
    }

    private static long clone(
            Task task, long flags, long stack, long parentTid, long childTid, long tls) {
        int signal = (int) (flags & EXIT_SIGNAL);
        Wish wish =
                new Wish(
                        flags & 0xFFFF_FFFFL & ~EXIT_SIGNAL,
                        signal,
                        stack,
                        parentTid,
                        childTid,
                        tls);
        boolean pidFd = (flags & Cloning.CLONE_PIDFD) != 0;
        if (pidFd && (flags & Cloning.CLONE_PARENT_SETTID) != 0) {
            return -Errno.EINVAL;
        }
        return start(task, wish, pidFd ? parentTid : 0);
    }

    /** {@code struct clone_args}; clone3(2). */
    private static long clone3(Task task, long arguments, long size) {
        if (Long.compareUnsigned(size, 4096) > 0) {
            return -Errno.E2BIG;
        }
        if (size < CLONE_ARGS_FIRST) {
            return -Errno.EINVAL;
        }
        UserMemory memory = task.memory();
        for (long at = CLONE_ARGS_KNOWN; at < size; at++) {
            if (memory.readByte(arguments + at) != 0) {
                return -Errno.E2BIG;
            }
        }
        long flags = memory.readLong(arguments);
        long exitSignal = memory.readLong(arguments + 32);
        long stack = memory.readLong(arguments + 40);
        long stackSize = memory.readLong(arguments + 48);
        boolean setTid = size >= 80 && memory.readLong(arguments + 72) != 0;
        if ((stack == 0) != (stackSize == 0)
                || (flags & EXIT_SIGNAL & ~0x80L) != 0
                || exitSignal < 0
                || exitSignal > Signal.MAX
                || ((flags & (Cloning.CLONE_THREAD | Cloning.CLONE_PARENT)) != 0
                        && exitSignal != 0)) {
            return -Errno.EINVAL;
        }
        if (setTid) {
            return -Errno.EPERM;
        }
        Wish wish =
                new Wish(
                        flags,
                        (int) exitSignal,
                        stack == 0 ? 0 : stack + stackSize,
                        memory.readLong(arguments + 24),
                        memory.readLong(arguments + 16),
                        memory.readLong(arguments + 56));
        boolean pidFd = (flags & Cloning.CLONE_PIDFD) != 0;
        return start(task, wish, pidFd ? memory.readLong(arguments + 8) : 0);
    }

    private static long start(Task task, Wish wish, long pidFdAddress) {
        if (task.pending() instanceof VforkWait wait) {
            return awaitVfork(task, wait);
        }
        int refused = Cloning.check(wish);
        if (refused != 0) {
            return refused;
        }
        Task child = Cloning.make(task, wish);
        if (child == null) {
            return -Errno.EAGAIN;
        }
        if (pidFdAddress != 0) {
            int refusal = installPidFd(task, child, pidFdAddress);
            if (refusal != 0) {
                // Nothing has run yet.
                TaskExit.abandon(child);
                return refusal;
            }
        }
        if ((wish.flags() & Cloning.CLONE_PARENT_SETTID) != 0) {
            writeTid(task.memory(), wish.parentTid(), child);
        }
        if ((wish.flags() & Cloning.CLONE_CHILD_SETTID) != 0) {
            writeTid(child.memory(), wish.childTid(), child);
        }
        VforkWait wait = null;
        if ((wish.flags() & Cloning.CLONE_VFORK) != 0) {
            wait = new VforkWait(child);
            child.vfork(wait.queue);
        }
        Tracee tracee = task.tracee();
        if (tracee != null) {
            tracee.cloned(child, wish.flags(), wish.exitSignal());
        }
        task.kernel().scheduler().start(child);
        if (wait == null) {
            return child.tid();
        }
        task.pending(wait);
        return awaitVfork(task, wait);
    }

    private static int installPidFd(Task task, Task child, long address) {
        int descriptor = PidFd.install(task, child.group(), 0);
        if (descriptor < 0) {
            return descriptor;
        }
        try {
            task.memory().writeInt(address, descriptor);
            return 0;
        } catch (GuestFault badPointer) {
            task.files().close(descriptor);
            return -Errno.EFAULT;
        }
    }

    private static void writeTid(UserMemory memory, long address, Task child) {
        try {
            memory.writeInt(address, child.tid());
        } catch (GuestFault ignored) {
            // As on Linux, nobody hears of a bad pointer: the child is there.
        }
    }

    /** A vfork parent is not interrupted by handlers: it runs on when the child lets it. */
    private static long awaitVfork(Task task, VforkWait wait) {
        if (wait.child.isVforkHeld()) {
            return task.blockUninterrupted(wait.queue);
        }
        Tracee tracee = task.tracee();
        if (tracee != null) {
            tracee.vforkDone(wait.child.tid());
        }
        return wait.child.tid();
    }

    private static long exit(Task task, long status) {
        task.exit((int) (status & 0xFF) << 8);
        return 0;
    }

    private static long exitGroup(Task task, long status) {
        task.group().startExit((int) (status & 0xFF) << 8);
        return 0;
    }
}
