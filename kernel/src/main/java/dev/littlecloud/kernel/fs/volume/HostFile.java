package dev.littlecloud.kernel.fs.volume;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** An open regular file of the host. Calls answer a value or {@code -errno} and do not throw. */
public interface HostFile extends AutoCloseable {
    /** Why it could not be opened, a positive error number; 0 where it is open. */
    int errno();

    boolean isWritable();

    int attributes(HostAttributes result);

    /** Reads up to the target's size from a position. */
    long read(MemorySegment target, long position);

    /** Writes the source's bytes to a position. */
    long write(MemorySegment source, long position);

    int truncate(long size);

    /**
     * @param mode as fallocate(2)
     */
    int allocate(int mode, long start, long length);

    int sync(boolean dataOnly);

    /**
     * @param whence SEEK_DATA or SEEK_HOLE of lseek(2)
     */
    long seek(long position, int whence);

    /** Gives an open file without a name its first one, a path in the volume. */
    int linkAs(String path);

    /** Maps a page-aligned range, shared; null where that is not possible. */
    @Nullable MemorySegment map(long position, long length);

    void unmap(MemorySegment mapping);

    @Override
    void close();
}
