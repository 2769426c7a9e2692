package dev.littlecloud.cli.run;

import dev.littlecloud.runtime.RunningInstance;
import dev.littlecloud.runtime.host.HostTerminal;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** What the host's signals do to a running instance. Called on the JVM's signal threads. */
final class Session {
    private static final int SIGINT = 2;
    private static final int SIGTERM = 15;
    private static final int SIGCONT = 18;

    /** As with {@code docker run}: whoever asks three times means it. */
    private static final int REQUESTS_TO_FORCE_END = 3;

    private final RunningInstance instance;
    private final @Nullable HostTerminal terminal;
    private final AtomicInteger endRequests = new AtomicInteger();

    Session(RunningInstance instance, @Nullable HostTerminal terminal) {
        this.instance = instance;
        this.terminal = terminal;
    }

    /** Gives a signal to the guest; the third request to end ends the instance itself. */
    void signal(int signal) {
        boolean asksForEnd = signal == SIGINT || signal == SIGTERM;
        if (asksForEnd && endRequests.incrementAndGet() >= REQUESTS_TO_FORCE_END) {
            instance.close();
            return;
        }
        if (signal == SIGCONT && terminal != null) {
            // The shell took the terminal while this process was stopped.
            terminal.resume();
        }
        instance.signal(signal);
    }

    /** The terminal's window has another size. */
    void windowChanged() {
        if (terminal != null) {
            instance.resize(terminal.windowSize());
        }
    }
}
