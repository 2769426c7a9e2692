package dev.littlecloud.control.store;

import dev.littlecloud.control.model.LogLine;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;

/** Lines that instances wrote, the last ones of each service. */
public final class LogTable {
    private static final int KEPT_LINES = 10_000;

    private LogTable() {}

    /** A line that has no id yet. */
    public record NewLine(
            String service, Instant at, String instance, boolean isError, String text) {}

    public static void add(Transaction tx, List<NewLine> lines) throws SQLException {
        tx.updateAll(
                // A service that was removed meanwhile gets no lines any more.
                "INSERT INTO log (service, at, instance, is_error, text)"
                        + " SELECT ?1, ?2, ?3, ?4, ?5 FROM service WHERE name = ?1",
                lines.stream()
                        .map(
                                line ->
                                        new Object[] {
                                            line.service(),
                                            line.at(),
                                            line.instance(),
                                            line.isError(),
                                            line.text()
                                        })
                        .toList());
        for (String service : lines.stream().map(NewLine::service).distinct().toList()) {
            tx.update(
                    "DELETE FROM log WHERE service = ?1 AND id <= (SELECT id FROM log"
                            + " WHERE service = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)",
                    service,
                    KEPT_LINES);
        }
    }

    public static List<LogLine> after(Transaction tx, String service, long after, int limit)
            throws SQLException {
        return tx.query(
                "SELECT * FROM log WHERE service = ? AND id > ? ORDER BY id LIMIT ?",
                LogTable::line,
                service,
                after,
                limit);
    }

    public static List<LogLine> last(Transaction tx, String service, int limit)
            throws SQLException {
        return tx.query(
                        "SELECT * FROM log WHERE service = ? ORDER BY id DESC LIMIT ?",
                        LogTable::line,
                        service,
                        limit)
                .reversed();
    }

    private static LogLine line(ResultSet row) throws SQLException {
        return new LogLine(
                row.getLong("id"),
                Transaction.time(row, "at"),
                row.getString("instance"),
                row.getInt("is_error") != 0,
                row.getString("text"));
    }
}
