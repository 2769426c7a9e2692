package dev.littlecloud.kernel.fs.pipe;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.fs.Dentry;
import dev.littlecloud.kernel.fs.Inode;
import dev.littlecloud.kernel.fs.OpenFlags;
import dev.littlecloud.kernel.fs.Opened;
import dev.littlecloud.kernel.mm.Frames;
import dev.littlecloud.kernel.task.PendingCall;
import dev.littlecloud.kernel.task.Task;
import org.jspecify.annotations.Nullable;

/** Opens a pipe by a name; fifo(7). */
public final class Fifo {
    private final Pipe pipe;

    public Fifo(Inode inode, @Nullable Frames frames) {
        this.pipe = new Pipe(inode, frames);
    }

    public Pipe pipe() {
        return pipe;
    }

    /** Opens an end; without O_NONBLOCK it waits for the other one. */
    public Opened open(Task task, @Nullable Dentry dentry, int flags) {
        int access = flags & OpenFlags.O_ACCMODE;
        boolean nonblocking = (flags & OpenFlags.O_NONBLOCK) != 0;
        if (access == OpenFlags.O_WRONLY && nonblocking && pipe.readers() == 0) {
            return Opened.error(Errno.ENXIO);
        }
        PipeEnd end = new PipeEnd(flags, dentry, pipe);
        boolean waits =
                !nonblocking
                        && ((access == OpenFlags.O_RDONLY && pipe.writers() == 0)
                                || (access == OpenFlags.O_WRONLY && pipe.readers() == 0));
        if (!waits) {
            return Opened.of(end);
        }
        task.pending(new Opening(end));
        return Opened.status(task.blockOn(pipe.openWaiters()));
    }

    /** The other end has come at least once since, or is awaited still. */
    public static final class Opening implements PendingCall {
        private final PipeEnd end;
        private final int readers;
        private final int writers;

        Opening(PipeEnd end) {
            this.end = end;
            this.readers = end.pipe().readerGeneration();
            this.writers = end.pipe().writerGeneration();
        }

        /** Goes on with an open that waited. */
        public Opened resume(Task task) {
            Pipe pipe = end.pipe();
            boolean met =
                    end.isReadable()
                            ? pipe.writerGeneration() != writers
                            : pipe.readerGeneration() != readers;
            if (!met) {
                return Opened.status(task.blockOn(pipe.openWaiters()));
            }
            task.pending(null);
            return Opened.of(end);
        }

        @Override
        public void cancel(Task task) {
            end.release();
        }
    }
}
