package dev.littlecloud.kernel.proc;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.fs.Dentry;
import dev.littlecloud.kernel.fs.OpenFlags;
import dev.littlecloud.kernel.fs.Opened;
import dev.littlecloud.kernel.fs.pseudo.PseudoFile;
import dev.littlecloud.kernel.fs.pseudo.PseudoFileSystem;
import dev.littlecloud.kernel.task.Task;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** A file of /proc/sys. It can be read; changing it is refused, as in a container of Docker. */
final class Sysctl extends PseudoFile {
    private final Text text;

    Sysctl(PseudoFileSystem fileSystem, Text text) {
        super(fileSystem, 0644);
        this.text = text;
    }

    @Override
    public Opened open(Task task, @Nullable Dentry dentry, int flags) {
        return (flags & OpenFlags.O_ACCMODE) == OpenFlags.O_RDONLY
                ? super.open(task, dentry, flags)
                : Opened.error(Errno.EROFS);
    }

    @Override
    protected byte[] contents(Task reader) {
        return (text.text(reader) + "\n").getBytes(StandardCharsets.ISO_8859_1);
    }
}
