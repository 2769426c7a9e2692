package dev.littlecloud.control.store;

import dev.littlecloud.control.ControlError;
import dev.littlecloud.control.ControlException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/**
 * The state on disk. One thread writes, one transaction after the other; what it has answered is
 * forced to disk. Any thread reads, and sees what was committed last.
 */
public final class Database implements AutoCloseable {
    private static final int READERS = 3;
    private static final int BUSY_MILLIS = 10_000;

    private final ExecutorService writer =
            Executors.newSingleThreadExecutor(
                    Thread.ofPlatform().daemon().name("state-writer").factory());
    private final Connection writing;
    private final Queue<Connection> readers = new ConcurrentLinkedQueue<>();
    private final Semaphore idle = new Semaphore(READERS);

    private Database(Path file) throws SQLException {
        writing = connect(file, false);
        Migrations.run(writing);
        // Transactions are begun and ended by hand: on a full disk SQLite ends one by itself, and
        // the driver, not knowing, would run all that follows outside of any.
        writing.setAutoCommit(true);
        for (int i = 0; i < READERS; i++) {
            readers.add(connect(file, true));
        }
    }

    /** Opens the state, made or brought to this version where that is needed. */
    public static Database open(Path file) throws IOException {
        if (!Files.exists(file)) {
            Files.createDirectories(file.toAbsolutePath().getParent());
            // Made here because SQLite would let others read it.
            Files.createFile(
                    file,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rw-------")));
        }
        try {
            return new Database(file);
        } catch (SQLException e) {
            throw new IOException("cannot open the state in " + file + ": " + e.getMessage(), e);
        }
    }

    private static Connection connect(Path file, boolean isReader) throws SQLException {
        SQLiteConfig config = new SQLiteConfig();
        config.setBusyTimeout(BUSY_MILLIS);
        if (isReader) {
            config.setReadOnly(true);
        } else {
            config.setJournalMode(SQLiteConfig.JournalMode.WAL);
            config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
            config.enforceForeignKeys(true);
        }
        return config.createConnection("jdbc:sqlite:" + file);
    }

    /** What is done in a transaction. */
    @FunctionalInterface
    public interface Work<T> {
        T run(Transaction transaction) throws SQLException;
    }

    /**
     * Does something in one transaction, all of it or, where it throws, nothing, and waits for that.
     *
     * @throws ControlException STORAGE_FULL or INTERNAL, or what the work throws
     */
    public <T> T write(Work<T> work) {
        CompletableFuture<T> done = new CompletableFuture<>();
        writer.execute(
                () -> {
                    Transaction transaction = new Transaction(writing);
                    try {
                        transaction.update("BEGIN IMMEDIATE");
                        T result = work.run(transaction);
                        transaction.update("COMMIT");
                        done.complete(result);
                    } catch (SQLException | RuntimeException | Error failure) {
                        rollBack(transaction, failure);
                        done.completeExceptionally(failure);
                        return;
                    }
                    transaction.committed();
                });
        try {
            // Does not give up when interrupted: the transaction happens, and its caller must know.
            return done.join();
        } catch (CompletionException e) {
            throw unchecked(Objects.requireNonNullElse(e.getCause(), e));
        }
    }

    private static void rollBack(Transaction transaction, Throwable failure) {
        try {
            transaction.update("ROLLBACK");
        } catch (SQLException second) {
            // Most likely because there is nothing left to roll back.
            failure.addSuppressed(second);
        }
    }

    /** Reads, within one consistent view of the state. */
    public <T> T read(Work<T> work) {
        idle.acquireUninterruptibly();
        Connection connection = readers.remove();
        try {
            connection.setAutoCommit(false);
            try {
                return work.run(new Transaction(connection));
            } finally {
                // Also where the work throws: the next one must not see what this one saw.
                connection.rollback();
            }
        } catch (SQLException e) {
            throw unchecked(e);
        } finally {
            readers.add(connection);
            idle.release();
        }
    }

    private static RuntimeException unchecked(Throwable failure) {
        return switch (failure) {
            case SQLiteException full when full.getResultCode() == SQLiteErrorCode.SQLITE_FULL ->
                    new ControlException(
                            ControlError.STORAGE_FULL,
                            "no space left on the disk with the state; nothing was changed");
            case RuntimeException unchecked -> unchecked;
            case Error error -> throw error;
            default -> new IllegalStateException("the state cannot be read or written", failure);
        };
    }

    /** Waits for what was begun. */
    @Override
    public void close() {
        writer.close();
        try {
            writing.close();
            for (Connection reader : readers) {
                reader.close();
            }
        } catch (SQLException e) {
            throw unchecked(e);
        }
    }
}
