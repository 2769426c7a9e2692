package dev.littlecloud.kernel.task;

import org.jspecify.annotations.Nullable;

/** Process groups that share a controlling terminal; setsid(2). */
public final class Session {
    private final int id;
    private @Nullable ControllingTerminal terminal;

    public Session(int id) {
        this.id = id;
    }

    public int id() {
        return id;
    }

    /** The controlling terminal, or null. */
    public @Nullable ControllingTerminal terminal() {
        return terminal;
    }

    public void terminal(@Nullable ControllingTerminal newTerminal) {
        terminal = newTerminal;
    }
}
