package dev.littlecloud.control.store;

import dev.littlecloud.control.model.UsageTotals;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What was used, by hour and instance. */
public final class UsageTable {
    private UsageTable() {}

    /**
     * What one instance used in one hour, or since the last time it was said.
     *
     * @param instance empty for what belongs to none, such as a request that was refused
     */
    public record Entry(
            Instant hour, String instance, String owner, String service, UsageTotals usage) {}

    /** What a service used in an hour. */
    public record ServiceHour(String service, Instant hour, UsageTotals usage) {}

    public static void add(Transaction tx, List<Entry> entries) throws SQLException {
        tx.updateAll(
                """
                INSERT INTO usage VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT DO UPDATE SET
                    guest_cpu_micros = guest_cpu_micros + excluded.guest_cpu_micros,
                    kernel_cpu_micros = kernel_cpu_micros + excluded.kernel_cpu_micros,
                    memory_byte_millis = memory_byte_millis + excluded.memory_byte_millis,
                    requests = requests + excluded.requests,
                    bytes_in = bytes_in + excluded.bytes_in,
                    bytes_out = bytes_out + excluded.bytes_out,
                    wakes = wakes + excluded.wakes,
                    wake_micros = wake_micros + excluded.wake_micros,
                    instance_millis = instance_millis + excluded.instance_millis""",
                entries.stream().map(UsageTable::row).toList());
    }

    private static Object[] row(Entry entry) {
        UsageTotals usage = entry.usage();
        return new Object[] {
            entry.hour(),
            entry.instance(),
            entry.owner(),
            entry.service(),
            usage.guestCpuMicros(),
            usage.kernelCpuMicros(),
            usage.memoryByteMillis(),
            usage.requests(),
            usage.bytesIn(),
            usage.bytesOut(),
            usage.wakes(),
            usage.wakeMicros(),
            usage.instanceMillis()
        };
    }

    /**
     * Usage by service and hour.
     *
     * @param owner empty for all
     * @param service empty for all
     */
    public static List<ServiceHour> list(
            Transaction tx,
            Optional<String> owner,
            Optional<String> service,
            Instant from,
            Instant to)
            throws SQLException {
        return tx.query(
                """
                SELECT service, hour, sum(guest_cpu_micros), sum(kernel_cpu_micros),
                    sum(memory_byte_millis), sum(requests), sum(bytes_in), sum(bytes_out),
                    sum(wakes), sum(wake_micros), sum(instance_millis)
                FROM usage
                WHERE ? IN ('', owner) AND ? IN ('', service) AND hour >= ? AND hour < ?
                GROUP BY service, hour ORDER BY service, hour""",
                UsageTable::serviceHour,
                owner.orElse(""),
                service.orElse(""),
                from,
                to);
    }

    private static ServiceHour serviceHour(ResultSet row) throws SQLException {
        return new ServiceHour(
                row.getString("service"),
                Transaction.time(row, "hour"),
                new UsageTotals(
                        row.getLong(3),
                        row.getLong(4),
                        row.getLong(5),
                        row.getLong(6),
                        row.getLong(7),
                        row.getLong(8),
                        row.getLong(9),
                        row.getLong(10),
                        row.getLong(11)));
    }
}
