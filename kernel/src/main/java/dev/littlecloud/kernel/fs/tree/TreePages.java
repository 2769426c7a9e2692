package dev.littlecloud.kernel.fs.tree;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.mm.PageCache;

/** A file of a tree file system as pages that address spaces map. */
final class TreePages extends PageCache {
    private final TreeFile file;

    TreePages(TreeFile file) {
        this.file = file;
    }

    @Override
    public long size() {
        return file.size();
    }

    @Override
    public boolean isLasting() {
        return file.isOfImage();
    }

    @Override
    public long pageForRead(long index) {
        return file.pageForRead(index);
    }

    @Override
    public long pageForWrite(long index) {
        return file.pageForWrite(index);
    }

    @Override
    public boolean isPageWritable(long index) {
        return file.isInFrame(index);
    }

    @Override
    public boolean isResident(long index) {
        return file.isData(index);
    }

    @Override
    public boolean isMemory() {
        return file.isMemory();
    }

    @Override
    public int punchHole(long offset, long length) {
        if (file.seals().has(FileSeals.WRITE | FileSeals.FUTURE_WRITE)) {
            return -Errno.EPERM;
        }
        return file.punch(offset, offset + length);
    }

    @Override
    public void written(long firstPage, long pageCount) {
        file.modified(file.tree().now());
    }

    @Override
    public void retain() {
        file.use();
    }

    @Override
    public void release() {
        file.unuse();
    }
}
