package dev.littlecloud.kernel.ipc.sysv;

import dev.littlecloud.kernel.Errno;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Objects of one kind by id and key. An id is a slot and how often the slot was used before, so an
 * old id is told from the one that follows it.
 */
public final class IpcTable<T extends IpcObject> {
    static final int SLOTS = 32768;

    private static final int SEQUENCES = Integer.MAX_VALUE / SLOTS;

    private final List<@Nullable T> slots = new ArrayList<>();
    private final int limit;
    private int count;
    private int sequence;

    IpcTable(int limit) {
        this.limit = limit;
    }

    public int count() {
        return count;
    }

    public boolean isFull() {
        return count >= limit;
    }

    public int limit() {
        return limit;
    }

    /** All objects there are. */
    public List<T> all() {
        List<T> objects = new ArrayList<>(count);
        for (T object : slots) {
            if (object != null) {
                objects.add(object);
            }
        }
        return objects;
    }

    /** The highest slot in use, or 0; what IPC_INFO answers. */
    public int highestSlot() {
        for (int i = slots.size() - 1; i > 0; i--) {
            if (slots.get(i) != null) {
                return i;
            }
        }
        return 0;
    }

    /** The object in a slot, for SHM_STAT and the like; null where it is free. */
    public @Nullable T inSlot(long slot) {
        int index = (int) slot;
        return index >= 0 && index < slots.size() ? slots.get(index) : null;
    }

    public @Nullable T byId(long id) {
        int number = (int) id;
        T object = number < 0 ? null : inSlot(number % SLOTS);
        return object != null && object.id() == number ? object : null;
    }

    /** Why an id is not there: {@code -EIDRM} where its slot has another object now. */
    public long whyMissing(long id) {
        int number = (int) id;
        return number >= 0 && inSlot(number % SLOTS) != null ? -Errno.EIDRM : -Errno.EINVAL;
    }

    public @Nullable T byKey(int key) {
        if (key == IpcObject.IPC_PRIVATE) {
            return null;
        }
        for (T object : slots) {
            if (object != null && object.key() == key) {
                return object;
            }
        }
        return null;
    }

    /** Adds an object; its id. */
    public int add(T object) {
        int slot = slots.indexOf(null);
        if (slot < 0) {
            slot = slots.size();
            slots.add(object);
        } else {
            slots.set(slot, object);
            sequence = (sequence + 1) % SEQUENCES;
        }
        count++;
        object.id = sequence * SLOTS + slot;
        return object.id;
    }

    public void remove(T object) {
        slots.set(object.id() % SLOTS, null);
        object.removed();
        count--;
    }
}
