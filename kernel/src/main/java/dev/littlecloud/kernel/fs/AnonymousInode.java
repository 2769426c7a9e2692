package dev.littlecloud.kernel.fs;

/** What files without a place in the tree share: epoll sets, event counters, pidfds. */
public final class AnonymousInode extends Inode {
    public static final AnonymousInode INSTANCE = new AnonymousInode();

    private AnonymousInode() {
        super(1, 0600, 0, 0);
    }
}
