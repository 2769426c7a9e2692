package dev.littlecloud.kernel.syscall;

import dev.littlecloud.kernel.Errno;

/**
 * Calls that an instance answers with an error on purpose: those that need a capability which no
 * program here has, and those of features that a Linux can be built without.
 */
final class RefusedCalls {
    private RefusedCalls() {}

    static void register(SyscallTable table) {
        administration(table);
        tracing(table);
        features(table);
        old(table);
    }

    private static void administration(SyscallTable table) {
        table.refused(103, "syslog", Errno.EPERM, "needs CAP_SYSLOG");
        table.refused(163, "acct", Errno.EPERM, "needs CAP_SYS_PACCT");
        table.refused(169, "reboot", Errno.EPERM, "needs CAP_SYS_BOOT");
        table.refused(172, "iopl", Errno.EPERM, "needs CAP_SYS_RAWIO");
        table.refused(173, "ioperm", Errno.EPERM, "needs CAP_SYS_RAWIO");
        table.refused(175, "init_module", Errno.EPERM, "needs CAP_SYS_MODULE");
        table.refused(176, "delete_module", Errno.EPERM, "needs CAP_SYS_MODULE");
        table.refused(313, "finit_module", Errno.EPERM, "needs CAP_SYS_MODULE");
        table.refused(246, "kexec_load", Errno.EPERM, "needs CAP_SYS_BOOT");
        table.refused(320, "kexec_file_load", Errno.EPERM, "needs CAP_SYS_BOOT");
    }

    private static void tracing(SyscallTable table) {
        table.refused(298, "perf_event_open", Errno.EPERM, "needs CAP_PERFMON");
        table.refused(321, "bpf", Errno.EPERM, "needs CAP_BPF");
        table.refused(323, "userfaultfd", Errno.EPERM, "needs CAP_SYS_PTRACE");
    }

    private static void features(SyscallTable table) {
        table.refused(154, "modify_ldt", Errno.ENOSYS, "segments are not a program's to change");
        table.refused(205, "set_thread_area", Errno.ENOSYS, "of 32-bit programs");
        table.refused(211, "get_thread_area", Errno.ENOSYS, "of 32-bit programs");
        table.refused(248, "add_key", Errno.ENOSYS, "built without keys");
        table.refused(249, "request_key", Errno.ENOSYS, "built without keys");
        table.refused(250, "keyctl", Errno.ENOSYS, "built without keys");
        for (int i = 0; i < 3; i++) {
            String name = SyscallNames.of(425 + i);
            table.refused(425 + i, name, Errno.ENOSYS, "built without io_uring");
            name = SyscallNames.of(444 + i);
            table.refused(444 + i, name, Errno.ENOSYS, "built without Landlock");
        }
        table.refused(447, "memfd_secret", Errno.ENOSYS, "switched off, as by default");
    }

    private static void old(SyscallTable table) {
        String note = "not in current versions of Linux either";
        int[] numbers = {134, 156, 174, 177, 178, 180, 181, 182, 183, 184, 185, 212, 214, 215, 236};
        for (int number : numbers) {
            table.refused(number, SyscallNames.of(number), Errno.ENOSYS, note);
        }
        table.refused(139, "sysfs", Errno.EINVAL, "obsolete");
    }
}
