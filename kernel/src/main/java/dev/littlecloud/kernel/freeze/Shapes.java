package dev.littlecloud.kernel.freeze;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Finds the shape of an object: the closed list of what can be frozen. Thread-safe. */
final class Shapes {
    private static final String KERNEL = "dev.littlecloud.kernel.";

    private static final Map<Class<?>, Shape> KNOWN = new ConcurrentHashMap<>();

    private Shapes() {}

    static boolean isKernel(Class<?> type) {
        return type.getName().startsWith(KERNEL);
    }

    /** Objects that never change and have no identity: shared, not copied. */
    static boolean isConstant(Object object) {
        return object instanceof String
                || object instanceof Number && isBox(object)
                || object instanceof Boolean
                || object instanceof Character
                || object instanceof Enum;
    }

    private static boolean isBox(Object number) {
        return number instanceof Integer
                || number instanceof Long
                || number instanceof Short
                || number instanceof Byte
                || number instanceof Double
                || number instanceof Float;
    }

    /** The shape of an object, or null where it cannot be frozen. */
    static @Nullable Shape of(Object object) {
        Class<?> type = object.getClass();
        Shape known = KNOWN.get(type);
        if (known == null) {
            known = find(object);
            if (known != null) {
                KNOWN.put(type, known);
            }
        }
        return known;
    }

    private static @Nullable Shape find(Object object) {
        Class<?> type = object.getClass();
        if (type.isHidden()) {
            return LambdaShape.of(object);
        }
        if (type.isArray()) {
            return new ArrayShape(type);
        }
        if (isKernel(type)) {
            if (type.isRecord()) {
                return new RecordShape(type);
            }
            Class<?> above = type;
            while (isKernel(above)) {
                above = above.getSuperclass();
            }
            return above == Object.class ? new ClassShape(type) : null;
        }
        Shape collection = CollectionShapes.of(object);
        return collection != null ? collection : LeafShapes.of(object);
    }
}
