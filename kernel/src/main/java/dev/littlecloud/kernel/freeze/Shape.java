package dev.littlecloud.kernel.freeze;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How objects of one class are taken apart and made again. A graph is made in three steps: all
 * objects exist, then those that must be made of their parts are built, then the others are filled.
 */
abstract class Shape {
    /** When objects of this shape come to be. */
    enum Phase {
        /** Allocated empty and filled when all others exist. */
        FILLED,
        /** As before, but filled after all other kinds: hash codes and orders are needed. */
        COLLECTED,
        /** Made of parts that exist already: records, lambdas, immutable collections. */
        BUILT
    }

    private final Class<?> type;
    private final Phase phase;

    Shape(Class<?> type, Phase phase) {
        this.type = type;
        this.phase = phase;
    }

    final Class<?> type() {
        return type;
    }

    final Phase phase() {
        return phase;
    }

    // ---- Taking apart

    /** Adds what an object refers to, always in the same order. */
    abstract void references(Object object, List<@Nullable Object> into);

    /** Name of the reference at a position, for messages. */
    String referenceName(int position) {
        return "[" + position + "]";
    }

    /** What an object is beside its references; null where that is nothing. Nobody changes it. */
    @Nullable Object prototype(Object live) {
        return null;
    }

    // ---- Making again

    /**
     * An object without its references.
     *
     * @param count how many references it will have
     */
    Object allocate(@Nullable Object prototype, int count) {
        throw new IllegalStateException(type + " is built");
    }

    /**
     * Fills an allocated object.
     *
     * @param table all objects of the graph
     * @param references positions in it, from {@code at} on
     */
    void fill(
            Object object,
            @Nullable Object prototype,
            @Nullable Object[] table,
            int[] references,
            int at,
            int count) {}

    /** Makes an object whose parts are in the table. */
    Object build(
            @Nullable Object prototype,
            @Nullable Object[] table,
            int[] references,
            int at,
            int count) {
        throw new IllegalStateException(type + " is filled");
    }

    // ---- Writing down

    /** Writes a prototype. */
    void write(@Nullable Object prototype, DataOutput out) throws IOException {}

    /**
     * Reads a prototype.
     *
     * @param count how many references the object has
     */
    @Nullable Object read(DataInput in, int count) throws IOException {
        return null;
    }
}
