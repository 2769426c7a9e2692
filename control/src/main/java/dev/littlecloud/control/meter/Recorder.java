package dev.littlecloud.control.meter;

import dev.littlecloud.control.store.Database;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Writes what happens often in batches, several times a second, so that those who tell need not wait
 * for the disk. A crash loses at most what was told since the last batch; a full disk nothing.
 */
public final class Recorder implements AutoCloseable {
    private static final Logger LOG = System.getLogger(Recorder.class.getName());
    private static final long INTERVAL_MILLIS = 250;

    private final Database database;
    private final ConcurrentLinkedQueue<Database.Work<?>> waiting = new ConcurrentLinkedQueue<>();
    private final List<Source> sources = new CopyOnWriteArrayList<>();
    private final Thread thread =
            Thread.ofPlatform().daemon().name("recorder").unstarted(this::run);
    private volatile boolean stopped;

    /** What is to be written next, all of it or nothing. Guarded by this. */
    private final List<Database.Work<?>> batch = new ArrayList<>();

    /** Is asked for each batch. */
    public interface Source {
        /** What is to be written of it, in one transaction with what others have. */
        Database.Work<?> batch();

        /** The batch is on disk. */
        default void written() {}
    }

    public Recorder(Database database) {
        this.database = database;
    }

    public void add(Source source) {
        sources.add(source);
    }

    public void start() {
        thread.start();
    }

    /** Writes something with the next batch. */
    public void later(Database.Work<?> work) {
        waiting.add(work);
    }

    private void run() {
        while (!stopped) {
            try {
                Thread.sleep(INTERVAL_MILLIS);
                flush();
            } catch (InterruptedException stop) {
                return;
            } catch (RuntimeException failure) {
                LOG.log(Level.ERROR, "usage and logs could not be written", failure);
            }
        }
    }

    /**
     * Writes what was told so far. What cannot be written now, because the disk is full, say, is
     * kept, and sources go on adding up meanwhile.
     */
    public synchronized void flush() {
        if (batch.isEmpty()) {
            for (Source source : sources) {
                batch.add(source.batch());
            }
            for (Database.Work<?> work = waiting.poll(); work != null; work = waiting.poll()) {
                batch.add(work);
            }
        }
        database.write(
                tx -> {
                    for (Database.Work<?> work : batch) {
                        work.run(tx);
                    }
                    return batch.size();
                });
        batch.clear();
        sources.forEach(Source::written);
    }

    private synchronized boolean hasRest() {
        return !batch.isEmpty();
    }

    /** Writes the rest. */
    @Override
    public void close() {
        stopped = true;
        thread.interrupt();
        boolean hadRest = hasRest();
        flush();
        if (hadRest) {
            flush();
        }
    }
}
