package dev.littlecloud.kernel.ptrace;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.mm.GuestFault;
import dev.littlecloud.kernel.mm.UserMemory;
import dev.littlecloud.kernel.signal.SigInfo;
import dev.littlecloud.kernel.signal.Signal;
import dev.littlecloud.kernel.signal.SignalQueue;
import dev.littlecloud.kernel.signal.SignalSending;
import dev.littlecloud.kernel.task.Task;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** The requests of ptrace(2). */
public final class Requests {
    private static final int TRACEME = 0;
    private static final int PEEKTEXT = 1;
    private static final int PEEKDATA = 2;
    private static final int PEEKUSER = 3;
    private static final int POKETEXT = 4;
    private static final int POKEDATA = 5;
    private static final int POKEUSER = 6;
    private static final int CONT = 7;
    private static final int KILL = 8;
    private static final int SINGLESTEP = 9;
    private static final int GETREGS = 12;
    private static final int SETREGS = 13;
    private static final int GETFPREGS = 14;
    private static final int SETFPREGS = 15;
    private static final int ATTACH = 16;
    private static final int DETACH = 17;
    private static final int SYSCALL = 24;
    private static final int SETOPTIONS = 0x4200;
    private static final int GETEVENTMSG = 0x4201;
    private static final int GETSIGINFO = 0x4202;
    private static final int SETSIGINFO = 0x4203;
    private static final int GETREGSET = 0x4204;
    private static final int SETREGSET = 0x4205;
    private static final int SEIZE = 0x4206;
    private static final int INTERRUPT = 0x4207;
    private static final int LISTEN = 0x4208;
    private static final int PEEKSIGINFO = 0x4209;
    private static final int GETSIGMASK = 0x420a;
    private static final int SETSIGMASK = 0x420b;
    private static final int GET_SYSCALL_INFO = 0x420e;

    /** PTRACE_O_SUSPEND_SECCOMP needs CAP_SYS_ADMIN. */
    private static final int SUSPEND_SECCOMP = 1 << 21;

    /** Without PTRACE_O_TRACESECCOMP: who asks for events that do not come would wait for them. */
    private static final int KNOWN_OPTIONS = 0x7F | Tracee.EXIT_KILL | SUSPEND_SECCOMP;

    private static final int WORD = 8;
    private static final int SIGSET_BYTES = 8;

    /** PTRACE_PEEKSIGINFO_SHARED. */
    private static final int SHARED = 1;

    private Requests() {}

    public static long handle(Task task, int request, int pid, long address, long data) {
        if (request == TRACEME) {
            return Tracing.traceMe(task);
        }
        Task target = task.kernel().tasks().task(pid);
        if (target == null) {
            return -Errno.ESRCH;
        }
        if (request == ATTACH) {
            return Tracing.attach(task, target, false, 0);
        }
        if (request == SEIZE) {
            int refused = address != 0 ? -Errno.EIO : checkOptions(data);
            return refused != 0 ? refused : Tracing.attach(task, target, true, (int) data);
        }
        Tracee tracee = target.tracee();
        if (tracee == null || tracee.tracer() != task) {
            return -Errno.ESRCH;
        }
        if (request == KILL) {
            SignalSending.toThread(target, SigInfo.fromKernel(Signal.SIGKILL));
            return 0;
        }
        if (request == INTERRUPT) {
            if (!tracee.isSeized()) {
                return -Errno.EIO;
            }
            tracee.interrupt();
            return 0;
        }
        TraceStop stop = tracee.stop();
        if (stop == null) {
            return -Errno.ESRCH;
        }
        return stopped(task, request, new Stopped(target, tracee, stop), address, data);
    }

    /** Whom a request is about. */
    private record Stopped(Task task, Tracee tracee, TraceStop stop) {}

    private static long stopped(Task task, int request, Stopped on, long address, long data) {
        UserMemory own = task.memory();
        return switch (request) {
            case PEEKTEXT, PEEKDATA -> peek(own, on, address, data);
            case POKETEXT, POKEDATA -> poke(on, address, data);
            case PEEKUSER -> peekUser(own, on, address, data);
            case POKEUSER ->
                    UserArea.isAligned(address)
                            ? UserArea.set(on.task, on.tracee, address, data)
                            : -Errno.EIO;
            case CONT -> goOn(on, Tracee.Course.FREELY, data);
            case SYSCALL -> goOn(on, Tracee.Course.TO_NEXT_CALL, data);
            case SINGLESTEP -> goOn(on, Tracee.Course.BY_ONE_STEP, data);
            case DETACH -> detach(on, data);
            case LISTEN -> on.tracee.listen() ? 0 : -Errno.EIO;
            case GETREGS -> RegisterSets.getGeneral(own, on.task, on.tracee, data);
            case SETREGS -> RegisterSets.setGeneral(own, on.task, on.tracee, data);
            case GETFPREGS -> RegisterSets.getFloating(own, on.task, data);
            case SETFPREGS -> RegisterSets.setFloating(own, on.task, data);
            case GETREGSET -> RegisterSets.get(own, on.task, on.tracee, address, data);
            case SETREGSET -> RegisterSets.set(own, on.task, on.tracee, address, data);
            case SETOPTIONS -> setOptions(on.tracee, data);
            case GETEVENTMSG -> {
                own.writeLong(data, on.tracee.message());
                yield 0;
            }
            case GETSIGINFO -> getInfo(own, on.stop, data);
            case SETSIGINFO -> setInfo(own, on, data);
            case PEEKSIGINFO -> peekInfo(own, on.task, address, data);
            case GETSIGMASK -> getMask(own, on.task, address, data);
            case SETSIGMASK -> setMask(own, on.task, address, data);
            case GET_SYSCALL_INFO -> getCall(own, on, address, data);
            default -> -Errno.EIO;
        };
    }

    // ---- Memory

    private static long peek(UserMemory own, Stopped on, long address, long data) {
        ByteBuffer word = ByteBuffer.allocate(WORD).order(ByteOrder.LITTLE_ENDIAN);
        if (!on.tracee.isVisible()
                || on.task.space().inspection().read(address, word.array(), 0, WORD) != WORD) {
            return -Errno.EIO;
        }
        own.writeLong(data, word.getLong(0));
        return 0;
    }

    private static long poke(Stopped on, long address, long value) {
        ByteBuffer word = ByteBuffer.allocate(WORD).order(ByteOrder.LITTLE_ENDIAN);
        word.putLong(value);
        boolean done =
                on.tracee.isVisible()
                        && on.task.space().inspection().write(address, word.array(), 0, WORD)
                                == WORD;
        return done ? 0 : -Errno.EIO;
    }

    private static long peekUser(UserMemory own, Stopped on, long offset, long data) {
        if (!UserArea.isAligned(offset)) {
            return -Errno.EIO;
        }
        own.writeLong(data, UserArea.get(on.task, on.tracee, offset));
        return 0;
    }

    // ---- Going on

    private static boolean isSignal(long data) {
        return data == 0 || Signal.isValid(data);
    }

    private static long goOn(Stopped on, Tracee.Course how, long signal) {
        if (!isSignal(signal)) {
            return -Errno.EIO;
        }
        on.tracee.goOn(how, (int) signal);
        return 0;
    }

    private static long detach(Stopped on, long signal) {
        if (!isSignal(signal)) {
            return -Errno.EIO;
        }
        Tracing.detach(on.task, on.tracee, (int) signal);
        return 0;
    }

    private static int checkOptions(long options) {
        if ((options & ~KNOWN_OPTIONS) != 0) {
            return -Errno.EINVAL;
        }
        return (options & SUSPEND_SECCOMP) != 0 ? -Errno.EPERM : 0;
    }

    private static long setOptions(Tracee tracee, long options) {
        int refused = checkOptions(options);
        if (refused == 0) {
            tracee.options((int) options);
        }
        return refused;
    }

    // ---- Signals

    private static long getInfo(UserMemory own, TraceStop stop, long data) {
        SigInfo info = stop.info();
        if (info == null) {
            return -Errno.EINVAL;
        }
        info.write(own, data);
        return 0;
    }

    private static long setInfo(UserMemory own, Stopped on, long data) {
        SigInfo given = SigInfo.read(own, data, own.readInt(data));
        if (on.stop.info() == null) {
            return -Errno.EINVAL;
        }
        on.tracee.stop(on.stop.with(given));
        return 0;
    }

    /** {@code struct ptrace_peeksiginfo_args}: where to begin, flags, how many. */
    private static long peekInfo(UserMemory own, Task target, long arguments, long data) {
        long first = own.readLong(arguments);
        int flags = own.readInt(arguments + 8);
        int count = own.readInt(arguments + 12);
        if ((flags & ~SHARED) != 0 || count < 0) {
            return -Errno.EINVAL;
        }
        boolean shared = (flags & SHARED) != 0;
        SignalQueue queue = shared ? target.group().pendingSignals() : target.signals().pending();
        List<SigInfo> pending = queue.queued();
        int told = 0;
        for (long i = first; i >= 0 && i < pending.size() && told < count; i++) {
            try {
                pending.get((int) i).write(own, data + (long) told * SigInfo.BYTES);
            } catch (GuestFault badPointer) {
                return told > 0 ? told : -Errno.EFAULT;
            }
            told++;
        }
        return told;
    }

    private static long getMask(UserMemory own, Task target, long bytes, long data) {
        if (bytes != SIGSET_BYTES) {
            return -Errno.EINVAL;
        }
        own.writeLong(data, target.signals().mask());
        return 0;
    }

    private static long setMask(UserMemory own, Task target, long bytes, long data) {
        if (bytes != SIGSET_BYTES) {
            return -Errno.EINVAL;
        }
        target.signals().mask(own.readLong(data));
        return 0;
    }

    private static long getCall(UserMemory own, Stopped on, long room, long data) {
        byte[] info = CallInfo.of(on.task, on.tracee, on.stop);
        int length = (int) Math.min(info.length, room & Long.MAX_VALUE);
        own.write(data, info, 0, length);
        return info.length;
    }
}
