package dev.littlecloud.control.store;

import dev.littlecloud.control.model.Event;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What happened. */
public final class EventTable {
    private static final String OF = " FROM event WHERE ? IN ('', owner) AND ? IN ('', service)";

    private EventTable() {}

    public static void add(
            Transaction tx,
            String owner,
            String service,
            Optional<Integer> revision,
            Optional<String> instance,
            Event.Kind kind,
            String message,
            Instant now)
            throws SQLException {
        tx.update(
                "INSERT INTO event (at, owner, service, revision, instance, kind, message)"
                        + " VALUES (?, ?, ?, nullif(?, 0), nullif(?, ''), ?, ?)",
                now,
                owner,
                service,
                revision.orElse(0),
                instance.orElse(""),
                kind.text(),
                message);
    }

    /** The next events behind {@code after}, in their order. */
    public static List<Event> after(
            Transaction tx, String owner, String service, long after, int limit)
            throws SQLException {
        return tx.query(
                "SELECT *" + OF + " AND id > ? ORDER BY id LIMIT ?",
                EventTable::event,
                owner,
                service,
                after,
                limit);
    }

    /** The last events, in their order. */
    public static List<Event> last(Transaction tx, String owner, String service, int limit)
            throws SQLException {
        return tx.query(
                        "SELECT *" + OF + " ORDER BY id DESC LIMIT ?",
                        EventTable::event,
                        owner,
                        service,
                        limit)
                .reversed();
    }

    private static Event event(ResultSet row) throws SQLException {
        return new Event(
                row.getLong("id"),
                Transaction.time(row, "at"),
                row.getString("service"),
                Transaction.number(row, "revision"),
                Transaction.text(row, "instance"),
                Event.Kind.of(row.getString("kind")),
                row.getString("message"));
    }
}
