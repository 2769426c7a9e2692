package dev.littlecloud.kernel.fs.volume;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.fs.Dentry;
import dev.littlecloud.kernel.fs.RegularFile;
import dev.littlecloud.kernel.fs.Whence;
import dev.littlecloud.kernel.io.IoBuffer;
import dev.littlecloud.kernel.mm.PageCache;
import dev.littlecloud.kernel.task.Task;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** An open regular file of a volume. */
final class OpenVolumeFile extends RegularFile {
    private final VolumeFile file;

    OpenVolumeFile(int flags, @Nullable Dentry dentry, VolumeFile file) {
        super(flags, dentry, file);
        this.file = file;
    }

    private HostFile host() {
        return file.handle(isWritable());
    }

    @Override
    protected long readAt(IoBuffer buffer, long position) {
        MemorySegment chunk = file.volume().transfer();
        HostFile host = host();
        if (host.errno() != 0) {
            return -host.errno();
        }
        long wanted = buffer.remaining();
        long done = 0;
        while (done < wanted) {
            long length = Math.min(chunk.byteSize(), wanted - done);
            long read = host.read(chunk.asSlice(0, length), position + done);
            if (read <= 0) {
                return done > 0 ? done : read;
            }
            buffer.put(chunk, 0, read);
            done += read;
            if (read < length) {
                break;
            }
        }
        return done;
    }

    @Override
    protected long writeAt(IoBuffer buffer, long position, long length) {
        MemorySegment chunk = file.volume().transfer();
        HostFile host = host();
        if (host.errno() != 0) {
            return -host.errno();
        }
        long done = 0;
        while (done < length) {
            long part = Math.min(chunk.byteSize(), length - done);
            long before = buffer.position();
            buffer.get(chunk, 0, part);
            long written = host.write(chunk.asSlice(0, part), position + done);
            if (written < part) {
                buffer.position(before + Math.max(written, 0));
            }
            if (written <= 0) {
                return done > 0 ? done : written;
            }
            done += written;
            file.grown(position + done);
            if (written < part) {
                break;
            }
        }
        return done;
    }

    @Override
    protected long maxSize() {
        return Long.MAX_VALUE;
    }

    @Override
    protected long seekData(long position) {
        return host().seek(position, Whence.DATA);
    }

    @Override
    protected long seekHole(long position) {
        return host().seek(position, Whence.HOLE);
    }

    @Override
    public long allocate(Task task, int mode, long start, long length) {
        HostFile host = host();
        return host.errno() != 0 ? -Errno.EBADF : host.allocate(mode, start, length);
    }

    @Override
    public long resize(Task task, long size) {
        return file.truncate(size);
    }

    @Override
    public PageCache pageCache() {
        return file.pageCache();
    }

    @Override
    public long sync(Task task, boolean dataOnly) {
        return host().sync(dataOnly);
    }
}
