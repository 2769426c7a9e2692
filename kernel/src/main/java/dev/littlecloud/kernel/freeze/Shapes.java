package dev.littlecloud.kernel.freeze;

import java.lang.reflect.Modifier;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Finds the shape of an object: the closed list of what can be frozen. Thread-safe. */
final class Shapes {
    static final String KERNEL = "dev.littlecloud.kernel.";

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
        Shape jdk = CollectionShapes.of(object);
        if (jdk == null) {
            jdk = LeafShapes.of(object);
        }
        if (jdk != null) {
            return jdk;
        }
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
            return isOnlyKernel(type) ? make(type) : null;
        }
        return null;
    }

    /** Whether it extends nothing but classes of the kernel. */
    private static boolean isOnlyKernel(Class<?> type) {
        Class<?> above = type;
        while (above != null && isKernel(above)) {
            above = above.getSuperclass();
        }
        return above == Object.class || above == Record.class;
    }

    private static Shape make(Class<?> type) {
        return type.isRecord() ? new RecordShape(type) : new ClassShape(type);
    }

    /** The shape of a class of the kernel, of which there may be no object yet. */
    static Shape ofKernelClass(Class<?> type) throws DamagedException {
        boolean concrete =
                !type.isInterface()
                        && !type.isEnum()
                        && !type.isHidden()
                        && !Modifier.isAbstract(type.getModifiers());
        if (!concrete || !isOnlyKernel(type)) {
            throw new DamagedException("no object is a " + type.getName());
        }
        return KNOWN.computeIfAbsent(type, Shapes::make);
    }
}
