package dev.littlecloud.runtime.host;

import dev.littlecloud.runtime.WindowSize;
import dev.littlecloud.sys.Terminal;
import java.io.IOException;

/**
 * The terminal the caller sits at, in raw mode: control characters go to the guest, whose own
 * terminal gives them their meaning. The old settings return when this is closed or, if that does
 * not come to pass, when the JVM ends.
 */
public final class HostTerminal implements AutoCloseable {
    private static final WindowSize FALLBACK = new WindowSize(24, 80);

    private final int fd;
    private final Terminal.Settings before;
    private final Thread atExit = new Thread(this::restore, "restore-terminal");
    private boolean restored;

    private HostTerminal(int fd, Terminal.Settings before) {
        this.fd = fd;
        this.before = before;
    }

    public static boolean isTerminal(int fd) {
        return Terminal.isTerminal(fd);
    }

    /** Switches the terminal behind a file descriptor to raw mode. */
    public static HostTerminal enterRawMode(int fd) throws IOException {
        HostTerminal terminal = new HostTerminal(fd, Terminal.makeRaw(fd));
        try {
            Runtime.getRuntime().addShutdownHook(terminal.atExit);
        } catch (IllegalStateException exiting) {
            terminal.restore();
            throw new IOException("the process is ending", exiting);
        }
        return terminal;
    }

    /** The window's size; 24 by 80 where the terminal does not know it. */
    public static WindowSize windowSize(int fd) {
        try {
            Terminal.Window window = Terminal.window(fd);
            return window.rows() == 0 || window.columns() == 0
                    ? FALLBACK
                    : new WindowSize(window.rows(), window.columns());
        } catch (IOException notATerminal) {
            return FALLBACK;
        }
    }

    /** The size of this terminal's window now. */
    public WindowSize windowSize() {
        return windowSize(fd);
    }

    /** Raw mode again, after something else used the terminal while this process was stopped. */
    public synchronized void resume() {
        if (restored) {
            return;
        }
        try {
            Terminal.makeRaw(fd);
        } catch (IOException gone) {
            // The terminal was hung up: reading from it will tell the instance.
            return;
        }
    }

    @Override
    public void close() {
        restore();
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException exiting) {
            // The hook runs now or has run; restoring twice does nothing.
            return;
        }
    }

    private synchronized void restore() {
        if (restored) {
            return;
        }
        restored = true;
        try {
            Terminal.restore(fd, before);
        } catch (IOException gone) {
            // The terminal was hung up: there is nothing left to restore.
            return;
        }
    }
}
