package dev.littlecloud.kernel.proc;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.fs.Dentry;
import dev.littlecloud.kernel.fs.FdTable;
import dev.littlecloud.kernel.fs.Inode;
import dev.littlecloud.kernel.fs.Mount;
import dev.littlecloud.kernel.fs.OpenFile;
import dev.littlecloud.kernel.fs.OpenFlags;
import dev.littlecloud.kernel.fs.Opened;
import dev.littlecloud.kernel.fs.pseudo.PseudoFileSystem;
import dev.littlecloud.kernel.fs.pseudo.PseudoLink;
import dev.littlecloud.kernel.task.Task;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** /proc/PID/fd: links to the open files; and /proc/PID/fdinfo: their positions and flags. */
final class FdDirectory extends TargetDirectory {
    private static final int SEEK_CUR = 1;

    /** Mount of what has no place in the tree, as Linux numbers pipes and sockets. */
    private static final int INTERNAL_MOUNT = 15;

    private final boolean isInfo;

    FdDirectory(PseudoFileSystem fileSystem, Target target, boolean isInfo) {
        super(fileSystem, target, isInfo ? 0555 : 0500);
        this.isInfo = isInfo;
    }

    @Override
    public Opened open(Task task, @Nullable Dentry dentry, int flags) {
        return Inspection.isAllowed(task, target())
                ? super.open(task, dentry, flags)
                : Opened.error(Errno.EACCES);
    }

    @Override
    protected @Nullable Inode dynamicChild(Task reader, String name) {
        int fd = Numbers.parse(name);
        OpenFile file = fd < 0 || !Inspection.isAllowed(reader, target()) ? null : file(fd);
        if (file == null) {
            return null;
        }
        return isInfo ? info(fd) : link(fd, file);
    }

    private @Nullable OpenFile file(int fd) {
        Task task = target().task();
        return task == null ? null : task.files().get(fd);
    }

    private Inode link(int fd, OpenFile file) {
        int permissions = 0100 | (file.isReadable() ? 0400 : 0) | (file.isWritable() ? 0200 : 0);
        return PseudoLink.magic(
                pseudoFileSystem(),
                permissions,
                target().credentials().euid(),
                target().credentials().egid(),
                reader -> {
                    OpenFile now = file(fd);
                    return now == null ? null : text(now, reader);
                },
                reader -> {
                    OpenFile now = file(fd);
                    if (now == null) {
                        return null;
                    }
                    Dentry place = now.dentry();
                    return place == null ? new Dentry(now.description(), null, now.inode()) : place;
                });
    }

    private static String text(OpenFile file, Task reader) {
        Dentry place = file.dentry();
        return place == null ? file.description() : place.display(reader.fs().root());
    }

    private Inode info(int fd) {
        return new TargetFile(
                pseudoFileSystem(),
                target(),
                0444,
                true,
                (target, reader) -> {
                    Task task = target.task();
                    OpenFile file = file(fd);
                    return task == null || file == null
                            ? ""
                            : information(task, file, task.files().isCloseOnExec(fd));
                },
                null);
    }

    private static String information(Task task, OpenFile file, boolean closeOnExec) {
        long position = file.isSeekable() ? file.seek(task, 0, SEEK_CUR) : 0;
        int flags = file.flags() | (closeOnExec ? OpenFlags.O_CLOEXEC : 0);
        Mount mount = file.inode().fileSystem().mount();
        return "pos:\t%d\nflags:\t0%o\nmnt_id:\t%d\nino:\t%d\n"
                .formatted(
                        Math.max(0, position),
                        flags,
                        mount == null ? INTERNAL_MOUNT : mount.id(),
                        file.inode().number());
    }

    @Override
    protected List<String> dynamicNames(Task reader) {
        List<String> names = new ArrayList<>();
        Task task = target().task();
        if (task != null) {
            FdTable files = task.files();
            for (int fd = 0; fd < files.size(); fd++) {
                if (files.get(fd) != null) {
                    names.add(String.valueOf(fd));
                }
            }
        }
        return names;
    }
}
