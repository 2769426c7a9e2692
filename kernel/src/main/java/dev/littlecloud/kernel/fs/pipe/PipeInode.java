package dev.littlecloud.kernel.fs.pipe;

import dev.littlecloud.kernel.fs.AnonymousInode;
import dev.littlecloud.kernel.fs.Dentry;
import dev.littlecloud.kernel.fs.FileSystem;
import dev.littlecloud.kernel.fs.Inode;
import dev.littlecloud.kernel.fs.Opened;
import dev.littlecloud.kernel.mm.Frames;
import dev.littlecloud.kernel.task.Task;
import org.jspecify.annotations.Nullable;

/**
 * The inode of a pipe without a name. Opening it again works through /proc/PID/fd, and never waits
 * for the other end.
 */
public final class PipeInode extends AnonymousInode {
    private static final FileSystem PIPES = new FileSystem("pipefs", 13, 0x50495045L) {};

    private final Fifo fifo;

    /**
     * @param frames what the bytes in it are charged to, or null
     */
    public PipeInode(@Nullable Frames frames, int uid, int gid, long now) {
        super(Inode.S_IFIFO | 0600, uid, gid);
        fifo = new Fifo(this, frames);
        times(now, now, now);
    }

    public Pipe pipe() {
        return fifo.pipe();
    }

    @Override
    public FileSystem fileSystem() {
        return PIPES;
    }

    @Override
    public Opened open(Task task, @Nullable Dentry dentry, int flags) {
        return Opened.of(new PipeEnd(flags, dentry, pipe()));
    }
}
