package dev.littlecloud.control.store;

import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** Secrets of owners, sealed. */
public final class SecretTable {
    private SecretTable() {}

    private static String place(String owner, String name) {
        return owner + "/" + name;
    }

    public static void put(Transaction tx, Vault vault, String owner, String name, String value)
            throws SQLException {
        tx.update(
                "INSERT INTO secret (owner, name, sealed) VALUES (?, ?, ?)"
                        + " ON CONFLICT (owner, name) DO UPDATE SET sealed = excluded.sealed",
                owner,
                name,
                vault.seal(value, place(owner, name)));
    }

    public static Optional<String> value(Transaction tx, Vault vault, String owner, String name)
            throws SQLException {
        return tx.first(
                        "SELECT sealed FROM secret WHERE owner = ? AND name = ?",
                        row -> row.getBytes("sealed"),
                        owner,
                        name)
                .map(bytes -> vault.open(bytes, place(owner, name)));
    }

    public static List<String> names(Transaction tx, String owner) throws SQLException {
        return tx.query(
                "SELECT name FROM secret WHERE owner = ? ORDER BY name",
                row -> row.getString("name"),
                owner);
    }

    public static boolean delete(Transaction tx, String owner, String name) throws SQLException {
        return tx.update("DELETE FROM secret WHERE owner = ? AND name = ?", owner, name) > 0;
    }
}
