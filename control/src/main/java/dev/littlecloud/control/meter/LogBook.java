package dev.littlecloud.control.meter;

import dev.littlecloud.control.model.LogLine;
import dev.littlecloud.control.store.Database;
import dev.littlecloud.control.store.LogTable;
import dev.littlecloud.control.store.LogTable.NewLine;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** What instances write, line by line: kept in the state, and told to those who follow. */
public final class LogBook implements Recorder.Source {
    private static final int LONGEST_LINE = 16 << 10;
    private static final int MOST_WAITING = 20_000;

    private final Database database;
    private final Clock clock;
    private final Map<String, ByteArrayOutputStream> unfinished = new ConcurrentHashMap<>();
    private final List<NewLine> waiting = new ArrayList<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition written = lock.newCondition();
    private long dropped;
    private long batches;
    private volatile boolean isEnding;

    public LogBook(Database database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    /** Bytes of an instance; lines end with a newline, or when they get too long. */
    public void append(String service, String instance, boolean isError, byte[] bytes) {
        ByteArrayOutputStream line =
                unfinished.computeIfAbsent(instance + isError, key -> new ByteArrayOutputStream());
        synchronized (line) {
            for (byte b : bytes) {
                if (b == '\n') {
                    finish(service, instance, isError, line);
                } else {
                    line.write(b);
                    if (line.size() == LONGEST_LINE) {
                        finish(service, instance, isError, line);
                    }
                }
            }
        }
    }

    private void finish(
            String service, String instance, boolean isError, ByteArrayOutputStream line) {
        String text = line.toString(StandardCharsets.UTF_8);
        line.reset();
        if (text.endsWith("\r")) {
            text = text.substring(0, text.length() - 1);
        }
        NewLine done =
                new NewLine(service, clock.instant(), instance, isError, text.replace('\0', ' '));
        lock.lock();
        try {
            if (waiting.size() < MOST_WAITING) {
                waiting.add(done);
            } else {
                dropped++;
            }
        } finally {
            lock.unlock();
        }
    }

    /** The instance writes no more: what it left without a newline is a line. */
    public void ended(String service, String instance) {
        for (boolean isError : new boolean[] {false, true}) {
            ByteArrayOutputStream line = unfinished.remove(instance + isError);
            if (line != null) {
                synchronized (line) {
                    if (line.size() > 0) {
                        finish(service, instance, isError, line);
                    }
                }
            }
        }
    }

    @Override
    public Database.Work<?> batch() {
        lock.lock();
        try {
            List<NewLine> lines = new ArrayList<>(waiting);
            waiting.clear();
            if (dropped > 0) {
                NewLine last = lines.getLast();
                String text = "[" + dropped + " lines came too fast and were dropped]";
                lines.add(new NewLine(last.service(), last.at(), last.instance(), true, text));
                dropped = 0;
            }
            return tx -> {
                LogTable.add(tx, lines);
                return lines.size();
            };
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void written() {
        lock.lock();
        try {
            batches++;
            written.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Those who follow are not kept waiting any more, because the process ends. */
    public void endFollowing() {
        isEnding = true;
        written();
    }

    public boolean isEnding() {
        return isEnding;
    }

    /** Lines behind {@code after}, waited for until there are some or the time is over. */
    public List<LogLine> await(String service, long after, int limit, long timeoutMillis)
            throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
        while (true) {
            long seen = batchCount();
            List<LogLine> lines = database.read(tx -> LogTable.after(tx, service, after, limit));
            long left = deadline - System.nanoTime();
            if (!lines.isEmpty() || isEnding || left <= 0 || !awaitBatch(seen, left)) {
                return lines;
            }
        }
    }

    private long batchCount() {
        lock.lock();
        try {
            return batches;
        } finally {
            lock.unlock();
        }
    }

    private boolean awaitBatch(long seen, long nanos) throws InterruptedException {
        lock.lock();
        try {
            long left = nanos;
            while (batches == seen && left > 0) {
                left = written.awaitNanos(left);
            }
            return batches != seen;
        } finally {
            lock.unlock();
        }
    }
}
