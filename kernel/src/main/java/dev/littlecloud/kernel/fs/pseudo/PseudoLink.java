package dev.littlecloud.kernel.fs.pseudo;

import dev.littlecloud.kernel.freeze.Freezable;
import dev.littlecloud.kernel.fs.Dentry;
import dev.littlecloud.kernel.fs.FileSystem;
import dev.littlecloud.kernel.fs.Inode;
import dev.littlecloud.kernel.task.Task;
import org.jspecify.annotations.Nullable;

/** A symbolic link of a pseudo file system, ordinary or magic. */
public abstract class PseudoLink extends Inode {
    /** What readlink(2) shows; null where the link leads nowhere now. */
    @FunctionalInterface
    public interface LinkText extends Freezable {
        @Nullable String text(Task reader);
    }

    /** Where a magic link leads; null where there is nothing. */
    @FunctionalInterface
    public interface Target extends Freezable {
        @Nullable Dentry find(Task reader);
    }

    private final PseudoFileSystem fileSystem;

    protected PseudoLink(PseudoFileSystem fileSystem, int permissions, int uid, int gid) {
        super(fileSystem.nextInode(), S_IFLNK | permissions, uid, gid);
        this.fileSystem = fileSystem;
        long now = fileSystem.now();
        times(now, now, now);
    }

    /** A link whose text is made for who asks (/proc/self). */
    public static PseudoLink to(PseudoFileSystem fileSystem, PseudoFile.Text text) {
        return new PseudoLink(fileSystem, 0777, 0, 0) {
            @Override
            public String linkText(Task task) {
                return text.text(task);
            }
        };
    }

    /**
     * A link that leads to a file and not along its text (/proc/PID/fd/N, exe, cwd, root).
     *
     * @param permissions as stat(2) shows them; for fd links they tell how the file is open
     * @param text what readlink(2) shows
     * @param target the file, null where there is none. For open files without a place in the tree
     *     (pipes) make one: {@code new Dentry(description, null, inode)}
     */
    public static PseudoLink magic(
            PseudoFileSystem fileSystem,
            int permissions,
            int uid,
            int gid,
            LinkText text,
            Target target) {
        return new PseudoLink(fileSystem, permissions, uid, gid) {
            @Override
            public @Nullable String linkText(Task task) {
                return text.text(task);
            }

            @Override
            public boolean isMagicLink() {
                return true;
            }

            @Override
            public @Nullable Dentry magicTarget(Task task) {
                return target.find(task);
            }
        };
    }

    @Override
    public final FileSystem fileSystem() {
        return fileSystem;
    }
}
