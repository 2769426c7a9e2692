package dev.littlecloud.kernel.syscall;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.io.UserIo;
import dev.littlecloud.kernel.mm.GuestFault;
import dev.littlecloud.kernel.mm.UserMemory;
import dev.littlecloud.kernel.proc.Inspection;
import dev.littlecloud.kernel.task.Task;

/** Copies between the memory of two processes; process_vm_readv(2). */
final class ProcessMemoryCalls {
    private static final int CHUNK = 4096;

    /** Most bytes before others get the lock. */
    private static final long MOST_AT_ONCE = 16 << 20;

    private ProcessMemoryCalls() {}

    static void register(SyscallTable table) {
        table.full(
                310,
                "process_vm_readv",
                "int,ptr,int,ptr,int,hex",
                (Handler.Call6)
                        (task, pid, local, localCount, remote, remoteCount, flags) ->
                                transfer(
                                        task,
                                        pid,
                                        local,
                                        localCount,
                                        remote,
                                        remoteCount,
                                        flags,
                                        false));
        table.full(
                311,
                "process_vm_writev",
                "int,ptr,int,ptr,int,hex",
                (Handler.Call6)
                        (task, pid, local, localCount, remote, remoteCount, flags) ->
                                transfer(
                                        task,
                                        pid,
                                        local,
                                        localCount,
                                        remote,
                                        remoteCount,
                                        flags,
                                        true));
    }

    private static long transfer(
            Task task,
            long pid,
            long local,
            long localCount,
            long remote,
            long remoteCount,
            long flags,
            boolean writes) {
        if (flags != 0 || remoteCount < 0 || remoteCount > UserIo.MAX_RANGES) {
            return -Errno.EINVAL;
        }
        UserIo own = task.io();
        long described = own.vector(local, localCount);
        if (described != 0) {
            return described;
        }
        Task target = task.kernel().tasks().task((int) pid);
        if (target == null) {
            return -Errno.ESRCH;
        }
        if (!Inspection.isAllowed(task, target.group(), target.credentials())) {
            return -Errno.EPERM;
        }
        // Done by earlier runs of this call, between which others have the lock.
        long done = task.progress();
        long before = done;
        own.position(done);
        long skipped = done;
        for (int i = 0; i < remoteCount && own.remaining() > 0; i++) {
            long address = task.memory().readLong(remote + 16L * i);
            long length = task.memory().readLong(remote + 16L * i + 8);
            if (length < 0) {
                return -Errno.EINVAL;
            }
            long start = Math.min(skipped, length);
            skipped -= start;
            long wanted = Math.min(length - start, own.remaining());
            long now = Math.min(wanted, MOST_AT_ONCE - (done - before));
            long moved = copy(own, target.memory(), address + start, now, writes);
            done += moved;
            if (moved < now) {
                return done > 0 ? done : -Errno.EFAULT;
            }
            if (now < wanted) {
                return task.yield(done);
            }
        }
        return done;
    }

    /** Moves what can be moved before a bad page of either side; the number of bytes. */
    private static long copy(
            UserIo own, UserMemory other, long address, long wanted, boolean writes) {
        long length = other.accessible(address, wanted, writes);
        byte[] chunk = new byte[(int) Math.min(length, CHUNK)];
        long done = 0;
        try {
            while (done < length) {
                int part = (int) Math.min(chunk.length, length - done);
                if (writes) {
                    own.get(chunk, 0, part);
                    other.write(address + done, chunk, 0, part);
                } else {
                    other.read(address + done, chunk, 0, part);
                    own.put(chunk, 0, part);
                }
                done += part;
            }
        } catch (GuestFault badPage) {
            return done;
        }
        return done;
    }
}
