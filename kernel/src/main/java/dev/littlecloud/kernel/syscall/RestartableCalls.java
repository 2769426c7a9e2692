package dev.littlecloud.kernel.syscall;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.mm.GuestFault;
import dev.littlecloud.kernel.task.RestartableSequence;
import dev.littlecloud.kernel.task.Task;
import dev.littlecloud.machine.PageTables;

/** rseq(2). */
final class RestartableCalls {
    private static final int UNREGISTER = 1;

    /** The first published size, which is the alignment, too, and the least that later ones have. */
    private static final int FIRST_BYTES = 32;

    private RestartableCalls() {}

    static void register(SyscallTable table) {
        table.full(334, "rseq", "ptr,int,hex,hex", (Handler.Call4) RestartableCalls::rseq);
    }

    private static long rseq(Task task, long area, long bytes, long flags, long signature)
            throws GuestFault {
        RestartableSequence known = task.restartableSequence();
        if ((flags & UNREGISTER) != 0) {
            if ((int) flags != UNREGISTER || known == null || !known.isAt(area, (int) bytes)) {
                return -Errno.EINVAL;
            }
            if (!known.hasSignature((int) signature)) {
                return -Errno.EPERM;
            }
            known.unregister(task.memory());
            task.restartableSequence(null);
            return 0;
        }
        if ((int) flags != 0) {
            return -Errno.EINVAL;
        }
        if (known != null) {
            if (!known.isAt(area, (int) bytes)) {
                return -Errno.EINVAL;
            }
            return known.hasSignature((int) signature) ? -Errno.EBUSY : -Errno.EPERM;
        }
        long length = Integer.toUnsignedLong((int) bytes);
        if (length < FIRST_BYTES || area % FIRST_BYTES != 0) {
            return -Errno.EINVAL;
        }
        if (Long.compareUnsigned(area, PageTables.USER_END - length) > 0) {
            return -Errno.EFAULT;
        }
        task.restartableSequence(
                RestartableSequence.register(task, area, (int) bytes, (int) signature));
        return 0;
    }
}
