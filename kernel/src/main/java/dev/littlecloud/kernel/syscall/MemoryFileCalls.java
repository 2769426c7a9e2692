package dev.littlecloud.kernel.syscall;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.fs.OpenFile;
import dev.littlecloud.kernel.fs.Vfs;
import dev.littlecloud.kernel.task.Task;

/** memfd_create(2). */
final class MemoryFileCalls {
    private static final int MFD_CLOEXEC = 1;
    private static final int MFD_ALLOW_SEALING = 2;
    private static final int MFD_NOEXEC_SEAL = 8;
    private static final int MFD_EXEC = 16;
    private static final int KNOWN = MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_NOEXEC_SEAL | MFD_EXEC;

    /** Longest name with its NUL: NAME_MAX without the prefix "memfd:". */
    private static final int NAME_LIMIT = 250;

    private MemoryFileCalls() {}

    static void register(SyscallTable table) {
        table.partial(
                319,
                "memfd_create",
                "path,hex",
                (Handler.Call2) MemoryFileCalls::create,
                "MFD_HUGETLB answers EINVAL, as without huge pages");
    }

    private static long create(Task task, long nameAddress, long flags) {
        boolean both = (flags & (MFD_EXEC | MFD_NOEXEC_SEAL)) == (MFD_EXEC | MFD_NOEXEC_SEAL);
        if ((flags & ~KNOWN) != 0 || both) {
            return -Errno.EINVAL;
        }
        String name = task.memory().readString(nameAddress, NAME_LIMIT);
        if (name == null) {
            return -Errno.EINVAL;
        }
        boolean noExecute = (flags & MFD_NOEXEC_SEAL) != 0;
        boolean sealable = noExecute || (flags & MFD_ALLOW_SEALING) != 0;
        OpenFile file =
                Vfs.of(task)
                        .anonymousFiles()
                        .memoryFile(name, task.credentials(), sealable, noExecute ? 0666 : 0777);
        return file == null
                ? -Errno.ENOMEM
                : Descriptors.install(task, file, (flags & MFD_CLOEXEC) != 0);
    }
}
