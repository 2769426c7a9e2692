package dev.littlecloud.kernel.proc;

import dev.littlecloud.kernel.ipc.sysv.IpcObject;
import dev.littlecloud.kernel.ipc.sysv.IpcTable;
import dev.littlecloud.kernel.ipc.sysv.SystemV;

/** /proc/sysvipc: what ipcs(1) reads. */
final class SystemVTexts {
    private static final String MESSAGES =
            "       key      msqid perms      cbytes       qnum lspid lrpid   uid   gid  cuid  cgid"
                    + "      stime      rtime      ctime\n";
    private static final String SEMAPHORES =
            "       key      semid perms      nsems   uid   gid  cuid  cgid      otime      ctime\n";
    private static final String SEGMENTS =
            "       key      shmid perms                  size  cpid  lpid nattch   uid   gid  cuid"
                    + "  cgid      atime      dtime      ctime                   rss"
                    + "                  swap\n";

    private SystemVTexts() {}

    static String messages(SystemV objects) {
        return table(MESSAGES, objects.queues());
    }

    static String semaphores(SystemV objects) {
        return table(SEMAPHORES, objects.semaphores());
    }

    static String segments(SystemV objects) {
        return table(SEGMENTS, objects.segments());
    }

    private static <T extends IpcObject> String table(String header, IpcTable<T> objects) {
        StringBuilder text = new StringBuilder(header);
        for (T object : objects.all()) {
            text.append(object.describe());
        }
        return text.toString();
    }
}
