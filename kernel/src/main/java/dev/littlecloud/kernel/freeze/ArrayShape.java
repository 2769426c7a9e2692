package dev.littlecloud.kernel.freeze;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.Array;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Arrays of one type. */
final class ArrayShape extends Shape {
    /** More than any array of a kernel has. */
    private static final int MAX_LENGTH = 64 << 20;

    private final Class<?> component;

    ArrayShape(Class<?> type) {
        super(type, Phase.FILLED);
        this.component = type.getComponentType();
    }

    @Override
    void references(Object object, List<@Nullable Object> into) {
        if (!component.isPrimitive()) {
            into.addAll(Arrays.asList((@Nullable Object[]) object));
        }
    }

    @Override
    @Nullable Object prototype(Object live) {
        return component.isPrimitive() ? copy(live) : null;
    }

    private static Object copy(Object array) {
        return switch (array) {
            case byte[] bytes -> bytes.clone();
            case int[] ints -> ints.clone();
            case long[] longs -> longs.clone();
            case short[] shorts -> shorts.clone();
            case char[] chars -> chars.clone();
            case boolean[] booleans -> booleans.clone();
            case double[] doubles -> doubles.clone();
            case float[] floats -> floats.clone();
            default -> throw new IllegalStateException("not an array of primitives: " + array);
        };
    }

    @Override
    Object allocate(@Nullable Object prototype, int count) {
        return prototype != null ? copy(prototype) : Array.newInstance(component, count);
    }

    @Override
    void fill(
            Object object,
            @Nullable Object prototype,
            @Nullable Object[] table,
            int[] references,
            int at,
            int count) {
        if (prototype == null) {
            @Nullable Object[] array = (@Nullable Object[]) object;
            for (int i = 0; i < count; i++) {
                array[i] = table[references[at + i]];
            }
        }
    }

    @Override
    void write(@Nullable Object prototype, DataOutput out) throws IOException {
        if (prototype != null) {
            out.writeInt(Array.getLength(prototype));
            out.write(bytes(prototype).toArray(ValueLayout.JAVA_BYTE));
        }
    }

    @Override
    @Nullable Object read(DataInput in, int count) throws IOException {
        if (!component.isPrimitive()) {
            return null;
        }
        int length = in.readInt();
        if (length < 0 || length > MAX_LENGTH) {
            throw new IOException("an array of " + length + " elements");
        }
        Object array = Array.newInstance(component, length);
        if (array instanceof boolean[] booleans) {
            for (int i = 0; i < length; i++) {
                booleans[i] = in.readBoolean();
            }
            return array;
        }
        MemorySegment into = bytes(array);
        byte[] content = new byte[(int) into.byteSize()];
        in.readFully(content);
        into.copyFrom(MemorySegment.ofArray(content));
        return array;
    }

    private static MemorySegment bytes(Object array) {
        return switch (array) {
            case byte[] bytes -> MemorySegment.ofArray(bytes);
            case int[] ints -> MemorySegment.ofArray(ints);
            case long[] longs -> MemorySegment.ofArray(longs);
            case short[] shorts -> MemorySegment.ofArray(shorts);
            case char[] chars -> MemorySegment.ofArray(chars);
            case double[] doubles -> MemorySegment.ofArray(doubles);
            case float[] floats -> MemorySegment.ofArray(floats);
            case boolean[] booleans -> MemorySegment.ofArray(asBytes(booleans));
            default -> throw new IllegalStateException("not an array of primitives: " + array);
        };
    }

    private static byte[] asBytes(boolean[] booleans) {
        byte[] bytes = new byte[booleans.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (booleans[i] ? 1 : 0);
        }
        return bytes;
    }
}
