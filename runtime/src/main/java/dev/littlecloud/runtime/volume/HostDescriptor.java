package dev.littlecloud.runtime.volume;

import dev.littlecloud.kernel.fs.volume.HostAttributes;
import dev.littlecloud.kernel.fs.volume.HostFile;
import dev.littlecloud.sys.FileTree;
import dev.littlecloud.sys.Files;
import dev.littlecloud.sys.Mappings;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** An open regular file of this host, or why it could not be opened. */
final class HostDescriptor implements HostFile {
    private final HostTree tree;
    private final int fd;
    private final boolean writable;

    /**
     * @param fd a descriptor, owned from now on, or {@code -errno}
     */
    HostDescriptor(HostTree tree, int fd, boolean writable) {
        this.tree = tree;
        this.fd = fd;
        this.writable = writable;
    }

    @Override
    public int errno() {
        return Math.max(0, -fd);
    }

    @Override
    public boolean isWritable() {
        return writable;
    }

    @Override
    public int attributes(HostAttributes result) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment statx = arena.allocate(FileTree.STATX_BYTES, 8);
            int status = FileTree.attributes(fd, "", statx);
            if (status == 0) {
                HostTree.take(statx, result);
            }
            return status;
        }
    }

    @Override
    public long read(MemorySegment target, long position) {
        return Files.read(fd, target, position);
    }

    @Override
    public long write(MemorySegment source, long position) {
        return Files.write(fd, source, position);
    }

    @Override
    public int truncate(long size) {
        return Files.truncate(fd, size);
    }

    @Override
    public int allocate(int mode, long start, long length) {
        return Files.allocate(fd, mode, start, length);
    }

    @Override
    public int sync(boolean dataOnly) {
        return FileTree.sync(fd, dataOnly);
    }

    @Override
    public long seek(long position, int whence) {
        return FileTree.seek(fd, position, whence);
    }

    @Override
    public int linkAs(String path) {
        return tree.linkDescriptor(fd, path);
    }

    @Override
    public @Nullable MemorySegment map(long position, long length) {
        int protection = Mappings.PROT_READ | (writable ? Mappings.PROT_WRITE : 0);
        long address = Mappings.map(0, length, protection, Mappings.MAP_SHARED, fd, position);
        return address < 0 ? null : Mappings.segment(address, length);
    }

    @Override
    public void unmap(MemorySegment mapping) {
        Mappings.unmap(mapping.address(), mapping.byteSize());
    }

    @Override
    public void close() {
        if (fd >= 0) {
            Files.close(fd);
            tree.closed();
        }
    }
}
