package dev.littlecloud.kernel.fs;

import dev.littlecloud.kernel.Errno;
import java.util.concurrent.atomic.AtomicLong;

/** The inode of an open file that is nowhere in the tree: a pipe, a socket, an eventfd. */
public class AnonymousInode extends Inode {
    /** Only have to be unlikely to repeat, so all instances may draw from one sequence. */
    private static final AtomicLong NUMBERS = new AtomicLong(1000);

    /**
     * What open files without attributes of their own share: epoll sets, event counters, pidfds.
     * Instances share it too, so nothing about it can be changed.
     */
    public static final AnonymousInode INSTANCE =
            new AnonymousInode(1, 0600, 0, 0) {
                @Override
                public int changeMode(int permissions) {
                    return -Errno.EOPNOTSUPP;
                }

                @Override
                public int changeOwner(int newUid, int newGid) {
                    return -Errno.EOPNOTSUPP;
                }

                @Override
                public int changeTimes(long access, long modify) {
                    return -Errno.EOPNOTSUPP;
                }
            };

    /**
     * @param mode type and permission bits
     */
    public AnonymousInode(int mode, int uid, int gid) {
        this(NUMBERS.incrementAndGet(), mode, uid, gid);
    }

    private AnonymousInode(long number, int mode, int uid, int gid) {
        super(number, mode, uid, gid);
    }
}
