package dev.littlecloud.kernel.freeze;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A record of the kernel, made by its constructor. */
final class RecordShape extends Shape {
    private final RecordComponent[] components;
    private final Method[] accessors;
    private final MethodHandle constructor;

    RecordShape(Class<?> type) {
        super(type, Phase.BUILT);
        this.components = type.getRecordComponents();
        this.accessors =
                Arrays.stream(components).map(RecordComponent::getAccessor).toArray(Method[]::new);
        for (Method accessor : accessors) {
            accessor.setAccessible(true);
        }
        Class<?>[] types =
                Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
        try {
            this.constructor =
                    MethodHandles.privateLookupIn(type, MethodHandles.lookup())
                            .findConstructor(type, MethodType.methodType(void.class, types))
                            .asSpreader(Object[].class, types.length)
                            .asType(MethodType.methodType(Object.class, Object[].class));
        } catch (ReflectiveOperationException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    @Override
    void references(Object object, List<@Nullable Object> into) {
        try {
            for (Method accessor : accessors) {
                // Numbers are boxed, and then shared like all numbers.
                into.add(accessor.invoke(object));
            }
        } catch (ReflectiveOperationException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    @Override
    String referenceName(int position) {
        return "." + components[position].getName();
    }

    @Override
    Object build(
            @Nullable Object prototype,
            @Nullable Object[] table,
            int[] references,
            int at,
            int count) {
        @Nullable Object[] parts = new @Nullable Object[count];
        for (int i = 0; i < count; i++) {
            parts[i] = table[references[at + i]];
        }
        try {
            return (Object) constructor.invokeExact(parts);
        } catch (RuntimeException | Error refused) {
            throw refused;
        } catch (Throwable refused) {
            throw new IllegalStateException(refused);
        }
    }
}
