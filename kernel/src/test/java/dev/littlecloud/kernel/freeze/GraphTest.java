package dev.littlecloud.kernel.freeze;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class GraphTest {
    private static final Boundary NOTHING_OUTSIDE = object -> null;
    private static final Boundary.Entry NOTHING_INSIDE =
            external -> {
                throw new AssertionError("nothing lies outside");
            };

    @SuppressWarnings("unchecked")
    private static <T> T copy(T root) {
        Graph graph = Graph.capture(root, NOTHING_OUTSIDE);
        return (T) graph.thaw(NOTHING_INSIDE);
    }

    /** Has a field of each primitive type, once final and once not. */
    private static class Numbers {
        private final long finalLong;
        private final int finalInt;
        private final boolean finalBoolean;
        private final double finalDouble;
        private byte someByte;
        private short someShort;
        private char someChar;
        private float someFloat;
        private int someInt;
        private transient int forgotten;

        Numbers(long number) {
            finalLong = number * 1_000_000_007L;
            finalInt = (int) number;
            finalBoolean = number % 2 == 1;
            finalDouble = number / 3.0;
            someByte = (byte) number;
            someShort = (short) (number * 3);
            someChar = (char) (number * 5);
            someFloat = number / 7f;
            someInt = -finalInt;
            forgotten = 1;
        }

        List<Object> all() {
            return List.of(
                    finalLong,
                    finalInt,
                    finalBoolean,
                    finalDouble,
                    someByte,
                    someShort,
                    someChar,
                    someFloat,
                    someInt);
        }
    }

    private static final class MoreNumbers extends Numbers {
        private final int[] own = {1, 2, 3};
        private final String name = "more";

        MoreNumbers(long number) {
            super(number);
        }
    }

    @Test
    void fieldsOfAllTypesAreCopiedAlsoThoseOfSuperclasses() {
        MoreNumbers live = new MoreNumbers(12345);
        MoreNumbers made = copy(live);
        assertThat(made).isNotSameAs(live);
        assertThat(made.all()).isEqualTo(live.all());
        assertThat(made.own).isNotSameAs(live.own).containsExactly(1, 2, 3);
        assertThat(made.name).isSameAs(live.name);
    }

    @Test
    void transientFieldsHaveTheirDefault() {
        Numbers live = new Numbers(1);
        assertThat(live.forgotten).isEqualTo(1);
        assertThat(copy(live).forgotten).isZero();
    }

    private static final class Link {
        private final String name;
        private @Nullable Link next;
        private final List<Link> friends = new ArrayList<>();
        private final Map<Link, String> notes = new HashMap<>();

        Link(String name) {
            this.name = name;
        }
    }

    @Test
    void circlesAndSharedObjectsStayWhatTheyAre() {
        Link first = new Link("first");
        Link second = new Link("second");
        first.next = second;
        second.next = first;
        first.friends.add(second);
        first.friends.add(second);
        second.notes.put(first, "by identity");
        Link made = copy(first);
        Link next = made.next;
        assertThat(next).isNotNull().isNotSameAs(second);
        assertThat(next.next).isSameAs(made);
        assertThat(made.friends).containsExactly(next, next);
        assertThat(next.notes.get(made)).isEqualTo("by identity");
        assertThat(next.name).isEqualTo("second");
    }

    @Test
    void copiesAreIndependentOfTheOriginalAndOfEachOther() {
        Link live = new Link("live");
        live.friends.add(new Link("friend"));
        Graph graph = Graph.capture(live, NOTHING_OUTSIDE);
        live.friends.clear();
        Link one = (Link) graph.thaw(NOTHING_INSIDE);
        one.friends.add(new Link("another"));
        Link other = (Link) graph.thaw(NOTHING_INSIDE);
        assertThat(one.friends).hasSize(2);
        assertThat(other.friends).hasSize(1);
        assertThat(other.friends.getFirst().name).isEqualTo("friend");
    }

    private record Key(Link link, int number) {}

    private static final class Collections {
        final Map<Key, String> byRecord = new HashMap<>();
        final TreeMap<Long, Link> ordered = new TreeMap<>();
        final LinkedHashMap<String, Integer> inserted = new LinkedHashMap<>();
        final ArrayDeque<Link> queue = new ArrayDeque<>();
        final PriorityQueue<Integer> smallest = new PriorityQueue<>();
        final HashSet<Link> set = new HashSet<>();
        final BitSet bits = new BitSet();
        final AtomicInteger counter = new AtomicInteger(9);
        final @Nullable Link[][] matrix = new @Nullable Link[2][3];
        List<Link> fixed = List.of();
    }

    @Test
    void collectionsKeepWhatTheyHoldAndItsOrder() {
        Collections live = new Collections();
        Link link = new Link("link");
        live.byRecord.put(new Key(link, 5), "five");
        live.ordered.put(7L, link);
        live.inserted.put("z", 1);
        live.inserted.put("a", 2);
        live.queue.add(link);
        live.smallest.addAll(List.of(5, 1, 3));
        live.set.add(link);
        live.bits.set(77);
        live.matrix[1][2] = link;
        live.fixed = List.of(link, link);
        Collections made = copy(live);
        Link copied = made.queue.peek();
        assertThat(copied).isNotNull().isNotSameAs(link);
        assertThat(made.byRecord).containsEntry(new Key(copied, 5), "five");
        assertThat(made.ordered).containsEntry(7L, copied);
        assertThat(made.inserted.keySet()).containsExactly("z", "a");
        assertThat(made.smallest.poll()).isEqualTo(1);
        assertThat(made.set).containsExactly(copied);
        assertThat(made.bits).isEqualTo(live.bits).isNotSameAs(live.bits);
        assertThat(made.counter).hasValue(9).isNotSameAs(live.counter);
        assertThat(made.matrix[1][2]).isSameAs(copied);
        assertThat(made.matrix[0][0]).isNull();
        assertThat(made.fixed).containsExactly(copied, copied);
    }

    private static final class Callbacks {
        final Link target = new Link("target");
        final int added = 40;
        final Action capturing = () -> target.friends.add(new Link("called " + added));
        final Action plain = Callbacks::nothing;

        private static void nothing() {}
    }

    @Test
    void lambdasBelongToTheirCopy() {
        Callbacks live = new Callbacks();
        Callbacks made = copy(live);
        made.capturing.run();
        made.plain.run();
        assertThat(made.target.friends).hasSize(1);
        assertThat(live.target.friends).isEmpty();
    }

    private static final class Views {
        final byte[] bytes = new byte[16];
        final MemorySegment segment = MemorySegment.ofArray(bytes).asSlice(4, 8);
        final ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).position(2);
    }

    @Test
    void viewsOfAnArrayStayViewsOfIt() {
        Views live = new Views();
        Views made = copy(live);
        made.bytes[5] = 9;
        made.buffer.putShort((short) 0x0201);
        assertThat(made.segment.byteSize()).isEqualTo(8);
        assertThat(made.segment.get(ValueLayout.JAVA_BYTE, 1)).isEqualTo((byte) 9);
        assertThat(made.bytes[2]).isEqualTo((byte) 1);
        assertThat(live.bytes).containsOnly(0);
    }

    private static final class Singleton {
        static final Singleton INSTANCE = new Singleton();
    }

    private static final class Holder {
        final Singleton singleton = Singleton.INSTANCE;
    }

    @Test
    void constantsOfClassesAreShared() {
        assertThat(copy(new Holder()).singleton).isSameAs(Singleton.INSTANCE);
    }

    private static final class Owner {
        final Link inside = new Link("inside");
        final Thread outside = new Thread("outside");
    }

    @Test
    void whatLiesOutsideIsReplaced() {
        Boundary boundary =
                object -> object instanceof Thread ? new External.Named("thread") : null;
        Graph graph = Graph.capture(new Owner(), boundary);
        Thread other = new Thread("other");
        Owner made = (Owner) graph.thaw(external -> other);
        assertThat(made.outside).isSameAs(other);
        assertThat(made.inside.name).isEqualTo("inside");
    }

    private static final class Deep {
        final Map<String, Owner> owners = new HashMap<>();
    }

    @Test
    void anUnknownTypeIsRefusedWithTheWayToIt() {
        Deep deep = new Deep();
        deep.owners.put("mine", new Owner());
        assertThatThrownBy(() -> Graph.capture(deep, NOTHING_OUTSIDE))
                .isInstanceOf(UnknownTypeException.class)
                .hasMessage("java.lang.Thread cannot be frozen, at Deep.owners[1].outside");
    }

    private static final class Careless {
        private final Runnable action = () -> {};

        void act() {
            action.run();
        }
    }

    @Test
    void lambdasThatCannotTellWhatTheyAreAreRefused() {
        Careless careless = new Careless();
        careless.act();
        assertThatThrownBy(() -> Graph.capture(careless, NOTHING_OUTSIDE))
                .isInstanceOf(UnknownTypeException.class)
                .hasMessageContaining("Careless.action");
    }
}
