package dev.littlecloud.kernel.fs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DentryTableTest {
    private static @Nullable Dentry find(DentryTable table, String name) {
        String path = "/before/" + name + "/behind";
        int start = "/before/".length();
        int end = start + name.length();
        return table.find(path, start, end, Dentry.hash(path, start, end));
    }

    @Test
    void agreesWithAMapOverManyAddsAndRemoves() {
        long seed = Long.getLong("seed", 20261121);
        Random random = new Random(seed);
        DentryTable table = new DentryTable();
        Map<String, Dentry> expected = new HashMap<>();
        Inode inode = new AnonymousInode(0600, 0, 0);
        for (int i = 0; i < 100_000; i++) {
            String name = "n" + random.nextInt(500);
            Dentry known = expected.get(name);
            assertThat(find(table, name)).as("seed %d", seed).isSameAs(known);
            if (known != null) {
                table.remove(known);
                expected.remove(name);
            } else {
                Dentry dentry = new Dentry(name, null, inode);
                table.add(dentry);
                expected.put(name, dentry);
            }
        }
    }
}
