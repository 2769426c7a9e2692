package dev.littlecloud.control.store;

import dev.littlecloud.control.model.Quotas;
import dev.littlecloud.image.Digest;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/** Owners, their quotas and their tokens. */
public final class OwnerTable {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int TOKEN_BYTES = 32;
    private static final int ID_LENGTH = 12;

    private OwnerTable() {}

    public record Owner(String name, Quotas quotas) {}

    /** Who sends a request. */
    public record Caller(String owner, boolean isAdmin) {
        /** What it may see: everything, or what is its owner's. */
        public Optional<String> scope() {
            return isAdmin ? Optional.empty() : Optional.of(owner);
        }
    }

    public static Optional<Owner> find(Transaction tx, String name) throws SQLException {
        return tx.first("SELECT * FROM owner WHERE name = ?", OwnerTable::owner, name);
    }

    public static List<Owner> list(Transaction tx) throws SQLException {
        return tx.query("SELECT * FROM owner ORDER BY name", OwnerTable::owner);
    }

    private static Owner owner(ResultSet row) throws SQLException {
        return new Owner(
                row.getString("name"),
                new Quotas(
                        row.getLong("services"),
                        row.getLong("instances"),
                        row.getLong("memory_bytes")));
    }

    /** Makes an owner or changes its quotas. */
    public static void put(Transaction tx, Owner owner, Instant now) throws SQLException {
        tx.update(
                "INSERT INTO owner (name, services, instances, memory_bytes, created_at)"
                        + " VALUES (?, ?, ?, ?, ?) ON CONFLICT (name) DO UPDATE SET"
                        + " services = excluded.services, instances = excluded.instances,"
                        + " memory_bytes = excluded.memory_bytes",
                owner.name(),
                owner.quotas().services(),
                owner.quotas().instances(),
                owner.quotas().memoryBytes(),
                now);
    }

    /** A token nobody has yet. */
    public static String newToken() {
        byte[] bytes = new byte[TOKEN_BYTES];
        RANDOM.nextBytes(bytes);
        return "lc_" + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    public static void addToken(
            Transaction tx, String token, String owner, boolean isAdmin, Instant now)
            throws SQLException {
        tx.update(
                "INSERT OR IGNORE INTO token (digest, owner, is_admin, created_at) VALUES (?, ?, ?, ?)",
                digest(token),
                owner,
                isAdmin,
                now);
    }

    /**
     * A token as it may be shown.
     *
     * @param id the begin of its digest
     */
    public record KnownToken(String id, String owner, boolean isAdmin, Instant createdAt) {}

    private static KnownToken token(ResultSet row) throws SQLException {
        return new KnownToken(
                row.getString("digest").substring(0, ID_LENGTH),
                row.getString("owner"),
                row.getInt("is_admin") != 0,
                Transaction.time(row, "created_at"));
    }

    /**
     * Tokens, the oldest first.
     *
     * @param owner empty for all
     */
    public static List<KnownToken> tokens(Transaction tx, Optional<String> owner)
            throws SQLException {
        return tx.query(
                "SELECT * FROM token WHERE ? IN ('', owner) ORDER BY created_at, digest",
                OwnerTable::token,
                owner.orElse(""));
    }

    public static Optional<KnownToken> known(Transaction tx, String token) throws SQLException {
        return tx.first("SELECT * FROM token WHERE digest = ?", OwnerTable::token, digest(token));
    }

    /** Takes the rights of a token away. */
    public static void removeToken(Transaction tx, String id) throws SQLException {
        tx.update("DELETE FROM token WHERE substr(digest, 1, ?) = ?", ID_LENGTH, id);
    }

    public static Optional<Caller> caller(Transaction tx, String token) throws SQLException {
        return tx.first(
                "SELECT owner, is_admin FROM token WHERE digest = ?",
                row -> new Caller(row.getString("owner"), row.getInt("is_admin") != 0),
                digest(token));
    }

    /** Tokens are random, so a plain digest stands for them, and finding it tells no timing. */
    private static String digest(String token) {
        return Digest.sha256(token.getBytes(StandardCharsets.UTF_8)).hex();
    }
}
