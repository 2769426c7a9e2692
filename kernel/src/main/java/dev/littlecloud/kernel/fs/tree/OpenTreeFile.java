package dev.littlecloud.kernel.fs.tree;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.fs.Dentry;
import dev.littlecloud.kernel.fs.RegularFile;
import dev.littlecloud.kernel.io.IoBuffer;
import dev.littlecloud.kernel.mm.PageCache;
import dev.littlecloud.kernel.mm.Vma;
import dev.littlecloud.kernel.task.Task;
import org.jspecify.annotations.Nullable;

/** An open regular file of a tree file system. */
final class OpenTreeFile extends RegularFile {
    private final TreeFile file;

    /** What /proc/PID/fd shows of a file without a place in the tree. */
    private final @Nullable String title;

    OpenTreeFile(int flags, @Nullable Dentry dentry, TreeFile file) {
        this(flags, dentry, file, null);
    }

    OpenTreeFile(int flags, @Nullable Dentry dentry, TreeFile file, @Nullable String title) {
        super(flags, dentry, file);
        this.file = file;
        this.title = title;
    }

    @Override
    public String description() {
        return title == null ? super.description() : title;
    }

    @Override
    protected long readAt(IoBuffer buffer, long position) {
        return file.read(buffer, position);
    }

    @Override
    protected long writeAt(IoBuffer buffer, long position, long length) {
        FileSeals seals = file.seals();
        if (seals.has(FileSeals.WRITE | FileSeals.FUTURE_WRITE)) {
            return -Errno.EPERM;
        }
        long allowed = length;
        if (seals.has(FileSeals.GROW) && position + length > file.size()) {
            allowed = file.size() - position;
            if (allowed <= 0) {
                return -Errno.EPERM;
            }
        }
        return file.write(buffer, position, allowed);
    }

    @Override
    protected long maxSize() {
        return TreeFile.MAX_SIZE;
    }

    @Override
    protected long seekData(long position) {
        return file.seekData(position);
    }

    @Override
    protected long seekHole(long position) {
        return file.seekHole(position);
    }

    @Override
    public long allocate(Task task, int mode, long start, long length) {
        FileSeals seals = file.seals();
        long end = start + length;
        if (end < 0 || end > TreeFile.MAX_SIZE) {
            return -Errno.EFBIG;
        }
        boolean keepSize = (mode & KEEP_SIZE) != 0;
        boolean grows = !keepSize && end > file.size();
        if (grows && seals.has(FileSeals.GROW)) {
            return -Errno.EPERM;
        }
        long status;
        switch (mode & ~KEEP_SIZE) {
            case 0 -> status = file.allocate(start, end);
            case PUNCH_HOLE, ZERO_RANGE -> {
                if (seals.has(FileSeals.WRITE | FileSeals.FUTURE_WRITE)) {
                    return -Errno.EPERM;
                }
                status = file.punch(start, end);
            }
            default -> {
                return -Errno.EOPNOTSUPP;
            }
        }
        if (status == 0 && grows) {
            status = file.truncate(end);
        }
        if (status == 0) {
            file.modified(file.tree().now());
        }
        return status;
    }

    @Override
    public long resize(Task task, long size) {
        FileSeals seals = file.seals();
        if ((size < file.size() && seals.has(FileSeals.SHRINK))
                || (size > file.size() && seals.has(FileSeals.GROW))) {
            return -Errno.EPERM;
        }
        return file.truncate(size);
    }

    @Override
    public int refusesMapping(boolean shared, int protection) {
        boolean writes = shared && (protection & Vma.WRITE) != 0;
        boolean sealed = file.seals().has(FileSeals.WRITE | FileSeals.FUTURE_WRITE);
        return writes && sealed ? -Errno.EPERM : 0;
    }

    @Override
    public PageCache pageCache() {
        return file.pageCache();
    }

    @Override
    public long sync(Task task, boolean dataOnly) {
        return 0;
    }
}
