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
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Mounts what the user wants the guest to see of this host. */
public final class Volumes {
    private Volumes() {}

    /** Mounts all volumes. Before the first process starts, with the lock held. */
    public static void mount(Kernel kernel, InstanceFiles files, List<VolumeMount> volumes) {
        List<VolumeMount> ordered = outerFirst(volumes);
        for (int i = 0; i < ordered.size(); i++) {
            mount(kernel, files, ordered.get(i), i);
        }
    }

    private static List<VolumeMount> outerFirst(List<VolumeMount> volumes) {
        return volumes.stream().sorted(Comparator.comparing(VolumeMount::guestPath)).toList();
    }

    /**
     * Opens the volumes of an instance that was frozen, by their numbers. They are the kernel's to
     * close once it is made.
     */
    public static List<HostTree> open(List<VolumeMount> volumes) {
        List<HostTree> opened = new ArrayList<>(volumes.size());
        try {
            for (VolumeMount volume : outerFirst(volumes)) {
                opened.add(HostTree.open(volume.hostPath(), opened.size()));
            }
            return opened;
        } catch (InstanceException missing) {
            opened.forEach(HostTree::close);
            throw missing;
        }
    }

    private static void mount(Kernel kernel, InstanceFiles files, VolumeMount volume, int number) {
        HostTree host = HostTree.open(volume.hostPath(), number);
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
