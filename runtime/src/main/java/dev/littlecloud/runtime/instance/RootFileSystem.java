package dev.littlecloud.runtime.instance;

import dev.littlecloud.image.Image;
import dev.littlecloud.kernel.Kernel;
import dev.littlecloud.kernel.fs.Mount;
import dev.littlecloud.kernel.fs.Vfs;
import dev.littlecloud.kernel.fs.tree.BlobSource;
import dev.littlecloud.kernel.fs.tree.TreeFs;
import dev.littlecloud.kernel.fs.tree.TreeStorage;

/** Builds an instance's tree of files from its image. */
final class RootFileSystem {
    private static final int ROOT_MINOR = 30;
    private static final int ANONYMOUS_MINOR = 1;

    private RootFileSystem() {}

    static Vfs build(Kernel kernel, Image image, boolean readOnly) {
        BlobSource blob = new BlobSource(ImageBlobs.of(image.tree()), kernel.guestMemory());
        Vfs[] vfs = new Vfs[1];
        TreeStorage storage =
                new TreeStorage(
                        kernel.frames(),
                        kernel.guestMemory().ram(),
                        kernel.clock(),
                        blob,
                        () -> vfs[0].devices());
        TreeFs root =
                TreeFs.overlay(
                        ROOT_MINOR, storage, ImageRoot.of(image.tree()), image.tree().nodeCount());
        TreeFs anonymous = TreeFs.tmpfs(ANONYMOUS_MINOR, storage, 01777);
        vfs[0] = new Vfs(root, root.root(), anonymous, readOnly ? Mount.READ_ONLY : 0);
        return vfs[0];
    }
}
