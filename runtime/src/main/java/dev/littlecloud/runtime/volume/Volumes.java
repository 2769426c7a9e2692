package dev.littlecloud.runtime.volume;

import dev.littlecloud.kernel.Kernel;
import dev.littlecloud.kernel.fs.Boot;
import dev.littlecloud.kernel.fs.Dentry;
import dev.littlecloud.kernel.fs.Inode;
import dev.littlecloud.kernel.fs.InstanceFiles;
import dev.littlecloud.kernel.fs.Mount;
import dev.littlecloud.kernel.fs.volume.VolumeFs;
import dev.littlecloud.runtime.InstanceException;
import dev.littlecloud.runtime.VolumeMount;
import java.util.Comparator;
import java.util.List;

/** Mounts what the user wants the guest to see of this host. */
public final class Volumes {
    private Volumes() {}

    /** Mounts all volumes, outer ones first. Before the first process starts, with the lock held. */
    public static void mount(Kernel kernel, InstanceFiles files, List<VolumeMount> volumes) {
        Comparator<VolumeMount> outerFirst = Comparator.comparing(VolumeMount::guestPath);
        for (VolumeMount volume : volumes.stream().sorted(outerFirst).toList()) {
            mount(kernel, files, volume);
        }
    }

    private static void mount(Kernel kernel, InstanceFiles files, VolumeMount volume) {
        HostTree host = HostTree.open(volume.hostPath());
        kernel.atEnd(host::close);
        VolumeFs fileSystem = new VolumeFs(files.newMinor(), host, kernel);
        Inode root = fileSystem.root();
        if (root == null || !root.isDirectory() && !root.isRegular()) {
            throw new InstanceException(
                    "cannot use %s as a volume: it is neither a directory nor a regular file"
                            .formatted(volume.hostPath()));
        }
        Boot boot = files.boot();
        Dentry place =
                root.isDirectory()
                        ? boot.directory(volume.guestPath())
                        : boot.file(volume.guestPath());
        if (place.inode().isDirectory() != root.isDirectory()) {
            throw new InstanceException(
                    "cannot mount %s on %s: one is a directory, the other a file"
                            .formatted(volume.hostPath(), volume.guestPath()));
        }
        int flags = Mount.NO_SUID | Mount.NO_DEVICES | (volume.readOnly() ? Mount.READ_ONLY : 0);
        files.vfs().mount(fileSystem, root, place, "volume", flags);
    }
}
