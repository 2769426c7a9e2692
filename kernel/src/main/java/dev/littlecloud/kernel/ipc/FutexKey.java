package dev.littlecloud.kernel.ipc;

import dev.littlecloud.kernel.mm.PageCache;
import dev.littlecloud.kernel.mm.Vma;
import dev.littlecloud.kernel.task.Task;
import org.jspecify.annotations.Nullable;

/**
 * What makes two words of memory the same futex: address space and address, or file and offset
 * where the memory is shared.
 */
record FutexKey(Object owner, long position) {
    static FutexKey of(Task task, long address, boolean isPrivate) {
        if (!isPrivate) {
            Vma area = task.space().areaAt(address);
            PageCache file = area == null ? null : area.file();
            if (area != null && area.isShared() && file != null) {
                return new FutexKey(file, area.fileOffset() + address - area.start());
            }
        }
        return new FutexKey(task.space(), address);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof FutexKey(Object otherOwner, long otherPosition)
                && otherOwner == owner
                && otherPosition == position;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(owner) * 31 + Long.hashCode(position);
    }
}
