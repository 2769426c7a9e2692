package dev.littlecloud.cli.run;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;
import sun.misc.Signal;
import sun.misc.SignalHandler;

/**
 * Signals sent to this process, taken over until closed. SIGQUIT cannot be: the JVM keeps it for
 * its thread dump.
 */
final class HostSignals implements AutoCloseable {
    /** Linux' numbers on x86-64, signal(7). */
    private static final Map<String, Integer> FORWARDED =
            Map.of("HUP", 1, "INT", 2, "USR1", 10, "USR2", 12, "ALRM", 14, "TERM", 15, "CONT", 18);

    private final Map<Signal, SignalHandler> before = new HashMap<>();

    /**
     * Takes the signals over.
     *
     * @param forward called with the number of each signal meant for the guest
     * @param windowChanged called when the terminal's window has a new size
     */
    static HostSignals take(IntConsumer forward, Runnable windowChanged) {
        HostSignals signals = new HostSignals();
        FORWARDED.forEach((name, number) -> signals.handle(name, got -> forward.accept(number)));
        signals.handle("WINCH", got -> windowChanged.run());
        return signals;
    }

    private void handle(String name, SignalHandler handler) {
        Signal signal = new Signal(name);
        before.put(signal, Signal.handle(signal, handler));
    }

    @Override
    public void close() {
        List<Signal> taken = new ArrayList<>(before.keySet());
        for (Signal signal : taken) {
            Signal.handle(signal, before.remove(signal));
        }
    }
}
