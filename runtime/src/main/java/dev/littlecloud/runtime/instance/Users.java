package dev.littlecloud.runtime.instance;

import dev.littlecloud.image.tree.ImageNode;
import dev.littlecloud.image.tree.ImageTree;
import dev.littlecloud.kernel.task.Credentials;
import dev.littlecloud.runtime.InstanceException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds users in the image's own /etc/passwd and /etc/group, as Docker does. */
final class Users {
    private static final long LARGEST_FILE = 1 << 20;

    /**
     * Who the first process is.
     *
     * @param home value for HOME
     */
    record User(Credentials credentials, String home) {}

    private final List<String[]> passwd;
    private final List<String[]> groups;

    Users(ImageTree tree) {
        this.passwd = records(tree, "passwd");
        this.groups = records(tree, "group");
    }

    private static List<String[]> records(ImageTree tree, String name) {
        if (!(tree.root().child("etc") instanceof ImageNode.Directory etc)
                || !(etc.child(name) instanceof ImageNode.RegularFile file)) {
            return List.of();
        }
        long size = Math.min(file.size(), LARGEST_FILE);
        MemorySegment contents = ImageBlobs.of(tree);
        byte[] bytes = contents.asSlice(file.blobOffset(), size).toArray(ValueLayout.JAVA_BYTE);
        List<String[]> records = new ArrayList<>();
        for (String line : new String(bytes, StandardCharsets.UTF_8).split("\n")) {
            if (!line.isEmpty() && !line.startsWith("#")) {
                records.add(line.split(":", -1));
            }
        }
        return records;
    }

    /**
     * @param wanted {@code name|uid[:group|gid]}, empty for root
     */
    User find(String wanted) {
        int colon = wanted.indexOf(':');
        String name = colon < 0 ? wanted : wanted.substring(0, colon);
        String groupName = colon < 0 ? "" : wanted.substring(colon + 1);
        String[] entry = name.isEmpty() ? byId(passwd, 0) : byNameOrId(passwd, name);
        long uid = entry != null ? number(entry, 2) : numeric(name.isEmpty() ? "0" : name);
        if (uid < 0) {
            throw new InstanceException(
                    "there is no user '%s' in the image; give a user id or a name of /etc/passwd"
                            .formatted(name));
        }
        long gid = entry != null ? number(entry, 3) : 0;
        int[] supplementary = {};
        if (!groupName.isEmpty()) {
            String[] group = byNameOrId(groups, groupName);
            gid = group != null ? number(group, 2) : numeric(groupName);
            if (gid < 0) {
                throw new InstanceException(
                        "there is no group '%s' in the image; give a group id or a name of /etc/group"
                                .formatted(groupName));
            }
        } else if (entry != null) {
            supplementary = memberships(entry[0]);
        }
        String home = entry != null && entry.length > 5 && !entry[5].isEmpty() ? entry[5] : "/";
        return new User(Credentials.of((int) uid, (int) gid, supplementary), home);
    }

    private int[] memberships(String user) {
        List<Integer> found = new ArrayList<>();
        for (String[] group : groups) {
            if (group.length > 3 && List.of(group[3].split(",")).contains(user)) {
                long gid = number(group, 2);
                if (gid >= 0) {
                    found.add((int) gid);
                }
            }
        }
        return found.stream().mapToInt(Integer::intValue).toArray();
    }

    private static String @Nullable [] byNameOrId(List<String[]> records, String text) {
        for (String[] record : records) {
            if (record[0].equals(text)) {
                return record;
            }
        }
        long id = numeric(text);
        return id < 0 ? null : byId(records, id);
    }

    private static String @Nullable [] byId(List<String[]> records, long id) {
        for (String[] record : records) {
            if (number(record, 2) == id) {
                return record;
            }
        }
        return null;
    }

    private static long number(String[] record, int field) {
        return field < record.length ? numeric(record[field]) : -1;
    }

    private static long numeric(String text) {
        try {
            long value = Long.parseLong(text);
            return value >= 0 && value <= 0xFFFF_FFFFL ? value : -1;
        } catch (NumberFormatException name) {
            return -1;
        }
    }
}
