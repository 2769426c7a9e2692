package dev.littlecloud.kernel.guard;

import dev.littlecloud.kernel.fs.AnonymousInode;
import dev.littlecloud.kernel.fs.Inode;
import dev.littlecloud.kernel.fs.OpenFile;
import dev.littlecloud.kernel.fs.OpenFlags;
import dev.littlecloud.kernel.io.IoBuffer;
import dev.littlecloud.kernel.mm.PageCache;
import dev.littlecloud.kernel.task.Task;
import java.util.function.Consumer;

/** An open file of the test's: what the program does with it runs the test's code in the kernel. */
final class HookedFile extends OpenFile {
    private final Consumer<Task> onRead;
    private final Runnable onClose;

    HookedFile(Consumer<Task> onRead, Runnable onClose) {
        super(OpenFlags.O_RDONLY);
        this.onRead = onRead;
        this.onClose = onClose;
    }

    static HookedFile onRead(Consumer<Task> hook) {
        return new HookedFile(hook, () -> {});
    }

    static HookedFile onClose(Runnable hook) {
        return new HookedFile(task -> {}, hook);
    }

    @Override
    public long read(Task task, IoBuffer buffer, long at) {
        onRead.accept(task);
        return 0;
    }

    @Override
    public PageCache pageCache() {
        return new PageCache() {
            @Override
            public long size() {
                return 4096;
            }

            @Override
            public long pageForRead(long index) {
                throw new IllegalStateException("injected");
            }

            @Override
            public long pageForWrite(long index) {
                throw new IllegalStateException("injected");
            }

            @Override
            public boolean isPageWritable(long index) {
                return false;
            }

            @Override
            public boolean isResident(long index) {
                return false;
            }

            @Override
            public void retain() {}

            @Override
            public void release() {}
        };
    }

    @Override
    protected void close() {
        onClose.run();
    }

    @Override
    public Inode inode() {
        return AnonymousInode.INSTANCE;
    }

    @Override
    public String description() {
        return "hooked";
    }
}
