package dev.littlecloud.kernel.proc;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.fs.Dentry;
import dev.littlecloud.kernel.fs.Inode;
import dev.littlecloud.kernel.fs.InodeFile;
import dev.littlecloud.kernel.fs.Opened;
import dev.littlecloud.kernel.fs.pseudo.PseudoFileSystem;
import dev.littlecloud.kernel.io.IoBuffer;
import dev.littlecloud.kernel.mm.AddressSpace;
import dev.littlecloud.kernel.mm.ForeignAccess;
import dev.littlecloud.kernel.task.Task;
import org.jspecify.annotations.Nullable;

/** /proc/PID/mem: a process's memory at its addresses, whatever the rights there are. */
final class MemoryFile extends TargetFile {
    private final Target target;

    MemoryFile(PseudoFileSystem fileSystem, Target target) {
        super(fileSystem, target, 0600, true, (of, reader) -> "", null);
        this.target = target;
    }

    @Override
    public Opened open(Task task, @Nullable Dentry dentry, int flags) {
        if (!Inspection.isAllowed(task, target)) {
            return Opened.error(Errno.EACCES);
        }
        if (!target.mayBeKept()) {
            return Opened.error(Errno.ENOMEM);
        }
        AddressSpace space = target.space();
        return space == null
                ? Opened.error(Errno.ESRCH)
                : Opened.of(new Open(flags, dentry, this, space));
    }

    /** An open memory file; it stays with the program that ran when it was opened. */
    private final class Open extends InodeFile {
        private static final int CHUNK = 4096;
        private static final int SEEK_SET = 0;
        private static final int SEEK_CUR = 1;

        private final AddressSpace space;

        Open(int flags, @Nullable Dentry dentry, Inode inode, AddressSpace space) {
            super(flags, dentry, inode);
            this.space = space;
        }

        @Override
        public long read(Task task, IoBuffer buffer, long at) {
            return transfer(buffer, at, false);
        }

        @Override
        public long write(Task task, IoBuffer buffer, long at) {
            return transfer(buffer, at, true);
        }

        private long transfer(IoBuffer buffer, long at, boolean writes) {
            if (target.space() != space) {
                // The program is gone: nothing to read, as on Linux.
                return 0;
            }
            ForeignAccess memory = space.inspection();
            long address = at == AT_OFFSET ? offset : at;
            long wanted = buffer.remaining();
            byte[] chunk = new byte[(int) Math.min(wanted, CHUNK)];
            long done = 0;
            int moved = chunk.length;
            while (done < wanted && moved == chunk.length) {
                int part = (int) Math.min(chunk.length, wanted - done);
                if (writes) {
                    buffer.get(chunk, 0, part);
                    moved = memory.write(address + done, chunk, 0, part);
                } else {
                    moved = memory.read(address + done, chunk, 0, part);
                    buffer.put(chunk, 0, moved);
                }
                done += moved;
            }
            if (done == 0) {
                return wanted == 0 ? 0 : -Errno.EIO;
            }
            if (at == AT_OFFSET) {
                offset += done;
            }
            return done;
        }

        @Override
        public boolean isSeekable() {
            return true;
        }

        @Override
        public long seek(Task task, long distance, int whence) {
            if (whence != SEEK_SET && whence != SEEK_CUR) {
                return -Errno.EINVAL;
            }
            offset = whence == SEEK_SET ? distance : offset + distance;
            return offset;
        }
    }
}
