package dev.littlecloud.node;

import dev.littlecloud.control.WorkloadListener;
import dev.littlecloud.node.Launcher.Unit;
import dev.littlecloud.node.Launcher.UnitListener;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;

/** What an instance tells, some of it before its start has returned and it is known. */
final class UnitEvents implements UnitListener {
    private final WorkloadListener listener;
    private final BiConsumer<Unit, String> whenEnded;
    private final Runnable whenWanted;
    private final CompletableFuture<Unit> known = new CompletableFuture<>();

    /**
     * @param whenEnded hears how it ended, on a thread of its own
     * @param whenWanted hears that it is needed while it is frozen
     */
    UnitEvents(WorkloadListener listener, BiConsumer<Unit, String> whenEnded, Runnable whenWanted) {
        this.listener = listener;
        this.whenEnded = whenEnded;
        this.whenWanted = whenWanted;
    }

    void isKnown(Unit unit) {
        known.complete(unit);
    }

    @Override
    public void output(boolean isError, byte[] bytes) {
        CompletableFuture<Void> unused =
                known.thenAccept(unit -> listener.output(unit.id(), isError, bytes));
    }

    @Override
    public void wanted() {
        whenWanted.run();
    }

    @Override
    public void ended(String how) {
        CompletableFuture<Void> unused =
                known.thenAcceptAsync(
                        unit -> whenEnded.accept(unit, how),
                        task -> Thread.ofVirtual().start(task));
    }
}
