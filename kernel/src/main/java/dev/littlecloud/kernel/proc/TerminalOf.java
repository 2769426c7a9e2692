package dev.littlecloud.kernel.proc;

import dev.littlecloud.kernel.task.ControllingTerminal;
import dev.littlecloud.kernel.task.ThreadGroup;

/**
 * What stat tells of a process's controlling terminal.
 *
 * @param device its device number, 0 for none
 * @param foreground its foreground process group, -1 for none
 */
record TerminalOf(long device, int foreground) {
    private static final TerminalOf NONE = new TerminalOf(0, -1);

    static TerminalOf process(ThreadGroup process) {
        ControllingTerminal terminal = process.session().terminal();
        return terminal == null || terminal.device() == 0 || process.hasGivenUpTerminal()
                ? NONE
                : new TerminalOf(terminal.device(), terminal.foregroundId());
    }
}
