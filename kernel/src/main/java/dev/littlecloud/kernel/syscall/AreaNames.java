package dev.littlecloud.kernel.syscall;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.mm.Frames;
import dev.littlecloud.kernel.task.Task;

/** Names that programs give to their anonymous memory; prctl(2), PR_SET_VMA. */
final class AreaNames {
    private static final int ANON_NAME = 0;
    private static final int NAME_BYTES = 80;

    private AreaNames() {}

    static long set(Task task, long what, long start, long length, long nameAddress) {
        if (what != ANON_NAME) {
            return -Errno.EINVAL;
        }
        String name = "";
        if (nameAddress != 0) {
            String given = task.memory().readString(nameAddress, NAME_BYTES);
            if (given == null || !isPlain(given)) {
                return -Errno.EINVAL;
            }
            name = "[anon:" + given + "]";
        }
        long end = start + ((length + Frames.SIZE - 1) & -Frames.SIZE);
        if ((start & (Frames.SIZE - 1)) != 0 || Long.compareUnsigned(end, start) < 0) {
            return -Errno.EINVAL;
        }
        if (start == end) {
            return 0;
        }
        String shown = name;
        boolean[] hasFile = {false};
        int result =
                task.space()
                        .changes()
                        .forEachArea(
                                start,
                                end,
                                area -> {
                                    if (area.file() == null) {
                                        area.name(shown);
                                    } else {
                                        hasFile[0] = true;
                                    }
                                });
        return result == 0 && hasFile[0] ? -Errno.EBADF : result;
    }

    private static boolean isPlain(String name) {
        // What /proc/PID/maps could not show as it is; prctl(2).
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c <= 0x1F || c >= 0x7F || "\\`$[]".indexOf(c) >= 0) {
                return false;
            }
        }
        return true;
    }
}
