package dev.littlecloud.runtime.instance;

import dev.littlecloud.image.tree.ImageNode;
import dev.littlecloud.image.tree.ImageTree;
import dev.littlecloud.kernel.fs.DeviceNumber;
import dev.littlecloud.kernel.fs.tree.LowerNode;
import java.util.Map;

/** An image's tree as the kernel's file system sees it. Stateless, like the nodes it shows. */
public final class ImageRoot implements LowerNode {
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private final ImageNode node;

    private ImageRoot(ImageNode node) {
        this.node = node;
    }

    public static LowerNode of(ImageTree tree) {
        return new ImageRoot(tree.root());
    }

    /** One node of the tree, by its number. */
    public static LowerNode of(ImageTree tree, int number) {
        return new ImageRoot(tree.node(number));
    }

    @Override
    public long number() {
        return node.inode();
    }

    @Override
    public int mode() {
        return node.mode();
    }

    @Override
    public int uid() {
        return node.uid();
    }

    @Override
    public int gid() {
        return node.gid();
    }

    @Override
    public int links() {
        return node.linkCount();
    }

    @Override
    public long modifyTime() {
        return node.mtimeSeconds() * NANOS_PER_SECOND + node.mtimeNanos();
    }

    @Override
    public long size() {
        return node instanceof ImageNode.RegularFile file ? file.size() : 0;
    }

    @Override
    public long blobOffset() {
        return node instanceof ImageNode.RegularFile file ? file.blobOffset() : 0;
    }

    @Override
    public String linkText() {
        return node instanceof ImageNode.Symlink link ? link.target() : "";
    }

    @Override
    public long device() {
        return node instanceof ImageNode.Device device
                ? DeviceNumber.of(device.major(), device.minor())
                : 0;
    }

    @Override
    public Map<String, byte[]> extendedAttributes() {
        return node.xattrs();
    }

    @Override
    public int childCount() {
        return node instanceof ImageNode.Directory directory ? directory.childCount() : 0;
    }

    @Override
    public String childName(int index) {
        return directory().childName(index);
    }

    @Override
    public LowerNode child(int index) {
        return new ImageRoot(directory().child(index));
    }

    @Override
    public int find(String name) {
        return directory().find(name);
    }

    private ImageNode.Directory directory() {
        return (ImageNode.Directory) node;
    }
}
