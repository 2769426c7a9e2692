package dev.littlecloud.kernel.ipc;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.fs.AnonymousInode;
import dev.littlecloud.kernel.fs.Inode;
import dev.littlecloud.kernel.fs.OpenFile;
import dev.littlecloud.kernel.fs.OpenFlags;
import dev.littlecloud.kernel.task.PollEvents;
import dev.littlecloud.kernel.task.Task;
import dev.littlecloud.kernel.task.ThreadGroup;
import dev.littlecloud.kernel.task.WaitQueue;

/** A descriptor that refers to a process; pidfd_open(2). Readable once the process has ended. */
public final class PidFd extends OpenFile {
    /** What is kept of a process that has ended. */
    private static final int BYTES = 4096;

    private final ThreadGroup process;

    private PidFd(ThreadGroup process, int flags) {
        super(OpenFlags.O_RDWR | flags);
        this.process = process;
    }

    /** Opens a close-on-exec descriptor for a process: the descriptor or {@code -errno}. */
    public static int install(Task task, ThreadGroup process, int flags) {
        if (!process.kernel().frames().charge(BYTES)) {
            return -Errno.ENOMEM;
        }
        PidFd file = new PidFd(process, flags);
        int fd = task.files().install(file, 0, true, task.group().limits().descriptors());
        if (fd < 0) {
            file.release();
        }
        return fd;
    }

    public ThreadGroup process() {
        return process;
    }

    @Override
    protected void close() {
        process.kernel().frames().uncharge(BYTES);
    }

    @Override
    public int poll() {
        return process.isZombie() ? PollEvents.READABLE : 0;
    }

    @Override
    public WaitQueue waitQueue() {
        return process.exitEvents();
    }

    @Override
    public Inode inode() {
        return AnonymousInode.INSTANCE;
    }

    @Override
    public String description() {
        return "anon_inode:[pidfd]";
    }
}
