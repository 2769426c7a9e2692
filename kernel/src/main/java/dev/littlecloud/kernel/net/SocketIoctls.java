package dev.littlecloud.kernel.net;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.mm.UserMemory;
import dev.littlecloud.kernel.task.Task;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** ioctl(2) of sockets: netdevice(7), FIONREAD and SIOCOUTQ. */
final class SocketIoctls {
    private static final int FIONREAD = 0x541B;
    private static final int SIOCOUTQ = 0x5411;
    private static final int SIOCATMARK = 0x8905;
    private static final int SIOCGIFNAME = 0x8910;
    private static final int SIOCGIFCONF = 0x8912;
    private static final int SIOCGIFFLAGS = 0x8913;
    private static final int SIOCSIFFLAGS = 0x8914;
    private static final int SIOCGIFADDR = 0x8915;
    private static final int SIOCSIFADDR = 0x8916;
    private static final int SIOCGIFDSTADDR = 0x8917;
    private static final int SIOCGIFBRDADDR = 0x8919;
    private static final int SIOCGIFNETMASK = 0x891B;
    private static final int SIOCGIFMETRIC = 0x891D;
    private static final int SIOCGIFMTU = 0x8921;
    private static final int SIOCSIFMTU = 0x8922;
    private static final int SIOCGIFHWADDR = 0x8927;
    private static final int SIOCGIFINDEX = 0x8933;
    private static final int SIOCGIFTXQLEN = 0x8942;

    /** IFNAMSIZ. */
    private static final int NAME_BYTES = 16;

    /** sizeof(struct ifreq). */
    private static final int REQUEST_BYTES = 40;

    private SocketIoctls() {}

    static long answer(Socket socket, Task task, int request, long argument) {
        UserMemory memory = task.memory();
        switch (request) {
            case FIONREAD -> {
                if (socket.isListening()) {
                    return -Errno.EINVAL;
                }
                memory.writeInt(argument, (int) socket.readableBytes());
                return 0;
            }
            case SIOCOUTQ -> {
                memory.writeInt(argument, (int) socket.unsentBytes());
                return 0;
            }
            case SIOCATMARK -> {
                memory.writeInt(argument, socket.isAtMark() ? 1 : 0);
                return 0;
            }
            case SIOCGIFCONF -> {
                return list(socket.stack(), memory, argument);
            }
            case SIOCGIFNAME -> {
                return name(socket.stack(), memory, argument);
            }
            case SIOCSIFFLAGS, SIOCSIFADDR, SIOCSIFMTU -> {
                return -Errno.EPERM;
            }
            default -> {
                boolean netdevice = request >= SIOCGIFFLAGS && request <= SIOCGIFTXQLEN;
                return netdevice
                        ? attribute(socket.stack(), memory, request, argument)
                        : -Errno.ENOTTY;
            }
        }
    }

    private static long attribute(
            NetworkStack stack, UserMemory memory, int request, long argument) {
        NetworkInterface found = find(stack, readName(memory, argument));
        if (found == null) {
            return -Errno.ENODEV;
        }
        long value = argument + NAME_BYTES;
        switch (request) {
            case SIOCGIFFLAGS -> memory.writeShort(value, (short) found.flags());
            case SIOCGIFADDR, SIOCGIFDSTADDR -> writeAddress(memory, value, found.address());
            case SIOCGIFBRDADDR -> writeAddress(memory, value, found.broadcast());
            case SIOCGIFNETMASK -> writeAddress(memory, value, found.netmask());
            case SIOCGIFMETRIC -> memory.writeInt(value, 0);
            case SIOCGIFMTU -> memory.writeInt(value, found.mtu());
            case SIOCGIFINDEX -> memory.writeInt(value, found.index());
            case SIOCGIFTXQLEN -> memory.writeInt(value, 1000);
            case SIOCGIFHWADDR -> {
                memory.writeZeros(value, NAME_BYTES);
                memory.writeShort(value, (short) found.hardwareType());
                memory.write(value + 2, found.hardwareAddress(), 0, 6);
            }
            default -> {
                return -Errno.ENOTTY;
            }
        }
        return 0;
    }

    private static @Nullable NetworkInterface find(NetworkStack stack, String name) {
        for (NetworkInterface one : NetworkInterface.of(stack.config())) {
            if (one.name().equals(name)) {
                return one;
            }
        }
        return null;
    }

    private static String readName(UserMemory memory, long address) {
        byte[] bytes = new byte[NAME_BYTES];
        memory.read(address, bytes, 0, NAME_BYTES);
        int length = 0;
        while (length < NAME_BYTES && bytes[length] != 0 && bytes[length] != ':') {
            length++;
        }
        return new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
    }

    private static void writeName(UserMemory memory, long address, String name) {
        memory.writeZeros(address, NAME_BYTES);
        byte[] bytes = name.getBytes(StandardCharsets.ISO_8859_1);
        memory.write(address, bytes, 0, bytes.length);
    }

    /** A {@code struct sockaddr_in} without a port. */
    private static void writeAddress(UserMemory memory, long address, int v4) {
        memory.writeZeros(address, 16);
        memory.writeShort(address, (short) SocketConstants.AF_INET);
        memory.writeInt(address + 4, Integer.reverseBytes(v4));
    }

    private static long list(NetworkStack stack, UserMemory memory, long argument) {
        int room = memory.readInt(argument);
        long buffer = memory.readLong(argument + 8);
        int written = 0;
        for (NetworkInterface one : NetworkInterface.of(stack.config())) {
            if (buffer == 0) {
                written += REQUEST_BYTES;
            } else if (written + REQUEST_BYTES <= room) {
                memory.writeZeros(buffer + written, REQUEST_BYTES);
                writeName(memory, buffer + written, one.name());
                writeAddress(memory, buffer + written + NAME_BYTES, one.address());
                written += REQUEST_BYTES;
            }
        }
        memory.writeInt(argument, written);
        return 0;
    }

    private static long name(NetworkStack stack, UserMemory memory, long argument) {
        int index = memory.readInt(argument + NAME_BYTES);
        for (NetworkInterface one : NetworkInterface.of(stack.config())) {
            if (one.index() == index) {
                writeName(memory, argument, one.name());
                return 0;
            }
        }
        return -Errno.ENODEV;
    }
}
