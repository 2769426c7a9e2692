package dev.littlecloud.kernel.syscall;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.fs.ExtendedAttributes;
import dev.littlecloud.kernel.fs.FoundFile;
import dev.littlecloud.kernel.fs.Inode;
import dev.littlecloud.kernel.fs.Permissions;
import dev.littlecloud.kernel.fs.Vfs;
import dev.littlecloud.kernel.fs.watch.WatchEvents;
import dev.littlecloud.kernel.task.Credentials;
import dev.littlecloud.kernel.task.Task;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Extended attributes; xattr(7). */
final class ExtendedAttributeCalls {
    private static final int MAX_NAME = 255;
    private static final int MAX_VALUE = 65536;
    private static final int XATTR_CREATE = 1;
    private static final int XATTR_REPLACE = 2;
    private static final int NO_FOLLOW = Vfs.AT_SYMLINK_NOFOLLOW;

    private ExtendedAttributeCalls() {}

    /** How a call names its file: by path with flags, or by descriptor. */
    private static int find(Task task, long file, int flags) {
        return flags < 0
                ? PathArguments.findOpen(task, file)
                : PathArguments.find(task, Vfs.AT_FDCWD, file, flags);
    }

    private static final int BY_DESCRIPTOR = -1;

    static void register(SyscallTable table) {
        registerSet(table, 188, "setxattr", "path", 0);
        registerSet(table, 189, "lsetxattr", "path", NO_FOLLOW);
        registerSet(table, 190, "fsetxattr", "fd", BY_DESCRIPTOR);
        registerGet(table, 191, "getxattr", "path", 0);
        registerGet(table, 192, "lgetxattr", "path", NO_FOLLOW);
        registerGet(table, 193, "fgetxattr", "fd", BY_DESCRIPTOR);
        registerList(table, 194, "listxattr", "path", 0);
        registerList(table, 195, "llistxattr", "path", NO_FOLLOW);
        registerList(table, 196, "flistxattr", "fd", BY_DESCRIPTOR);
        registerRemove(table, 197, "removexattr", "path", 0);
        registerRemove(table, 198, "lremovexattr", "path", NO_FOLLOW);
        registerRemove(table, 199, "fremovexattr", "fd", BY_DESCRIPTOR);
    }

    private static void registerSet(
            SyscallTable table, int number, String name, String file, int flags) {
        Handler.Call5 handler =
                (task, a, attribute, value, size, how) -> {
                    int status = find(task, a, flags);
                    return status != 0 ? status : set(task, attribute, value, size, how);
                };
        table.full(number, name, file + ",path,ptr,int,hex", handler);
    }

    private static void registerGet(
            SyscallTable table, int number, String name, String file, int flags) {
        Handler.Call4 handler =
                (task, a, attribute, value, size) -> {
                    int status = find(task, a, flags);
                    return status != 0 ? status : get(task, attribute, value, size);
                };
        table.full(number, name, file + ",path,ptr,int", handler);
    }

    private static void registerList(
            SyscallTable table, int number, String name, String file, int flags) {
        Handler.Call3 handler =
                (task, a, list, size) -> {
                    int status = find(task, a, flags);
                    return status != 0 ? status : list(task, list, size);
                };
        table.full(number, name, file + ",ptr,int", handler);
    }

    private static void registerRemove(
            SyscallTable table, int number, String name, String file, int flags) {
        Handler.Call2 handler =
                (task, a, attribute) -> {
                    int status = find(task, a, flags);
                    return status != 0 ? status : remove(task, attribute);
                };
        table.full(number, name, file + ",path", handler);
    }

    /** The attribute's name, or null: ERANGE. */
    private static @Nullable String name(Task task, long address) {
        String name = task.memory().readString(address, MAX_NAME + 1);
        return name == null || name.isEmpty() ? null : name;
    }

    /** Whether the task may use attributes of this name space: 0 or {@code -errno}. */
    private static int check(Task task, Inode inode, String name, boolean write) {
        Credentials who = task.credentials();
        if (write && inode.fileSystem().isReadOnly()) {
            return -Errno.EROFS;
        }
        if (name.equals("user.") || name.equals("trusted.") || name.equals("security.")) {
            return -Errno.EINVAL;
        }
        if (name.startsWith("user.")) {
            boolean carries = inode.isRegular() || inode.isDirectory();
            if (!carries) {
                return write ? -Errno.EPERM : -Errno.ENODATA;
            }
            if (write
                    && inode.isDirectory()
                    && (inode.mode() & Inode.S_ISVTX) != 0
                    && !Permissions.isOwner(who, inode)) {
                return -Errno.EPERM;
            }
            return Permissions.check(who, inode, write ? Permissions.WRITE : Permissions.READ);
        }
        if (name.startsWith("trusted.")) {
            boolean admin = who.has(Credentials.CAP_SYS_ADMIN);
            return admin ? 0 : write ? -Errno.EPERM : -Errno.ENODATA;
        }
        if (name.startsWith("security.")) {
            int capability =
                    name.equals("security.capability")
                            ? Credentials.CAP_SETFCAP
                            : Credentials.CAP_SYS_ADMIN;
            return !write || who.has(capability) ? 0 : -Errno.EPERM;
        }
        return -Errno.EOPNOTSUPP;
    }

    private static long set(Task task, long nameAddress, long value, long size, long flags) {
        if ((flags & ~(XATTR_CREATE | XATTR_REPLACE)) != 0) {
            return -Errno.EINVAL;
        }
        String name = name(task, nameAddress);
        if (name == null) {
            return -Errno.ERANGE;
        }
        if (size < 0 || size > MAX_VALUE) {
            return -Errno.E2BIG;
        }
        byte[] bytes = new byte[(int) size];
        task.memory().read(value, bytes, 0, bytes.length);
        FoundFile found = Vfs.of(task).found();
        Inode inode = found.inode();
        int status = check(task, inode, name, true);
        if (status != 0) {
            return status;
        }
        ExtendedAttributes attributes = inode.extendedAttributes();
        if (attributes == null) {
            return -Errno.EOPNOTSUPP;
        }
        boolean exists = attributes.get(name) != null;
        if (exists && (flags & XATTR_CREATE) != 0) {
            return -Errno.EEXIST;
        }
        if (!exists && (flags & XATTR_REPLACE) != 0) {
            return -Errno.ENODATA;
        }
        status = attributes.set(name, bytes);
        return status != 0 ? status : changed(task, found);
    }

    private static long changed(Task task, FoundFile found) {
        found.inode().changed(Vfs.now(task));
        WatchEvents.attributes(found.dentry(), found.inode());
        return 0;
    }

    private static long get(Task task, long nameAddress, long address, long size) {
        String name = name(task, nameAddress);
        if (name == null) {
            return -Errno.ERANGE;
        }
        Inode inode = Vfs.of(task).found().inode();
        int status = check(task, inode, name, false);
        if (status != 0) {
            return status;
        }
        ExtendedAttributes attributes = inode.extendedAttributes();
        if (attributes == null) {
            return -Errno.EOPNOTSUPP;
        }
        byte[] value = attributes.get(name);
        return value == null ? -Errno.ENODATA : answer(task, value, address, size);
    }

    private static long answer(Task task, byte[] value, long address, long size) {
        if (size == 0) {
            return value.length;
        }
        if (size < value.length) {
            return -Errno.ERANGE;
        }
        task.memory().write(address, value, 0, value.length);
        return value.length;
    }

    private static long list(Task task, long address, long size) {
        ExtendedAttributes attributes = Vfs.of(task).found().inode().extendedAttributes();
        if (attributes == null) {
            return 0;
        }
        boolean admin = task.credentials().has(Credentials.CAP_SYS_ADMIN);
        StringBuilder names = new StringBuilder();
        for (String name : attributes.names()) {
            if (admin || !name.startsWith("trusted.")) {
                names.append(name).append('\0');
            }
        }
        return answer(task, names.toString().getBytes(StandardCharsets.ISO_8859_1), address, size);
    }

    private static long remove(Task task, long nameAddress) {
        String name = name(task, nameAddress);
        if (name == null) {
            return -Errno.ERANGE;
        }
        FoundFile found = Vfs.of(task).found();
        int status = check(task, found.inode(), name, true);
        if (status != 0) {
            return status;
        }
        ExtendedAttributes attributes = found.inode().extendedAttributes();
        if (attributes == null) {
            return -Errno.EOPNOTSUPP;
        }
        status = attributes.remove(name);
        return status != 0 ? status : changed(task, found);
    }
}
