package dev.littlecloud.control.store;

import dev.littlecloud.control.model.Quotas;
import dev.littlecloud.control.model.Revision;
import dev.littlecloud.control.model.ServiceRecord;
import dev.littlecloud.control.model.ServiceSpec;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Services and their revisions. */
public final class ServiceTable {
    /** So many revisions back keep their images. */
    private static final int KEPT_REVISIONS = 5;

    private ServiceTable() {}

    public static Optional<ServiceRecord> find(Transaction tx, String name) throws SQLException {
        Optional<Row> row =
                tx.first("SELECT * FROM service WHERE name = ?", ServiceTable::row, name);
        return row.isEmpty() ? Optional.empty() : Optional.of(complete(tx, row.get()));
    }

    /**
     * Services in the order of their names.
     *
     * @param owner empty for all
     */
    public static List<ServiceRecord> list(Transaction tx, Optional<String> owner)
            throws SQLException {
        List<ServiceRecord> services = new ArrayList<>();
        for (Row row :
                tx.query(
                        "SELECT * FROM service WHERE ? IN ('', owner) ORDER BY name",
                        ServiceTable::row,
                        owner.orElse(""))) {
            services.add(complete(tx, row));
        }
        return services;
    }

    private record Row(
            String name,
            String owner,
            String spec,
            long version,
            Optional<Integer> serving,
            Instant createdAt,
            Instant updatedAt) {}

    private static Row row(ResultSet row) throws SQLException {
        return new Row(
                row.getString("name"),
                row.getString("owner"),
                row.getString("spec"),
                row.getLong("version"),
                Transaction.number(row, "serving"),
                Transaction.time(row, "created_at"),
                Transaction.time(row, "updated_at"));
    }

    private static ServiceRecord complete(Transaction tx, Row row) throws SQLException {
        Revision latest =
                tx.first(
                                "SELECT * FROM revision WHERE service = ? ORDER BY number DESC LIMIT 1",
                                ServiceTable::revision,
                                row.name)
                        .orElseThrow();
        return new ServiceRecord(
                row.name,
                row.owner,
                SpecCodec.parse(row.spec),
                row.version,
                row.serving,
                latest,
                row.createdAt,
                row.updatedAt);
    }

    private static Revision revision(ResultSet row) throws SQLException {
        long readyAt = row.getLong("ready_at");
        Optional<Instant> ready =
                row.wasNull() ? Optional.empty() : Optional.of(Instant.ofEpochMilli(readyAt));
        return new Revision(
                row.getInt("number"),
                Revision.State.of(row.getString("state")),
                Transaction.text(row, "reason"),
                Transaction.text(row, "image_id"),
                Transaction.text(row, "manifest"),
                SpecCodec.parse(row.getString("spec")),
                Transaction.time(row, "created_at"),
                ready);
    }

    public static List<Revision> revisions(Transaction tx, String service) throws SQLException {
        return tx.query(
                "SELECT * FROM revision WHERE service = ? ORDER BY number DESC",
                ServiceTable::revision,
                service);
    }

    public static Optional<Revision> revision(Transaction tx, String service, int number)
            throws SQLException {
        return tx.first(
                "SELECT * FROM revision WHERE service = ? AND number = ?",
                ServiceTable::revision,
                service,
                number);
    }

    public static void insert(
            Transaction tx, String name, String owner, ServiceSpec spec, Instant now)
            throws SQLException {
        tx.update(
                "INSERT INTO service (name, owner, spec, version, created_at, updated_at)"
                        + " VALUES (?, ?, ?, 1, ?, ?)",
                name,
                owner,
                SpecCodec.text(spec),
                now,
                now);
    }

    public static void update(Transaction tx, String name, ServiceSpec spec, Instant now)
            throws SQLException {
        tx.update(
                "UPDATE service SET spec = ?, version = version + 1, updated_at = ? WHERE name = ?",
                SpecCodec.text(spec),
                now,
                name);
    }

    public static void addRevision(
            Transaction tx, String service, int number, ServiceSpec spec, Instant now)
            throws SQLException {
        tx.update(
                "INSERT INTO revision (service, number, state, spec, created_at)"
                        + " VALUES (?, ?, 'pending', ?, ?)",
                service,
                number,
                SpecCodec.text(spec),
                now);
    }

    /** False where the service or revision is gone. */
    public static boolean setState(
            Transaction tx,
            String service,
            int number,
            Revision.State state,
            Optional<String> reason)
            throws SQLException {
        return tx.update(
                        "UPDATE revision SET state = ?, reason = nullif(?, '')"
                                + " WHERE service = ? AND number = ?",
                        state.text(),
                        reason.orElse(""),
                        service,
                        number)
                > 0;
    }

    public static void setImage(
            Transaction tx, String service, int number, String imageId, Optional<String> manifest)
            throws SQLException {
        tx.update(
                "UPDATE revision SET image_id = ?, manifest = nullif(?, '')"
                        + " WHERE service = ? AND number = ?",
                imageId,
                manifest.orElse(""),
                service,
                number);
    }

    /** A revision takes over. */
    public static void setServing(Transaction tx, String service, int number, Instant now)
            throws SQLException {
        tx.update(
                "UPDATE revision SET ready_at = ? WHERE service = ? AND number = ?",
                now,
                service,
                number);
        tx.update(
                "UPDATE service SET serving = ?, version = version + 1, updated_at = ?"
                        + " WHERE name = ?",
                number,
                now,
                service);
    }

    public static void delete(Transaction tx, String name) throws SQLException {
        tx.update("DELETE FROM log WHERE service = ?", name);
        tx.update("DELETE FROM service WHERE name = ?", name);
    }

    /** What an owner has, one service left out. */
    public static Quotas used(Transaction tx, String owner, String except) throws SQLException {
        Quotas used = Quotas.NONE_USED;
        for (Row row :
                tx.query(
                        "SELECT * FROM service WHERE owner = ? AND name <> ?",
                        ServiceTable::row,
                        owner,
                        except)) {
            used = used.plus(SpecCodec.parse(row.spec));
        }
        return used;
    }

    /**
     * What revisions that serve, are to, or can be rolled back to need: digests of manifests and ids
     * of images.
     */
    public static List<String> imagesInUse(Transaction tx) throws SQLException {
        String serving =
                " FROM revision r JOIN service s ON s.name = r.service"
                        + " WHERE r.number = s.serving OR r.state IN ('pending', 'pulling', 'starting')"
                        + " OR (r.state = 'ready' AND r.number > s.serving - "
                        + KEPT_REVISIONS
                        + ")";
        List<String> used =
                new ArrayList<>(
                        tx.query(
                                "SELECT coalesce(manifest, '')" + serving,
                                row -> row.getString(1)));
        used.addAll(tx.query("SELECT coalesce(image_id, '')" + serving, row -> row.getString(1)));
        return used.stream().filter(text -> !text.isEmpty()).distinct().toList();
    }
}
