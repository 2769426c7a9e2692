package dev.littlecloud.kernel.freeze;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** The JDK's collections that the kernel uses, taken apart into their elements. */
final class CollectionShapes {
    private CollectionShapes() {}

    private static final Map<Class<?>, Shape> BY_TYPE =
            index(
                    new MapShape(HashMap.class, size -> new HashMap<>(tableFor(size))),
                    new MapShape(LinkedHashMap.class, size -> new LinkedHashMap<>(tableFor(size))),
                    new MapShape(TreeMap.class, size -> new TreeMap<>()),
                    new FixedMap(Map.of().getClass()),
                    new FixedMap(Map.of(1, 1).getClass()),
                    new CollectionShape(ArrayList.class, ArrayList::new),
                    new CollectionShape(ArrayDeque.class, ArrayDeque::new),
                    new CollectionShape(HashSet.class, size -> new HashSet<>(tableFor(size))),
                    new CollectionShape(
                            LinkedHashSet.class, size -> new LinkedHashSet<>(tableFor(size))),
                    new CollectionShape(TreeSet.class, size -> new TreeSet<>()),
                    new CollectionShape(
                            PriorityQueue.class, size -> new PriorityQueue<>(Math.max(1, size))),
                    new FixedList(List.of().getClass()),
                    new FixedList(List.of(1).getClass()),
                    new FixedSet(Set.of().getClass()),
                    new FixedSet(Set.of(1).getClass()));

    private static Map<Class<?>, Shape> index(Shape... shapes) {
        Map<Class<?>, Shape> index = new HashMap<>();
        for (Shape shape : shapes) {
            index.put(shape.type(), shape);
        }
        return index;
    }

    /** The shape of a collection, or null where it is none that is known. */
    static @Nullable Shape of(Object object) {
        boolean ownOrder =
                switch (object) {
                    case TreeMap<?, ?> map -> map.comparator() != null;
                    case TreeSet<?> set -> set.comparator() != null;
                    case PriorityQueue<?> queue -> queue.comparator() != null;
                    default -> false;
                };
        return ownOrder ? null : BY_TYPE.get(object.getClass());
    }

    /** The shape of a type by its name, or null. */
    static @Nullable Shape named(String type) {
        for (Shape shape : BY_TYPE.values()) {
            if (shape.type().getName().equals(type)) {
                return shape;
            }
        }
        return null;
    }

    private static int tableFor(int size) {
        return Math.max(4, size * 4 / 3 + 1);
    }

    private static final class CollectionShape extends Shape {
        private final IntFunction<Collection<@Nullable Object>> maker;

        CollectionShape(Class<?> type, IntFunction<Collection<@Nullable Object>> maker) {
            super(type, Phase.COLLECTED);
            this.maker = maker;
        }

        @Override
        void references(Object object, List<@Nullable Object> into) {
            into.addAll((Collection<?>) object);
        }

        @Override
        Object allocate(@Nullable Object prototype, int count) {
            return maker.apply(count);
        }

        @Override
        @SuppressWarnings("unchecked")
        void fill(
                Object object,
                @Nullable Object prototype,
                @Nullable Object[] table,
                int[] references,
                int at,
                int count) {
            Collection<@Nullable Object> filled = (Collection<@Nullable Object>) object;
            for (int i = 0; i < count; i++) {
                filled.add(table[references[at + i]]);
            }
        }
    }

    /** Keys and values in turn. */
    private static void flatten(Map<?, ?> map, List<@Nullable Object> into) {
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            into.add(entry.getKey());
            into.add(entry.getValue());
        }
    }

    private static final class MapShape extends Shape {
        private final IntFunction<Map<@Nullable Object, @Nullable Object>> maker;

        MapShape(Class<?> type, IntFunction<Map<@Nullable Object, @Nullable Object>> maker) {
            super(type, Phase.COLLECTED);
            this.maker = maker;
        }

        @Override
        void references(Object object, List<@Nullable Object> into) {
            flatten((Map<?, ?>) object, into);
        }

        @Override
        Object allocate(@Nullable Object prototype, int count) {
            return maker.apply(count / 2);
        }

        @Override
        @SuppressWarnings("unchecked")
        void fill(
                Object object,
                @Nullable Object prototype,
                @Nullable Object[] table,
                int[] references,
                int at,
                int count) {
            Map<@Nullable Object, @Nullable Object> filled =
                    (Map<@Nullable Object, @Nullable Object>) object;
            for (int i = 0; i < count; i += 2) {
                filled.put(table[references[at + i]], table[references[at + i + 1]]);
            }
        }
    }

    private static final class FixedList extends Shape {
        FixedList(Class<?> type) {
            super(type, Phase.BUILT);
        }

        @Override
        void references(Object object, List<@Nullable Object> into) {
            into.addAll((List<?>) object);
        }

        @Override
        Object build(
                @Nullable Object prototype,
                @Nullable Object[] table,
                int[] references,
                int at,
                int count) {
            List<Object> elements = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                elements.add(table[references[at + i]]);
            }
            return List.copyOf(elements);
        }
    }

    private static final class FixedSet extends Shape {
        FixedSet(Class<?> type) {
            super(type, Phase.BUILT);
        }

        @Override
        void references(Object object, List<@Nullable Object> into) {
            into.addAll((Set<?>) object);
        }

        @Override
        Object build(
                @Nullable Object prototype,
                @Nullable Object[] table,
                int[] references,
                int at,
                int count) {
            Set<Object> elements = new HashSet<>();
            for (int i = 0; i < count; i++) {
                elements.add(table[references[at + i]]);
            }
            return Set.copyOf(elements);
        }
    }

    private static final class FixedMap extends Shape {
        FixedMap(Class<?> type) {
            super(type, Phase.BUILT);
        }

        @Override
        void references(Object object, List<@Nullable Object> into) {
            flatten((Map<?, ?>) object, into);
        }

        @Override
        Object build(
                @Nullable Object prototype,
                @Nullable Object[] table,
                int[] references,
                int at,
                int count) {
            Map<Object, Object> entries = new HashMap<>();
            for (int i = 0; i < count; i += 2) {
                entries.put(table[references[at + i]], table[references[at + i + 1]]);
            }
            return Map.copyOf(entries);
        }
    }
}
