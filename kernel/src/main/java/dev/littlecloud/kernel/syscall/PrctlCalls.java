package dev.littlecloud.kernel.syscall;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.mm.UserMemory;
import dev.littlecloud.kernel.task.ProcessTraits;
import dev.littlecloud.kernel.task.Task;

/** prctl(2): settings of a thread or its process. Those of privileges are in {@link PrctlSecurity}. */
final class PrctlCalls {
    private static final int SET_PDEATHSIG = 1;
    private static final int GET_PDEATHSIG = 2;
    private static final int GET_DUMPABLE = 3;
    private static final int SET_DUMPABLE = 4;
    private static final int GET_TIMING = 13;
    private static final int SET_TIMING = 14;
    private static final int SET_NAME = 15;
    private static final int GET_NAME = 16;
    private static final int GET_TSC = 25;
    private static final int SET_TSC = 26;
    private static final int SET_TIMERSLACK = 29;
    private static final int GET_TIMERSLACK = 30;
    private static final int MCE_KILL = 33;
    private static final int MCE_KILL_GET = 34;
    private static final int SET_MM = 35;
    private static final int SET_CHILD_SUBREAPER = 36;
    private static final int GET_CHILD_SUBREAPER = 37;
    private static final int GET_TID_ADDRESS = 40;
    private static final int SET_THP_DISABLE = 41;
    private static final int GET_THP_DISABLE = 42;
    private static final int GET_SPECULATION_CTRL = 52;
    private static final int SET_SPECULATION_CTRL = 53;
    private static final int SET_IO_FLUSHER = 57;
    private static final int GET_IO_FLUSHER = 58;
    private static final int SET_SYSCALL_USER_DISPATCH = 59;
    private static final int SET_VMA = 0x53564d41;

    private static final int NAME_BYTES = 16;
    private static final int TSC_ENABLE = 1;
    private static final int MCE_KILL_SET = 1;
    private static final int MCE_KILL_LAST = 2;
    private static final int LAST_SPECULATION = 2;

    private PrctlCalls() {}

    static void register(SyscallTable table) {
        table.partial(
                157,
                "prctl",
                "int,long,long,long,long",
                (Handler.Call5) PrctlCalls::prctl,
                "PR_SET_MM, PR_SET_IO_FLUSHER answer EPERM; PR_SET_MDWE, PR_TSC_SIGSEGV and"
                        + " options of other architectures answer EINVAL");
    }

    private static long prctl(Task task, long option, long b, long c, long d, long e) {
        UserMemory memory = task.memory();
        ProcessTraits traits = task.group().traits();
        boolean restZero = c == 0 && d == 0 && e == 0;
        return switch ((int) option) {
            case SET_PDEATHSIG -> setDeathSignal(task, b);
            case GET_PDEATHSIG -> writeInt(memory, b, task.parentDeathSignal());
            case GET_DUMPABLE -> traits.dumpable();
            case SET_DUMPABLE -> setDumpable(traits, b);
            case GET_TIMING -> 0;
            case SET_TIMING -> b == 0 ? 0 : -Errno.EINVAL;
            case SET_NAME -> setName(task, b);
            case GET_NAME -> getName(task, b);
            case GET_TSC -> writeInt(memory, b, TSC_ENABLE);
            case SET_TSC -> b == TSC_ENABLE ? 0 : -Errno.EINVAL;
            case SET_TIMERSLACK -> {
                traits.timerSlackNanos(b <= 0 ? ProcessTraits.DEFAULT_TIMER_SLACK : b);
                yield 0;
            }
            case GET_TIMERSLACK -> traits.timerSlackNanos();
            case MCE_KILL -> setMachineCheckPolicy(traits, b, c, d == 0 && e == 0);
            case MCE_KILL_GET -> b == 0 && restZero ? traits.machineCheckPolicy() : -Errno.EINVAL;
            case SET_MM, SET_IO_FLUSHER, GET_IO_FLUSHER -> -Errno.EPERM;
            case SET_CHILD_SUBREAPER -> {
                task.group().childSubreaper(b != 0);
                yield 0;
            }
            case GET_CHILD_SUBREAPER ->
                    writeInt(memory, b, task.group().isChildSubreaper() ? 1 : 0);
            case GET_TID_ADDRESS -> {
                memory.writeLong(b, task.clearChildTid());
                yield 0;
            }
            case SET_THP_DISABLE -> {
                if (!restZero) {
                    yield -Errno.EINVAL;
                }
                traits.hugePagesDisabled(b != 0);
                yield 0;
            }
            case GET_THP_DISABLE -> {
                if (b != 0 || !restZero) {
                    yield -Errno.EINVAL;
                }
                yield traits.isHugePagesDisabled() ? 1 : 0;
            }
            case GET_SPECULATION_CTRL -> {
                if (!restZero) {
                    yield -Errno.EINVAL;
                }
                // PR_SPEC_NOT_AFFECTED: nothing that a program here could switch.
                yield Long.compareUnsigned(b, LAST_SPECULATION) <= 0 ? 0 : -Errno.ENODEV;
            }
            case SET_SPECULATION_CTRL ->
                    Long.compareUnsigned(b, LAST_SPECULATION) <= 0 ? -Errno.ENXIO : -Errno.ENODEV;
            case SET_SYSCALL_USER_DISPATCH -> b == 0 && restZero ? 0 : -Errno.EINVAL;
            case SET_VMA -> AreaNames.set(task, b, c, d, e);
            default -> PrctlSecurity.prctl(task, (int) option, b, c, d, e);
        };
    }

    private static long writeInt(UserMemory memory, long address, int value) {
        memory.writeInt(address, value);
        return 0;
    }

    private static long setDeathSignal(Task task, long signal) {
        if (signal < 0 || signal > dev.littlecloud.kernel.signal.Signal.MAX) {
            return -Errno.EINVAL;
        }
        task.parentDeathSignal((int) signal);
        return 0;
    }

    private static long setDumpable(ProcessTraits traits, long value) {
        if (value != 0 && value != 1) {
            return -Errno.EINVAL;
        }
        traits.dumpable((int) value);
        return 0;
    }

    private static long setName(Task task, long address) {
        StringBuilder name = new StringBuilder(NAME_BYTES);
        for (int i = 0; i < NAME_BYTES - 1; i++) {
            byte next = task.memory().readByte(address + i);
            if (next == 0) {
                break;
            }
            name.append((char) (next & 0xFF));
        }
        task.name(name.toString());
        return 0;
    }

    private static long getName(Task task, long address) {
        byte[] bytes = new byte[NAME_BYTES];
        String name = task.name();
        for (int i = 0; i < name.length() && i < NAME_BYTES - 1; i++) {
            bytes[i] = (byte) name.charAt(i);
        }
        task.memory().write(address, bytes, 0, NAME_BYTES);
        return 0;
    }

    private static long setMachineCheckPolicy(
            ProcessTraits traits, long action, long policy, boolean restZero) {
        if (!restZero || policy < 0 || policy > MCE_KILL_LAST || action > MCE_KILL_SET) {
            return -Errno.EINVAL;
        }
        if (action == 0) {
            if (policy != 0) {
                return -Errno.EINVAL;
            }
            traits.machineCheckPolicy(MCE_KILL_LAST);
            return 0;
        }
        traits.machineCheckPolicy((int) policy);
        return 0;
    }
}
