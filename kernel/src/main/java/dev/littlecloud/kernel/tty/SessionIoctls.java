package dev.littlecloud.kernel.tty;

import static dev.littlecloud.kernel.tty.TtyRequests.*;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.mm.UserMemory;
import dev.littlecloud.kernel.task.Credentials;
import dev.littlecloud.kernel.task.ProcessGroup;
import dev.littlecloud.kernel.task.Session;
import dev.littlecloud.kernel.task.Task;
import dev.littlecloud.kernel.task.ThreadGroup;

/** Requests about whose terminal it is; ioctl_tty(2), "Controlling terminal". */
final class SessionIoctls {
    private SessionIoctls() {}

    static long slave(Task task, SlaveFile file, int request, long argument) {
        Pty pty = file.pty();
        boolean own = Terminal.of(task) == pty.terminal();
        return switch (request) {
            case TIOCGPGRP -> own ? foreground(task, pty, argument) : -Errno.ENOTTY;
            case TIOCGSID -> own ? session(task, pty, argument) : -Errno.ENOTTY;
            case TIOCSPGRP -> foregroundIs(task, pty, argument);
            case TIOCSCTTY -> take(task, file, argument);
            default -> own ? giveUp(task, pty) : -Errno.ENOTTY;
        };
    }

    static long master(Task task, Pty pty, int request, long argument) {
        return switch (request) {
            case TIOCGPGRP -> foreground(task, pty, argument);
            case TIOCGSID -> session(task, pty, argument);
            case TIOCSPGRP -> foregroundIs(task, pty, argument);
            default -> -Errno.ENOTTY;
        };
    }

    private static long foreground(Task task, Pty pty, long address) {
        ProcessGroup group = pty.terminal().foreground();
        return TerminalIoctls.putInt(task.memory(), address, group == null ? 0 : group.id());
    }

    private static long session(Task task, Pty pty, long address) {
        Session session = pty.terminal().session();
        return session == null
                ? -Errno.ENOTTY
                : TerminalIoctls.putInt(task.memory(), address, session.id());
    }

    /** tcsetpgrp(3). */
    private static long foregroundIs(Task task, Pty pty, long address) {
        Terminal terminal = pty.terminal();
        long refusal = TerminalIoctls.mayChange(task, pty);
        if (refusal != 0) {
            return refusal == -Errno.EIO ? -Errno.ENOTTY : refusal;
        }
        UserMemory memory = task.memory();
        int id = memory.readInt(address);
        if (id < 0) {
            return -Errno.EINVAL;
        }
        if (Terminal.of(task) != terminal || terminal.session() != task.group().session()) {
            return -Errno.ENOTTY;
        }
        ProcessGroup group = task.kernel().tasks().group(id);
        if (group == null) {
            return -Errno.ESRCH;
        }
        if (group.session() != task.group().session()) {
            return -Errno.EPERM;
        }
        terminal.foreground(group);
        pty.slaveEvents().wakeAll();
        return 0;
    }

    private static long take(Task task, SlaveFile file, long steal) {
        ThreadGroup process = task.group();
        Session session = process.session();
        Terminal terminal = file.pty().terminal();
        boolean isLeader = session.id() == process.pid();
        if (isLeader && terminal.session() == session) {
            return 0;
        }
        if (!isLeader || session.terminal() != null) {
            return -Errno.EPERM;
        }
        boolean mayAll = task.credentials().has(Credentials.CAP_SYS_ADMIN);
        if (terminal.session() != null) {
            if (steal != 1 || !mayAll) {
                return -Errno.EPERM;
            }
            terminal.release();
        }
        if (!file.isReadable() && !mayAll) {
            return -Errno.EPERM;
        }
        terminal.control(process);
        return 0;
    }

    private static long giveUp(Task task, Pty pty) {
        ThreadGroup process = task.group();
        if (process.session().id() == process.pid()) {
            pty.terminal().givenUpByLeader();
        } else {
            process.giveUpTerminal();
        }
        return 0;
    }
}
