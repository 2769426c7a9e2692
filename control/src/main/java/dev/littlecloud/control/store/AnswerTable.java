package dev.littlecloud.control.store;

import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Answers to requests with an idempotency key, kept in the transaction of what they did. */
public final class AnswerTable {
    private static final Duration KEPT = Duration.ofDays(1);

    private AnswerTable() {}

    /**
     * An answer that was given.
     *
     * @param request stands for the method, path and body it was given to
     */
    public record Answer(String request, int status, Optional<String> etag, byte[] body) {}

    /** Stands for a request without giving away what may be secret in it. */
    public static String fingerprint(Vault vault, byte[] request) {
        return vault.fingerprint(request);
    }

    public static Optional<Answer> find(Transaction tx, String owner, String key)
            throws SQLException {
        return tx.first(
                "SELECT * FROM answered WHERE owner = ? AND key = ?",
                row ->
                        new Answer(
                                row.getString("request"),
                                row.getInt("status"),
                                Transaction.text(row, "etag"),
                                row.getBytes("body")),
                owner,
                key);
    }

    public static void put(Transaction tx, String owner, String key, Answer answer, Instant now)
            throws SQLException {
        tx.update("DELETE FROM answered WHERE at < ?", now.minus(KEPT));
        tx.update(
                "INSERT INTO answered (owner, key, request, status, etag, body, at)"
                        + " VALUES (?, ?, ?, ?, nullif(?, ''), ?, ?)",
                owner,
                key,
                answer.request(),
                answer.status(),
                answer.etag().orElse(""),
                answer.body(),
                now);
    }
}
