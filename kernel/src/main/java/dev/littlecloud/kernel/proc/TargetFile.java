package dev.littlecloud.kernel.proc;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.freeze.Freezable;
import dev.littlecloud.kernel.fs.Dentry;
import dev.littlecloud.kernel.fs.Opened;
import dev.littlecloud.kernel.fs.pseudo.PseudoFile;
import dev.littlecloud.kernel.fs.pseudo.PseudoFileSystem;
import dev.littlecloud.kernel.task.Task;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** A file in a process's or thread's directory; it belongs to whom the process belongs to. */
class TargetFile extends PseudoFile {
    /** Makes the text, one char per byte. */
    @FunctionalInterface
    interface Text extends Freezable {
        String text(Target target, Task reader);
    }

    /** Takes what was written: bytes taken or {@code -errno}. */
    @FunctionalInterface
    interface Change extends Freezable {
        long write(Target target, Task writer, String text);
    }

    private final Target target;
    private final boolean restricted;
    private final Text text;
    private final @Nullable Change change;

    TargetFile(
            PseudoFileSystem fileSystem,
            Target target,
            int permissions,
            boolean restricted,
            Text text,
            @Nullable Change change) {
        super(fileSystem, permissions);
        this.target = target;
        this.restricted = restricted;
        this.text = text;
        this.change = change;
        refresh();
    }

    @Override
    public int refresh() {
        attributes(mode(), target.credentials().euid(), target.credentials().egid(), links());
        return 0;
    }

    @Override
    public Opened open(Task task, @Nullable Dentry dentry, int flags) {
        if (restricted && !Inspection.isAllowed(task, target)) {
            return Opened.error(Errno.EACCES);
        }
        return target.mayBeKept() ? super.open(task, dentry, flags) : Opened.error(Errno.ENOMEM);
    }

    @Override
    protected final void busy() {
        target.keep();
    }

    @Override
    protected final void idle() {
        target.letGo();
    }

    @Override
    protected byte[] contents(Task reader) {
        return text.text(target, reader).getBytes(StandardCharsets.ISO_8859_1);
    }

    @Override
    protected long write(Task writer, byte[] data, long offset) {
        Change taker = change;
        if (taker == null) {
            return -Errno.EINVAL;
        }
        if (!Inspection.isAllowed(writer, target)) {
            return -Errno.EACCES;
        }
        long result =
                taker.write(target, writer, new String(data, StandardCharsets.ISO_8859_1).strip());
        return result < 0 ? result : data.length;
    }
}
