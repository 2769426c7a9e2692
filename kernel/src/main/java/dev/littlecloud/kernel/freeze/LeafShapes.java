package dev.littlecloud.kernel.freeze;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Other types of the JDK that the kernel's objects hold. */
final class LeafShapes {
    static final Shape BITS = new Bits();
    static final Shape ATOMIC_INTEGER = new AtomicIntegerShape();
    static final Shape ATOMIC_LONG = new AtomicLongShape();
    static final Shape BUFFER = new HeapBuffer();
    static final Shape SEGMENT = new HeapSegment();

    /** Sets of bits are about pages, processors and ids. */
    private static final int MAX_BIT_WORDS = 4 << 20;

    private LeafShapes() {}

    static @Nullable Shape of(Object object) {
        return switch (object) {
            case BitSet _ -> BITS;
            case AtomicInteger _ -> ATOMIC_INTEGER;
            case AtomicLong _ -> ATOMIC_LONG;
            case ByteBuffer buffer when buffer.hasArray() -> BUFFER;
            case MemorySegment segment
                    when segment.heapBase().isPresent() && !segment.isReadOnly() ->
                    SEGMENT;
            default -> null;
        };
    }

    /** The shape of a type by its name, or null. */
    static @Nullable Shape named(String type) {
        for (Shape shape : List.of(BITS, ATOMIC_INTEGER, ATOMIC_LONG, BUFFER, SEGMENT)) {
            if (shape.type().getName().equals(type)) {
                return shape;
            }
        }
        return null;
    }

    private static final class Bits extends Shape {
        Bits() {
            super(BitSet.class, Phase.FILLED);
        }

        @Override
        void references(Object object, List<@Nullable Object> into) {}

        @Override
        Object prototype(Object live) {
            return ((BitSet) live).toLongArray();
        }

        @Override
        Object allocate(@Nullable Object prototype, int count) {
            return BitSet.valueOf((long[]) Objects.requireNonNull(prototype));
        }

        @Override
        void write(@Nullable Object prototype, DataOutput out) throws IOException {
            long[] words = (long[]) Objects.requireNonNull(prototype);
            out.writeInt(words.length);
            for (long word : words) {
                out.writeLong(word);
            }
        }

        @Override
        Object read(DataInput in, int count) throws IOException {
            int length = in.readInt();
            if (length < 0 || length > MAX_BIT_WORDS) {
                throw new IOException("a set of " + length + " words");
            }
            long[] words = new long[length];
            for (int i = 0; i < length; i++) {
                words[i] = in.readLong();
            }
            return words;
        }
    }

    /** The prototype is the number. */
    private abstract static class AtomicShape extends Shape {
        AtomicShape(Class<?> type) {
            super(type, Phase.FILLED);
        }

        @Override
        void references(Object object, List<@Nullable Object> into) {}

        @Override
        Object prototype(Object live) {
            return ((Number) live).longValue();
        }

        @Override
        void write(@Nullable Object prototype, DataOutput out) throws IOException {
            out.writeLong(value(prototype));
        }

        @Override
        Object read(DataInput in, int count) throws IOException {
            return in.readLong();
        }

        static long value(@Nullable Object prototype) {
            return (Long) Objects.requireNonNull(prototype);
        }
    }

    private static final class AtomicIntegerShape extends AtomicShape {
        AtomicIntegerShape() {
            super(AtomicInteger.class);
        }

        @Override
        Object allocate(@Nullable Object prototype, int count) {
            return new AtomicInteger((int) value(prototype));
        }
    }

    private static final class AtomicLongShape extends AtomicShape {
        AtomicLongShape() {
            super(AtomicLong.class);
        }

        @Override
        Object allocate(@Nullable Object prototype, int count) {
            return new AtomicLong(value(prototype));
        }
    }

    /** A view of an array, which others may see as well. */
    private static final class HeapBuffer extends Shape {
        private record View(int offset, int capacity, int limit, int position, boolean little) {}

        HeapBuffer() {
            super(ByteBuffer.class, Phase.BUILT);
        }

        @Override
        void references(Object object, List<@Nullable Object> into) {
            into.add(((ByteBuffer) object).array());
        }

        @Override
        Object prototype(Object live) {
            ByteBuffer buffer = (ByteBuffer) live;
            return new View(
                    buffer.arrayOffset(),
                    buffer.capacity(),
                    buffer.limit(),
                    buffer.position(),
                    buffer.order() == ByteOrder.LITTLE_ENDIAN);
        }

        @Override
        Object build(
                @Nullable Object prototype,
                @Nullable Object[] table,
                int[] references,
                int at,
                int count) {
            View view = (View) Objects.requireNonNull(prototype);
            byte[] array = (byte[]) Objects.requireNonNull(table[references[at]]);
            return ByteBuffer.wrap(array)
                    .slice(view.offset, view.capacity)
                    .limit(view.limit)
                    .position(view.position)
                    .order(view.little ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
        }

        @Override
        void write(@Nullable Object prototype, DataOutput out) throws IOException {
            View view = (View) Objects.requireNonNull(prototype);
            out.writeInt(view.offset);
            out.writeInt(view.capacity);
            out.writeInt(view.limit);
            out.writeInt(view.position);
            out.writeBoolean(view.little);
        }

        @Override
        Object read(DataInput in, int count) throws IOException {
            return new View(
                    in.readInt(), in.readInt(), in.readInt(), in.readInt(), in.readBoolean());
        }
    }

    private static final class HeapSegment extends Shape {
        private record View(long offset, long length) {}

        HeapSegment() {
            super(MemorySegment.class, Phase.BUILT);
        }

        @Override
        void references(Object object, List<@Nullable Object> into) {
            into.add(((MemorySegment) object).heapBase().orElseThrow());
        }

        @Override
        Object prototype(Object live) {
            MemorySegment segment = (MemorySegment) live;
            return new View(segment.address(), segment.byteSize());
        }

        @Override
        Object build(
                @Nullable Object prototype,
                @Nullable Object[] table,
                int[] references,
                int at,
                int count) {
            View view = (View) Objects.requireNonNull(prototype);
            return whole(table[references[at]]).asSlice(view.offset, view.length);
        }

        private static MemorySegment whole(@Nullable Object array) {
            return switch (array) {
                case byte[] bytes -> MemorySegment.ofArray(bytes);
                case long[] longs -> MemorySegment.ofArray(longs);
                case int[] ints -> MemorySegment.ofArray(ints);
                case null, default -> throw new IllegalStateException("no memory in " + array);
            };
        }

        @Override
        void write(@Nullable Object prototype, DataOutput out) throws IOException {
            View view = (View) Objects.requireNonNull(prototype);
            out.writeLong(view.offset);
            out.writeLong(view.length);
        }

        @Override
        Object read(DataInput in, int count) throws IOException {
            return new View(in.readLong(), in.readLong());
        }
    }
}
