package dev.littlecloud.kernel.fs.device;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.freeze.Freezable;
import dev.littlecloud.kernel.fs.Dentry;
import dev.littlecloud.kernel.fs.DeviceNumber;
import dev.littlecloud.kernel.fs.Inode;
import dev.littlecloud.kernel.fs.Opened;
import dev.littlecloud.kernel.task.Task;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Drivers of character devices by device number. Opening a node asks here. */
public final class DeviceTable {
    /** Opens a device node. */
    @FunctionalInterface
    public interface Driver extends Freezable {
        Opened open(Task task, @Nullable Dentry dentry, Inode node, int flags);
    }

    /** Finds the table of an instance, which is made after the file systems that ask it. */
    @FunctionalInterface
    public interface Lookup extends Freezable {
        DeviceTable find();
    }

    private final Map<Long, Driver> characters = new HashMap<>();

    public DeviceTable() {
        MemoryDevices.register(this);
    }

    /** Answers for one character device, e.g. (5, 0) for /dev/tty. */
    public void register(int major, int minor, Driver driver) {
        characters.put(DeviceNumber.of(major, minor), driver);
    }

    /** Opens a device node: ENXIO where nothing is behind it. */
    public Opened open(Task task, @Nullable Dentry dentry, Inode node, int flags) {
        Driver driver = node.type() == Inode.S_IFCHR ? characters.get(node.device()) : null;
        return driver == null ? Opened.error(Errno.ENXIO) : driver.open(task, dentry, node, flags);
    }
}
