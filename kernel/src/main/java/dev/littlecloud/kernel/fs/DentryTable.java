package dev.littlecloud.kernel.fs;

import org.jspecify.annotations.Nullable;

/**
 * The dentries of one directory by name. Looks a name up where it stands in a path, so that a path
 * walk over known names allocates nothing.
 */
final class DentryTable {
    private @Nullable Dentry[] slots = new @Nullable Dentry[8];
    private int count;

    /** The dentry named {@code text[start, end)}, or null. */
    @Nullable Dentry find(String text, int start, int end, int hash) {
        int mask = slots.length - 1;
        for (int i = spread(hash) & mask; ; i = i + 1 & mask) {
            Dentry dentry = slots[i];
            if (dentry == null) {
                return null;
            }
            if (dentry.hash() == hash
                    && dentry.name().length() == end - start
                    && dentry.name().regionMatches(0, text, start, end - start)) {
                return dentry;
            }
        }
    }

    void add(Dentry dentry) {
        if (++count * 3 > slots.length * 2) {
            @Nullable Dentry[] old = slots;
            slots = new @Nullable Dentry[old.length * 2];
            for (Dentry kept : old) {
                if (kept != null) {
                    insert(kept);
                }
            }
        }
        insert(dentry);
    }

    private void insert(Dentry dentry) {
        int mask = slots.length - 1;
        int i = spread(dentry.hash()) & mask;
        while (slots[i] != null) {
            i = i + 1 & mask;
        }
        slots[i] = dentry;
    }

    void remove(Dentry dentry) {
        int mask = slots.length - 1;
        int i = spread(dentry.hash()) & mask;
        while (slots[i] != dentry) {
            if (slots[i] == null) {
                return;
            }
            i = i + 1 & mask;
        }
        count--;
        // Linear probing without tombstones: move later members of the run into the gap.
        int gap = i;
        slots[gap] = null;
        for (int j = gap + 1 & mask; ; j = j + 1 & mask) {
            Dentry next = slots[j];
            if (next == null) {
                return;
            }
            int home = spread(next.hash()) & mask;
            boolean reachable = gap < j ? home <= gap || home > j : home <= gap && home > j;
            if (reachable) {
                slots[gap] = next;
                slots[j] = null;
                gap = j;
            }
        }
    }

    private static int spread(int hash) {
        return hash ^ hash >>> 15;
    }
}
