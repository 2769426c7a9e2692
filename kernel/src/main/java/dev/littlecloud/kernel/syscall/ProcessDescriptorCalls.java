package dev.littlecloud.kernel.syscall;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.fs.OpenFile;
import dev.littlecloud.kernel.io.UserIo;
import dev.littlecloud.kernel.ipc.PidFd;
import dev.littlecloud.kernel.mm.UserMemory;
import dev.littlecloud.kernel.proc.Inspection;
import dev.littlecloud.kernel.task.Credentials;
import dev.littlecloud.kernel.task.Task;
import dev.littlecloud.kernel.task.ThreadGroup;

/** What is done to a process through a descriptor of it: pidfd_getfd(2), process_madvise(2). */
final class ProcessDescriptorCalls {
    private ProcessDescriptorCalls() {}

    static void register(SyscallTable table) {
        table.full(438, "pidfd_getfd", "fd,int,hex", (Handler.Call3) ProcessDescriptorCalls::getfd);
        table.partial(
                440,
                "process_madvise",
                "fd,ptr,int,int,hex",
                (Handler.Call5) ProcessDescriptorCalls::advise,
                "of the caller only; of others EPERM: needs CAP_SYS_NICE");
        table.full(
                448,
                "process_mrelease",
                "fd,hex",
                (Handler.Call2) ProcessDescriptorCalls::releaseMemory);
    }

    private static long getfd(Task task, long fd, long wanted, long flags) {
        if ((int) flags != 0) {
            return -Errno.EINVAL;
        }
        if (!(task.files().get(fd) instanceof PidFd descriptor)) {
            return -Errno.EBADF;
        }
        ThreadGroup process = descriptor.process();
        if (process.threads().isEmpty()) {
            return -Errno.ESRCH;
        }
        Task target = process.threads().getFirst();
        Credentials theirs = target.credentials();
        if (!Inspection.isAllowed(task, process, theirs)) {
            return -Errno.EPERM;
        }
        OpenFile file = target.files().get((int) wanted);
        if (file == null) {
            return -Errno.EBADF;
        }
        file.retain();
        return Descriptors.install(task, file, true);
    }

    private static long advise(
            Task task, long fd, long vector, long count, long advice, long flags) {
        if ((int) flags != 0 || count < 0 || count > UserIo.MAX_RANGES) {
            return -Errno.EINVAL;
        }
        if (!(task.files().get(fd) instanceof PidFd descriptor)) {
            return -Errno.EBADF;
        }
        if (descriptor.process().threads().isEmpty()) {
            return -Errno.ESRCH;
        }
        if (descriptor.process() != task.group()) {
            return -Errno.EPERM;
        }
        UserMemory memory = task.memory();
        long done = 0;
        for (int i = 0; i < count; i++) {
            long address = memory.readLong(vector + 16L * i);
            long length = memory.readLong(vector + 16L * i + 8);
            long result = AdviceCalls.madvise(task, address, length, advice);
            if (result != 0) {
                return done > 0 ? done : result;
            }
            done += length;
        }
        return done;
    }

    /** Memory goes as soon as a process ends; this tells whether that is so. */
    private static long releaseMemory(Task task, long fd, long flags) {
        if ((int) flags != 0) {
            return -Errno.EINVAL;
        }
        if (!(task.files().get(fd) instanceof PidFd descriptor)) {
            return -Errno.EBADF;
        }
        ThreadGroup process = descriptor.process();
        if (process.threads().isEmpty()) {
            return -Errno.ESRCH;
        }
        return process.isExiting() ? 0 : -Errno.EINVAL;
    }
}
