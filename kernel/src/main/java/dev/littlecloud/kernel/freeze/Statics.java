package dev.littlecloud.kernel.freeze;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Objects that constants of the kernel's classes hold. They are the same for all instances, and are
 * known by the constant's name.
 */
final class Statics {
    private final Map<Object, Field> known = new IdentityHashMap<>();
    private final Set<Class<?>> scanned = new HashSet<>();

    /** The constant that holds an object of a kernel class, or null. */
    @Nullable Field find(Object object) {
        scan(object.getClass());
        return known.get(object);
    }

    /** A constant is declared in the class of its value, one above it, or one around these. */
    private void scan(Class<?> type) {
        for (Class<?> at = type; at != null && Shapes.isKernel(at); at = at.getSuperclass()) {
            if (!scanned.add(at)) {
                return;
            }
            for (Class<?> around = at; around != null; around = around.getEnclosingClass()) {
                read(around);
            }
            for (Class<?> one : at.getInterfaces()) {
                if (Shapes.isKernel(one)) {
                    read(one);
                }
            }
        }
    }

    private void read(Class<?> type) {
        for (Field field : type.getDeclaredFields()) {
            int modifiers = field.getModifiers();
            if (Modifier.isStatic(modifiers)
                    && Modifier.isFinal(modifiers)
                    && !field.getType().isPrimitive()) {
                Object value = read(field);
                if (value != null) {
                    known.put(value, field);
                }
            }
        }
    }

    private static @Nullable Object read(Field field) {
        try {
            field.setAccessible(true);
            return field.get(null);
        } catch (IllegalAccessException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
