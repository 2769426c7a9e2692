package dev.littlecloud.kernel.fs.pseudo;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.fs.Dentry;
import dev.littlecloud.kernel.fs.InodeFile;
import dev.littlecloud.kernel.fs.Whence;
import dev.littlecloud.kernel.io.IoBuffer;
import dev.littlecloud.kernel.mm.Frames;
import dev.littlecloud.kernel.task.Task;
import org.jspecify.annotations.Nullable;

/** An open pseudo file: the text that its reader sees, which the instance is charged for. */
final class OpenPseudoFile extends InodeFile {
    private static final int MAX_WRITE = 64 * 1024;

    private final PseudoFile file;
    private byte @Nullable [] contents;
    private @Nullable Frames charged;

    OpenPseudoFile(int flags, @Nullable Dentry dentry, PseudoFile file) {
        super(flags, dentry, file);
        this.file = file;
    }

    @Override
    public long read(Task task, IoBuffer buffer, long at) {
        long position = at == AT_OFFSET ? offset : at;
        byte[] text = contents;
        if (text == null || position == 0) {
            text = file.contents(task);
            if (!keep(text, task.kernel().frames())) {
                return -Errno.ENOMEM;
            }
        }
        if (position >= text.length) {
            return 0;
        }
        int length = (int) Math.min(buffer.remaining(), text.length - position);
        buffer.put(text, (int) position, length);
        if (at == AT_OFFSET) {
            offset += length;
        }
        return length;
    }

    private boolean keep(byte[] text, Frames frames) {
        forget();
        if (!frames.charge(text.length)) {
            return false;
        }
        contents = text;
        charged = frames;
        return true;
    }

    private void forget() {
        byte[] text = contents;
        if (text != null && charged != null) {
            charged.uncharge(text.length);
            contents = null;
        }
    }

    @Override
    protected void close() {
        forget();
        super.close();
    }

    @Override
    public long write(Task task, IoBuffer buffer, long at) {
        long position = at == AT_OFFSET ? offset : at;
        byte[] data = new byte[(int) Math.min(buffer.remaining(), MAX_WRITE)];
        buffer.get(data, 0, data.length);
        long written = file.write(task, data, position);
        if (written > 0 && at == AT_OFFSET) {
            offset += written;
        }
        return written;
    }

    @Override
    public boolean isSeekable() {
        return true;
    }

    @Override
    public long seek(Task task, long distance, int whence) {
        if (whence == Whence.END) {
            return -Errno.EINVAL;
        }
        long target = Whence.resolve(distance, whence, offset, 0);
        if (target >= 0) {
            offset = target;
        }
        return target;
    }
}
