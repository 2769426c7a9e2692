package dev.littlecloud.kernel.fs.device;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.fs.Dentry;
import dev.littlecloud.kernel.fs.FileSystemRoot;
import dev.littlecloud.kernel.fs.Inode;
import dev.littlecloud.kernel.fs.InodeFile;
import dev.littlecloud.kernel.fs.Opened;
import dev.littlecloud.kernel.fs.tree.TreeFile;
import dev.littlecloud.kernel.io.IoBuffer;
import dev.littlecloud.kernel.mm.PageCache;
import dev.littlecloud.kernel.task.Task;
import org.jspecify.annotations.Nullable;

/** The devices of major 1: null, zero, full, random, urandom; mem(4), null(4), random(4). */
final class MemoryDevices {
    private static final int MAJOR = 1;
    static final int NULL = 3;
    static final int ZERO = 5;
    static final int FULL = 7;
    static final int RANDOM = 8;
    static final int URANDOM = 9;

    private MemoryDevices() {}

    static void register(DeviceTable table) {
        for (int minor : new int[] {NULL, ZERO, FULL, RANDOM, URANDOM}) {
            table.register(
                    MAJOR,
                    minor,
                    (task, dentry, node, flags) ->
                            Opened.of(
                                    new MemoryDevice(
                                            task.kernel().files(), flags, dentry, node, minor)));
        }
    }

    private static final class MemoryDevice extends InodeFile {
        private static final int RNDGETENTCNT = 0x80045200;
        private static final int ENTROPY_BITS = 256;

        /** Most bytes of one read, as on Linux; random(4). */
        private static final long MAX_RANDOM = 33554431;

        /** Randomness takes its time. */
        private static final long RANDOM_AT_ONCE = 256 << 10;

        private final int minor;

        private final FileSystemRoot files;

        MemoryDevice(
                FileSystemRoot files, int flags, @Nullable Dentry dentry, Inode node, int minor) {
            super(flags, dentry, node);
            this.files = files;
            this.minor = minor;
        }

        @Override
        public @Nullable PageCache pageCache() {
            // mem(4): each mapping of /dev/zero is new anonymous memory.
            return minor == ZERO
                    ? files.anonymousFile("dev/zero", TreeFile.MAX_SIZE).pageCache()
                    : null;
        }

        @Override
        public long read(Task task, IoBuffer buffer, long at) {
            long length = buffer.remaining();
            switch (minor) {
                case NULL -> {
                    return 0;
                }
                case ZERO, FULL -> buffer.putZeros(length);
                default -> {
                    length = Math.clamp(MAX_RANDOM - task.progress(), 0, length);
                    random(task, buffer, length);
                }
            }
            return length;
        }

        @Override
        public long mostAtOnce() {
            return minor == RANDOM || minor == URANDOM ? RANDOM_AT_ONCE : super.mostAtOnce();
        }

        private static void random(Task task, IoBuffer buffer, long length) {
            byte[] chunk = new byte[(int) Math.min(length, 4096)];
            for (long done = 0; done < length; ) {
                int part = (int) Math.min(chunk.length, length - done);
                task.kernel().random(chunk);
                buffer.put(chunk, 0, part);
                done += part;
            }
        }

        @Override
        public long write(Task task, IoBuffer buffer, long at) {
            return minor == FULL ? -Errno.ENOSPC : buffer.remaining();
        }

        @Override
        public boolean isSeekable() {
            return true;
        }

        @Override
        public long seek(Task task, long distance, int whence) {
            // null_lseek of Linux: the offset is 0 for ever.
            return 0;
        }

        @Override
        public long ioctl(Task task, int request, long argument) {
            if (request == RNDGETENTCNT && (minor == RANDOM || minor == URANDOM)) {
                task.memory().writeInt(argument, ENTROPY_BITS);
                return 0;
            }
            return -Errno.ENOTTY;
        }
    }
}
