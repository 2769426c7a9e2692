package dev.littlecloud.control.store;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/** Brings the tables to the version of this program, one script after the other. */
final class Migrations {
    /** Never changed once released: a change is another script. */
    private static final List<String> SCRIPTS = List.of("1-services.sql", "2-usage.sql");

    private Migrations() {}

    static void run(Connection connection) throws SQLException {
        int version = version(connection);
        if (version > SCRIPTS.size()) {
            throw new SQLException(
                    "it is of version "
                            + version
                            + ", made by a newer Littlecloud; this one knows up to "
                            + SCRIPTS.size());
        }
        connection.setAutoCommit(false);
        for (int next = version; next < SCRIPTS.size(); next++) {
            try (Statement statement = connection.createStatement()) {
                for (String command : script(SCRIPTS.get(next)).split(";\\s*\n")) {
                    if (!command.isBlank()) {
                        statement.executeUpdate(command);
                    }
                }
                statement.executeUpdate("PRAGMA user_version = " + (next + 1));
                connection.commit();
            } catch (SQLException e) {
                connection.rollback();
                throw e;
            }
        }
    }

    private static int version(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("PRAGMA user_version")) {
            return row.next() ? row.getInt(1) : 0;
        }
    }

    private static String script(String name) {
        try (InputStream in = Migrations.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException(name + " is not on the class path");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
