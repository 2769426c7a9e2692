package dev.littlecloud.kernel.syscall;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.fs.OpenFile;
import dev.littlecloud.kernel.mm.UserMemory;
import dev.littlecloud.kernel.net.Ancillary;
import dev.littlecloud.kernel.net.InetSocket;
import dev.littlecloud.kernel.net.Message;
import dev.littlecloud.kernel.net.PeerCredentials;
import dev.littlecloud.kernel.net.Socket;
import dev.littlecloud.kernel.net.SocketConstants;
import dev.littlecloud.kernel.task.Credentials;
import dev.littlecloud.kernel.task.Task;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** {@code struct cmsghdr}: what goes beside the bytes of a message; cmsg(3), unix(7), ip(7). */
final class ControlMessages {
    private static final int HEADER_BYTES = 16;
    private static final int SCM_RIGHTS = 1;
    private static final int SCM_CREDENTIALS = 2;
    private static final int SO_TIMESTAMP = 29;
    private static final int CREDENTIALS_BYTES = 12;

    /** net.core.optmem_max of Linux. */
    private static final int MAX_BYTES = 131072;

    private ControlMessages() {}

    /** Reads what a sender passes into {@code message}: 0 or {@code -errno}. */
    static long read(Task task, Socket socket, long control, long length, Message message) {
        if (control == 0 || length == 0) {
            return 0;
        }
        if (length < 0 || length > MAX_BYTES) {
            return -Errno.ENOBUFS;
        }
        UserMemory memory = task.memory();
        OpenFile[] files = null;
        PeerCredentials credentials = null;
        long status = 0;
        for (long at = 0; status == 0 && length - at >= HEADER_BYTES; ) {
            long size = memory.readLong(control + at);
            if (size < HEADER_BYTES || size > length - at) {
                status = -Errno.EINVAL;
                break;
            }
            int level = memory.readInt(control + at + 8);
            int type = memory.readInt(control + at + 12);
            long data = control + at + HEADER_BYTES;
            int bytes = (int) size - HEADER_BYTES;
            if (level == SocketConstants.SOL_SOCKET && socket.family() == SocketConstants.AF_UNIX) {
                if (type == SCM_RIGHTS) {
                    socket.stack().beforeSendingFiles();
                    OpenFile[] more = files(task, data, bytes);
                    status = more == null ? filesError(bytes) : 0;
                    files = more == null ? files : join(files, more);
                } else if (type == SCM_CREDENTIALS) {
                    credentials = credentials(memory, data, bytes);
                    status = check(task, credentials);
                } else {
                    status = -Errno.EINVAL;
                }
            } else if (level == SocketConstants.SOL_SOCKET) {
                status = -Errno.EINVAL;
            } else {
                status = PacketMessages.read(memory, level, type, data, bytes, message);
            }
            at += size + 7 & ~7L;
        }
        if (status != 0) {
            release(files);
            return status;
        }
        if (files != null || credentials != null) {
            message.ancillary = new Ancillary(files == null ? new OpenFile[0] : files, credentials);
        }
        return 0;
    }

    /** The open files of descriptors, each with a new reference; null: see filesError. */
    private static OpenFile @Nullable [] files(Task task, long data, int bytes) {
        int count = bytes / 4;
        if (count > Ancillary.MAX_FILES) {
            return null;
        }
        OpenFile[] found = new OpenFile[count];
        for (int i = 0; i < count; i++) {
            OpenFile file = task.files().get(task.memory().readInt(data + 4L * i));
            if (file == null) {
                release(Arrays.copyOf(found, i));
                return null;
            }
            file.retain();
            found[i] = file;
        }
        return found;
    }

    private static long filesError(int bytes) {
        return bytes / 4 > Ancillary.MAX_FILES ? -Errno.EINVAL : -Errno.EBADF;
    }

    private static OpenFile[] join(OpenFile @Nullable [] first, OpenFile[] second) {
        if (first == null) {
            return second;
        }
        OpenFile[] all = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, all, first.length, second.length);
        return all;
    }

    private static void release(OpenFile @Nullable [] files) {
        if (files != null) {
            for (OpenFile file : files) {
                file.release();
            }
        }
    }

    private static @Nullable PeerCredentials credentials(UserMemory memory, long data, int bytes) {
        return bytes < CREDENTIALS_BYTES
                ? null
                : new PeerCredentials(
                        memory.readInt(data), memory.readInt(data + 4), memory.readInt(data + 8));
    }

    /** Who may claim to be somebody: unix(7), SCM_CREDENTIALS. */
    private static long check(Task task, @Nullable PeerCredentials claimed) {
        if (claimed == null) {
            return -Errno.EINVAL;
        }
        Credentials own = task.credentials();
        boolean pid = claimed.pid() == task.group().pid() || own.has(Credentials.CAP_SYS_ADMIN);
        boolean uid =
                claimed.uid() == own.uid()
                        || claimed.uid() == own.euid()
                        || claimed.uid() == own.suid()
                        || own.has(Credentials.CAP_SETUID);
        boolean gid =
                claimed.gid() == own.gid()
                        || claimed.gid() == own.egid()
                        || claimed.gid() == own.sgid()
                        || own.has(Credentials.CAP_SETGID);
        return pid && uid && gid ? 0 : -Errno.EPERM;
    }

    /** Writes what came to a receiver: bytes of the control buffer used. */
    static long write(Task task, Socket socket, long control, long room, Message message) {
        long used = 0;
        long left = control == 0 ? 0 : Math.max(room, 0);
        if (socket.options().showsTimestamp() && message.address != null) {
            long micros = task.kernel().clock().realtimeNanos() / 1000;
            used +=
                    put(
                            task.memory(),
                            control + used,
                            left - used,
                            SocketConstants.SOL_SOCKET,
                            SO_TIMESTAMP,
                            message,
                            longs(micros / 1_000_000, micros % 1_000_000));
        }
        if (socket instanceof InetSocket inet) {
            used += PacketMessages.write(task.memory(), control + used, left - used, inet, message);
        }
        Ancillary ancillary = message.ancillary;
        if (socket.options().passesCredentials()) {
            PeerCredentials sender = ancillary == null ? null : ancillary.credentials();
            PeerCredentials shown = sender == null ? new PeerCredentials(0, 65534, 65534) : sender;
            used +=
                    put(
                            task.memory(),
                            control + used,
                            left - used,
                            SocketConstants.SOL_SOCKET,
                            SCM_CREDENTIALS,
                            message,
                            ints(shown.pid(), shown.uid(), shown.gid()));
        }
        if (ancillary != null && ancillary.hasFiles()) {
            used += putFiles(task, control + used, left - used, message, ancillary);
        }
        message.dropAncillary();
        return used;
    }

    private static long putFiles(
            Task task, long address, long room, Message message, Ancillary ancillary) {
        OpenFile[] files = ancillary.takeFiles();
        boolean cloexec = message.has(SocketConstants.MSG_CMSG_CLOEXEC);
        UserMemory memory = task.memory();
        long fitting = Math.max(0, (room - HEADER_BYTES) / 4);
        int installed = 0;
        for (int i = 0; i < files.length; i++) {
            if (installed == i && i < fitting) {
                long fd = Descriptors.install(task, files[i], cloexec);
                if (fd >= 0) {
                    memory.writeInt(address + HEADER_BYTES + 4L * i, (int) fd);
                    installed++;
                }
            } else {
                files[i].release();
            }
        }
        if (installed < files.length) {
            message.received |= SocketConstants.MSG_CTRUNC;
        }
        if (installed == 0) {
            return 0;
        }
        int size = HEADER_BYTES + 4 * installed;
        header(memory, address, size, SocketConstants.SOL_SOCKET, SCM_RIGHTS);
        return Math.min(room, size + 7L & ~7L);
    }

    /** Writes one control message, cut to the room there is: bytes used with padding. */
    static long put(
            UserMemory memory,
            long address,
            long room,
            int level,
            int type,
            Message message,
            byte[] data) {
        if (room < HEADER_BYTES) {
            message.received |= SocketConstants.MSG_CTRUNC;
            return 0;
        }
        int size = HEADER_BYTES + data.length;
        if (size > room) {
            message.received |= SocketConstants.MSG_CTRUNC;
            size = (int) room;
        }
        header(memory, address, size, level, type);
        memory.write(address + HEADER_BYTES, data, 0, size - HEADER_BYTES);
        return Math.min(room, size + 7L & ~7L);
    }

    private static void header(UserMemory memory, long address, long size, int level, int type) {
        memory.writeLong(address, size);
        memory.writeInt(address + 8, level);
        memory.writeInt(address + 12, type);
    }

    static byte[] ints(int... values) {
        byte[] bytes = new byte[values.length * 4];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (values[i / 4] >>> (8 * (i % 4)));
        }
        return bytes;
    }

    private static byte[] longs(long... values) {
        byte[] bytes = new byte[values.length * 8];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (values[i / 8] >>> (8 * (i % 8)));
        }
        return bytes;
    }
}
