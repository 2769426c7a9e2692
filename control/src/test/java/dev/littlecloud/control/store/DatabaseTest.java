package dev.littlecloud.control.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.littlecloud.control.ControlException;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatabaseTest {
    private static final int MORE_THAN_THERE_ARE_READERS = 20;

    @TempDir private Path directory;

    @Test
    void aReadThatFailedLeavesNoOldView() throws IOException {
        try (Database database = Database.open(directory.resolve("state"))) {
            for (int i = 0; i < MORE_THAN_THERE_ARE_READERS; i++) {
                assertThatThrownBy(
                                () ->
                                        database.read(
                                                tx -> {
                                                    assertThat(count(tx)).isZero();
                                                    throw ControlException.notFound("nothing");
                                                }))
                        .isInstanceOf(ControlException.class);
            }

            database.write(tx -> tx.update("CREATE TABLE news (number INTEGER)"));

            for (int i = 0; i < MORE_THAN_THERE_ARE_READERS; i++) {
                assertThat(database.read(DatabaseTest::count)).isEqualTo(1);
            }
        }
    }

    private static int count(Transaction tx) throws java.sql.SQLException {
        return tx.query(
                        "SELECT name FROM sqlite_master WHERE name = 'news'",
                        row -> row.getString("name"))
                .size();
    }
}
