package dev.littlecloud.kernel.tty;

import static dev.littlecloud.kernel.tty.TtyRequests.*;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.fs.OpenFile;
import dev.littlecloud.kernel.fs.OpenFlags;
import dev.littlecloud.kernel.fs.Opened;
import dev.littlecloud.kernel.mm.UserMemory;
import dev.littlecloud.kernel.signal.Signal;
import dev.littlecloud.kernel.task.Credentials;
import dev.littlecloud.kernel.task.Task;

/** Requests to terminals; ioctl_tty(2). What a master is asked about settings means its slave. */
final class TerminalIoctls {
    private static final int TCIFLUSH = 0;
    private static final int TCOFLUSH = 1;
    private static final int TCIOFLUSH = 2;

    private TerminalIoctls() {}

    static long slave(Task task, SlaveFile file, int request, long argument) {
        Pty pty = file.pty();
        UserMemory memory = task.memory();
        return switch (request) {
            case FIONREAD -> putInt(memory, argument, pty.discipline().available());
            case TCXONC -> flow(task, pty, argument);
            case TCFLSH -> flushSlave(task, pty, argument);
            case TIOCGPGRP, TIOCSPGRP, TIOCGSID, TIOCSCTTY, TIOCNOTTY ->
                    SessionIoctls.slave(task, file, request, argument);
            default -> common(task, pty, request, argument);
        };
    }

    static long master(Task task, MasterFile file, int request, long argument) {
        Pty pty = file.pty();
        UserMemory memory = task.memory();
        return switch (request) {
            case TIOCGPTN -> putInt(memory, argument, pty.index());
            case TIOCSPTLCK -> {
                pty.locked(memory.readInt(argument) != 0);
                yield 0;
            }
            case TIOCGPTLCK -> putInt(memory, argument, pty.isLocked() ? 1 : 0);
            case TIOCPKT -> {
                pty.packets().enabled(memory.readInt(argument) != 0);
                yield 0;
            }
            case TIOCGPKT -> putInt(memory, argument, pty.packets().isEnabled() ? 1 : 0);
            case TIOCSIG -> {
                if (!Signal.isValid(argument)) {
                    yield -Errno.EINVAL;
                }
                pty.terminal().signal((int) argument);
                yield 0;
            }
            case TIOCGPTPEER -> openPeer(task, pty, (int) argument);
            case FIONREAD -> putInt(memory, argument, pty.screen().size());
            case TCFLSH -> flushMaster(pty, argument);
            case TCXONC -> argument >= 0 && argument <= 3 ? 0 : -Errno.EINVAL;
            case TIOCGPGRP, TIOCSPGRP, TIOCGSID, TIOCNOTTY ->
                    SessionIoctls.master(task, pty, request, argument);
            default -> common(task, pty, request, argument);
        };
    }

    private static long common(Task task, Pty pty, int request, long argument) {
        UserMemory memory = task.memory();
        TerminalSettings settings = pty.discipline().settings();
        return switch (request) {
            case TCGETS, TCGETS2 -> {
                settings.write(memory, argument, request == TCGETS2);
                yield 0;
            }
            case TCGETA -> {
                settings.writeOld(memory, argument);
                yield 0;
            }
            case TCSETS, TCSETSW, TCSETS2, TCSETSW2, TCSETA, TCSETAW ->
                    change(task, pty, request, argument, false);
            case TCSETSF, TCSETSF2, TCSETAF -> change(task, pty, request, argument, true);
            case TIOCGWINSZ -> {
                pty.terminal().windowSize().write(memory, argument);
                yield 0;
            }
            case TIOCSWINSZ -> {
                pty.terminal().windowSize(WindowSize.read(memory, argument));
                yield 0;
            }
            case TCSBRK, TCSBRKP, TIOCSBRK, TIOCCBRK -> mayChange(task, pty);
            case TIOCOUTQ, TIOCGETD -> putInt(memory, argument, 0);
            case TIOCGLCKTRMIOS -> {
                // To lock settings needs CAP_SYS_ADMIN, so none ever are.
                memory.writeZeros(argument, TerminalSettings.SIZE);
                yield 0;
            }
            case TIOCSLCKTRMIOS -> -Errno.EPERM;
            case TIOCSETD -> memory.readInt(argument) == 0 ? 0 : -Errno.EINVAL;
            case TIOCEXCL, TIOCNXCL -> {
                pty.exclusive(request == TIOCEXCL);
                yield 0;
            }
            case TIOCGEXCL -> putInt(memory, argument, pty.isExclusive() ? 1 : 0);
            case TIOCGDEV -> putInt(memory, argument, (int) pty.node().device());
            // Typing into one's own terminal lets a program run commands as whoever started it;
            // refused as by a Linux with dev.tty.legacy_tiocsti = 0.
            case TIOCSTI -> -Errno.EIO;
            case TIOCVHANGUP ->
                    task.credentials().has(Credentials.CAP_SYS_ADMIN)
                            ? -Errno.EINVAL
                            : -Errno.EPERM;
            default -> -Errno.ENOTTY;
        };
    }

    static long putInt(UserMemory memory, long address, int value) {
        memory.writeInt(address, value);
        return 0;
    }

    /** Whether a job may change the terminal: background jobs are stopped. */
    static long mayChange(Task task, Pty pty) {
        return JobControl.check(task, pty.terminal(), Signal.SIGTTOU, pty.slaveEvents());
    }

    private static long change(Task task, Pty pty, int request, long address, boolean alsoFlushes) {
        long refusal = mayChange(task, pty);
        if (refusal != 0) {
            return refusal;
        }
        UserMemory memory = task.memory();
        TerminalSettings changed =
                switch (request) {
                    case TCSETA, TCSETAW, TCSETAF ->
                            pty.discipline().settings().readOld(memory, address);
                    case TCSETS2, TCSETSW2, TCSETSF2 ->
                            TerminalSettings.read(memory, address, true);
                    default -> TerminalSettings.read(memory, address, false);
                };
        if (alsoFlushes) {
            pty.flushInput();
        }
        pty.settings(changed);
        return 0;
    }

    private static long flow(Task task, Pty pty, long action) {
        long refusal = mayChange(task, pty);
        if (refusal != 0) {
            return refusal;
        }
        if (action < 0 || action > 3) {
            return -Errno.EINVAL;
        }
        boolean stop = action == 0 || action == 2; // TCOOFF, TCIOFF
        if (action < 2) {
            pty.discipline().flow(stop);
        } else {
            pty.discipline().sendFlowCharacter(stop);
        }
        pty.screenChanged();
        return 0;
    }

    private static long flushSlave(Task task, Pty pty, long queues) {
        long refusal = mayChange(task, pty);
        if (refusal != 0) {
            return refusal;
        }
        if (queues < TCIFLUSH || queues > TCIOFLUSH) {
            return -Errno.EINVAL;
        }
        if (queues != TCOFLUSH) {
            pty.flushInput();
        }
        if (queues != TCIFLUSH) {
            pty.flushOutput();
        }
        return 0;
    }

    /** The master's input is what the slave wrote, and its output what is being typed. */
    private static long flushMaster(Pty pty, long queues) {
        if (queues < TCIFLUSH || queues > TCIOFLUSH) {
            return -Errno.EINVAL;
        }
        if (queues != TCOFLUSH) {
            pty.screen().clear();
            pty.outputTaken();
        }
        return 0;
    }

    /** Opens the slave without a path, which works in another mount namespace too. */
    private static long openPeer(Task task, Pty pty, int flags) {
        Opened opened = PtyTable.openSlave(task, pty, null, pty.node(), flags);
        OpenFile file = opened.file();
        if (file == null) {
            return opened.status();
        }
        boolean cloexec = (flags & OpenFlags.O_CLOEXEC) != 0;
        int fd = task.files().install(file, 0, cloexec, task.group().limits().descriptors());
        if (fd < 0) {
            file.release();
        }
        return fd;
    }
}
