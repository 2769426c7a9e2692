package dev.littlecloud.kernel.proc;

import dev.littlecloud.kernel.fs.Dentry;
import dev.littlecloud.kernel.fs.DeviceNumber;
import dev.littlecloud.kernel.fs.Mount;
import dev.littlecloud.kernel.fs.Vfs;
import dev.littlecloud.kernel.task.Task;

/** The tables of mounted file systems: mounts, mountinfo, mountstats. */
final class Mounts {
    /** Parent of the root, which an instance cannot see. */
    private static final int OUTSIDE = 1;

    private Mounts() {}

    static String mounts(Target target, Task reader) {
        StringBuilder text = new StringBuilder();
        for (Mount mount : Vfs.of(reader).mounts()) {
            text.append(
                    "%s %s %s %s 0 0\n"
                            .formatted(
                                    Escapes.column(mount.source()),
                                    Escapes.column(mount.path()),
                                    mount.fileSystem().type(),
                                    mount.options()));
        }
        return text.toString();
    }

    static String mountInfo(Target target, Task reader) {
        StringBuilder text = new StringBuilder();
        for (Mount mount : Vfs.of(reader).mounts()) {
            long device = mount.fileSystem().deviceNumber();
            text.append(
                    "%d %d %d:%d / %s %s - %s %s %s\n"
                            .formatted(
                                    mount.id(),
                                    parent(mount),
                                    DeviceNumber.major(device),
                                    DeviceNumber.minor(device),
                                    Escapes.column(mount.path()),
                                    mount.options(),
                                    mount.fileSystem().type(),
                                    Escapes.column(mount.source()),
                                    mount.isReadOnly() ? "ro" : "rw"));
        }
        return text.toString();
    }

    private static int parent(Mount mount) {
        Dentry covered = mount.covered();
        Mount above = covered == null ? null : covered.inode().fileSystem().mount();
        return above == null ? OUTSIDE : above.id();
    }

    static String mountStatistics(Target target, Task reader) {
        StringBuilder text = new StringBuilder();
        for (Mount mount : Vfs.of(reader).mounts()) {
            text.append(
                    "device %s mounted on %s with fstype %s\n"
                            .formatted(
                                    Escapes.column(mount.source()),
                                    Escapes.column(mount.path()),
                                    mount.fileSystem().type()));
        }
        return text.toString();
    }
}
