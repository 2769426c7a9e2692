package dev.littlecloud.runtime.host;

import dev.littlecloud.sys.QuitSignal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;

/** Signals sent to this process, taken over until closed. */
public final class HostSignals implements AutoCloseable {
    /** Linux' numbers on x86-64, signal(7). */
    private static final Map<String, Integer> FORWARDED =
            Map.of("HUP", 1, "INT", 2, "USR1", 10, "USR2", 12, "ALRM", 14, "TERM", 15, "CONT", 18);

    private static final int QUIT = 3;

    private final List<Runnable> undo = new ArrayList<>();

    /**
     * Takes the signals over.
     *
     * @param forward called with the number of each signal meant for the guest
     * @param windowChanged called when the terminal's window has a new size
     */
    public static HostSignals take(IntConsumer forward, Runnable windowChanged) {
        HostSignals signals = new HostSignals();
        FORWARDED.forEach((name, number) -> signals.handle(name, () -> forward.accept(number)));
        signals.handle("WINCH", windowChanged);
        signals.handle(QuitSignal.TURNED_INTO, () -> forward.accept(QUIT));
        signals.undo.addFirst(new QuitSignal()::close);
        return signals;
    }

    /** Takes INT and TERM over, which ask a server to end. */
    public static HostSignals takeStops(Runnable stop) {
        HostSignals signals = new HostSignals();
        signals.handle("INT", stop);
        signals.handle("TERM", stop);
        return signals;
    }

    // javac warns of each mention of sun.misc, the JDK's only door to signals, and cannot be told
    // not to; hence no imports.
    private void handle(String name, Runnable action) {
        var signal = new sun.misc.Signal(name);
        var before = sun.misc.Signal.handle(signal, got -> action.run());
        undo.add(() -> sun.misc.Signal.handle(signal, before));
    }

    @Override
    public void close() {
        undo.forEach(Runnable::run);
        undo.clear();
    }
}
