package dev.littlecloud.kernel.fs.pseudo;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.freeze.Freezable;
import dev.littlecloud.kernel.fs.Dentry;
import dev.littlecloud.kernel.fs.FileSystem;
import dev.littlecloud.kernel.fs.Inode;
import dev.littlecloud.kernel.fs.Opened;
import dev.littlecloud.kernel.task.Task;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A file whose contents are made when it is read. The contents are taken once per open file and
 * again when a read starts at offset 0, so that one reader sees one consistent text.
 */
public abstract class PseudoFile extends Inode {
    /** Makes a text for the task that reads; one char per byte. */
    @FunctionalInterface
    public interface Text extends Freezable {
        String text(Task reader);
    }

    /**
     * The same text for everybody. Not a lambda: one that can be frozen is made anew in each process
     * of the JVM, which a start waits for.
     */
    record FixedText(String text) implements Text {
        @Override
        public String text(Task reader) {
            return text;
        }
    }

    private final PseudoFileSystem fileSystem;

    protected PseudoFile(PseudoFileSystem fileSystem, int permissions) {
        this(fileSystem, permissions, 0, 0);
    }

    protected PseudoFile(PseudoFileSystem fileSystem, int permissions, int uid, int gid) {
        super(fileSystem.nextInode(), S_IFREG | permissions, uid, gid);
        this.fileSystem = fileSystem;
        long now = fileSystem.now();
        times(now, now, now);
    }

    /** A read-only file with the given text. */
    public static PseudoFile of(PseudoFileSystem fileSystem, int permissions, Text text) {
        return new PseudoFile(fileSystem, permissions) {
            @Override
            protected byte[] contents(Task reader) {
                return text.text(reader).getBytes(StandardCharsets.ISO_8859_1);
            }
        };
    }

    /** The contents now. */
    protected abstract byte[] contents(Task reader);

    /**
     * Takes what was written, by one write(2) call, at most 64 KiB.
     *
     * @return bytes taken or {@code -errno}
     */
    protected long write(Task writer, byte[] data, long offset) {
        return -Errno.EIO;
    }

    @Override
    public int truncate(long size) {
        return 0;
    }

    @Override
    public final FileSystem fileSystem() {
        return fileSystem;
    }

    @Override
    public Opened open(Task task, @Nullable Dentry dentry, int flags) {
        return Opened.of(new OpenPseudoFile(flags, dentry, this));
    }
}
