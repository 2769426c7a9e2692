package dev.littlecloud.kernel.syscall;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.Kernel;
import dev.littlecloud.kernel.mm.Frames;
import dev.littlecloud.kernel.mm.UserMemory;
import dev.littlecloud.kernel.proc.Version;
import dev.littlecloud.kernel.task.Task;

/** What the system is and has. */
final class SystemInfoCalls {
    private static final int NAME_BYTES = 65;
    private static final int SYSINFO_BYTES = 112;
    private static final int LOAD_SHIFT = 16;

    private static final int GRND_NONBLOCK = 1;
    private static final int GRND_RANDOM = 2;
    private static final int GRND_INSECURE = 4;

    /** Most random bytes of one call: as much as Linux before 5.18 gave. */
    private static final long MAX_RANDOM = 0x1FF_FFFF;

    private static final int RANDOM_CHUNK = 4096;

    /** Most random bytes before others get the lock. */
    private static final long RANDOM_AT_ONCE = 256 << 10;

    private SystemInfoCalls() {}

    static void register(SyscallTable table) {
        table.full(63, "uname", "ptr", (Handler.Call1) SystemInfoCalls::uname);
        table.full(99, "sysinfo", "ptr", (Handler.Call1) SystemInfoCalls::sysinfo);
        table.refused(170, "sethostname", Errno.EPERM, "needs CAP_SYS_ADMIN");
        table.refused(171, "setdomainname", Errno.EPERM, "needs CAP_SYS_ADMIN");
        table.full(309, "getcpu", "ptr,ptr,ptr", (Handler.Call3) SystemInfoCalls::getcpu);
        table.full(318, "getrandom", "ptr,long,hex", (Handler.Call3) SystemInfoCalls::getrandom);
    }

    private static long uname(Task task, long address) {
        String[] names = {
            Version.SYSTEM,
            task.kernel().config().hostname(),
            Version.RELEASE,
            Version.BUILD,
            Version.MACHINE,
            "(none)"
        };
        byte[] bytes = new byte[names.length * NAME_BYTES];
        for (int i = 0; i < names.length; i++) {
            int length = Math.min(names[i].length(), NAME_BYTES - 1);
            for (int c = 0; c < length; c++) {
                bytes[i * NAME_BYTES + c] = (byte) names[i].charAt(c);
            }
        }
        task.memory().write(address, bytes, 0, bytes.length);
        return 0;
    }

    private static long sysinfo(Task task, long address) {
        Kernel kernel = task.kernel();
        Frames frames = kernel.frames();
        UserMemory memory = task.memory();
        long uptime = kernel.clock().monotonicNanos() - kernel.bootedAt();
        memory.writeZeros(address, SYSINFO_BYTES);
        memory.writeLong(address, uptime / TimeValues.NANOS_PER_SECOND);
        double[] loads = kernel.scheduler().loadAverages().now();
        for (int i = 0; i < loads.length; i++) {
            memory.writeLong(address + 8 + 8L * i, (long) (loads[i] * (1 << LOAD_SHIFT)));
        }
        memory.writeLong(address + 32, (long) frames.capacity() << Frames.SHIFT);
        memory.writeLong(address + 40, (long) Math.max(0, frames.available()) << Frames.SHIFT);
        memory.writeShort(address + 80, (short) kernel.tasks().taskCount());
        memory.writeInt(address + 104, 1); // bytes per unit
        return 0;
    }

    /** The processor may be another one by the time the program looks; getcpu(2). */
    private static long getcpu(Task task, long processor, long node, long unused) {
        if (processor != 0) {
            task.memory().writeInt(processor, task.run().processorIndex());
        }
        if (node != 0) {
            task.memory().writeInt(node, 0);
        }
        return 0;
    }

    private static long getrandom(Task task, long address, long length, long flags) {
        int both = GRND_RANDOM | GRND_INSECURE;
        if ((flags & ~(GRND_NONBLOCK | both)) != 0 || (flags & both) == both) {
            return -Errno.EINVAL;
        }
        long wanted = length < 0 ? MAX_RANDOM : Math.min(length, MAX_RANDOM);
        byte[] bytes = new byte[(int) Math.min(wanted, RANDOM_CHUNK)];
        long done = task.progress();
        long pause = done + RANDOM_AT_ONCE;
        while (done < wanted) {
            if (done >= pause) {
                return task.signals().isDeliverable() ? done : task.yield(done);
            }
            int part = (int) Math.min(wanted - done, bytes.length);
            part = (int) task.memory().accessible(address + done, part, true);
            if (part == 0) {
                return done > 0 ? done : -Errno.EFAULT;
            }
            task.kernel().random(bytes);
            task.memory().write(address + done, bytes, 0, part);
            done += part;
        }
        return done;
    }
}
