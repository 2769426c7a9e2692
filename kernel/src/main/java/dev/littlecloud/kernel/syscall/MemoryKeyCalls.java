package dev.littlecloud.kernel.syscall;

import dev.littlecloud.kernel.Errno;

/** pkeys(7) as on processors without protection keys: none can be had. */
final class MemoryKeyCalls {
    private static final int NO_KEY = -1;
    private static final int ALL_RIGHTS = 3;

    private MemoryKeyCalls() {}

    static void register(SyscallTable table) {
        table.full(
                329,
                "pkey_mprotect",
                "ptr,long,hex,int",
                (Handler.Call4)
                        (task, address, bytes, protection, key) ->
                                (int) key == NO_KEY
                                        ? MapCalls.mprotect(task, address, bytes, protection)
                                        : -Errno.EINVAL);
        table.full(
                330,
                "pkey_alloc",
                "hex,hex",
                (Handler.Call2)
                        (task, flags, rights) ->
                                flags != 0 || (rights & ~ALL_RIGHTS) != 0
                                        ? -Errno.EINVAL
                                        : -Errno.ENOSPC);
        table.full(331, "pkey_free", "int", (Handler.Call1) (task, key) -> -Errno.EINVAL);
    }
}
