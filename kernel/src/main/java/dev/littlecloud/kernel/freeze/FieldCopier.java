package dev.littlecloud.kernel.freeze;

import org.jspecify.annotations.Nullable;

/** Copies the fields that one class declares. Implemented by generated classes. */
public interface FieldCopier {
    /**
     * @param prototype where primitive values come from
     * @param target what is filled
     * @param table where references come from, by their positions
     * @param references positions in the table, from {@code at} on
     */
    void copy(Object prototype, Object target, @Nullable Object[] table, int[] references, int at);
}
