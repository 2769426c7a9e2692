package dev.littlecloud.kernel.freeze;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Frozen objects: prototypes that nobody changes any more, and what each refers to. Copies are made
 * of it, each with its own surroundings. Immutable and safe to share between threads.
 *
 * <p>References are positions in one table: null first, then constants, then what lies outside, then
 * the objects of the graph in order of their making.
 */
public final class Graph {
    /** Null, then what all copies share: {@link Capture.Constant}s by their values. */
    final @Nullable Object[] constants;

    /** How the constants were found: themselves, or a {@link Capture.Constant}. */
    final @Nullable Object[] sources;

    final External[] externals;
    final Shape[] shapes;
    final @Nullable Object[] prototypes;

    /** Where each object's references begin; one more than there are objects. */
    final int[] starts;

    final int[] references;
    final int root;

    /** The first object of {@link Shape.Phase#COLLECTED}, and of {@link Shape.Phase#BUILT}. */
    final int firstCollected;

    final int firstBuilt;

    Graph(
            @Nullable Object[] sources,
            External[] externals,
            Shape[] shapes,
            @Nullable Object[] prototypes,
            int[] starts,
            int[] references,
            int root,
            int firstCollected,
            int firstBuilt) {
        this.sources = sources;
        this.constants = new @Nullable Object[sources.length];
        for (int i = 0; i < sources.length; i++) {
            Object source = sources[i];
            constants[i] = source instanceof Capture.Constant constant ? constant.value() : source;
        }
        this.externals = externals;
        this.shapes = shapes;
        this.prototypes = prototypes;
        this.starts = starts;
        this.references = references;
        this.root = root;
        this.firstCollected = firstCollected;
        this.firstBuilt = firstBuilt;
    }

    /**
     * Freezes what a root reaches. The objects themselves are not kept and may go on.
     *
     * @throws UnknownTypeException with the path to what cannot be frozen
     */
    public static Graph capture(Object root, Boundary boundary) {
        return new GraphCompiler(Capture.walk(root, boundary)).compile();
    }

    /** Makes the objects again, in other surroundings; answers the root's copy. */
    public Object thaw(Boundary.Entry entry) {
        @Nullable Object[] table = new @Nullable Object[base() + shapes.length];
        System.arraycopy(constants, 0, table, 0, constants.length);
        for (int i = 0; i < externals.length; i++) {
            table[constants.length + i] = entry.enter(externals[i]);
        }
        make(table);
        Object made = table[root];
        if (made == null) {
            throw new IllegalStateException("the root was not made");
        }
        return made;
    }

    /** Where the objects of the graph begin in the table. */
    int base() {
        return constants.length + externals.length;
    }

    private void make(@Nullable Object[] table) {
        int base = base();
        for (int i = 0; i < firstBuilt; i++) {
            table[base + i] = shapes[i].allocate(prototypes[i], count(i));
        }
        for (int i = firstBuilt; i < shapes.length; i++) {
            table[base + i] =
                    shapes[i].build(prototypes[i], table, references, starts[i], count(i));
        }
        for (int i = 0; i < firstCollected; i++) {
            fill(table, base, i);
        }
        // Back to front: what a collection holds was mostly found after it.
        for (int i = firstBuilt - 1; i >= firstCollected; i--) {
            fill(table, base, i);
        }
    }

    private void fill(@Nullable Object[] table, int base, int node) {
        Object object = table[base + node];
        if (object != null) {
            shapes[node].fill(
                    object, prototypes[node], table, references, starts[node], count(node));
        }
    }

    int count(int node) {
        return starts[node + 1] - starts[node];
    }

    /** What copies refer to outside. */
    Stream<External> externals() {
        return Arrays.stream(externals);
    }

    /** How many objects a copy has. */
    public int size() {
        return shapes.length;
    }

    /** How many objects there are of each class, for measurements. */
    public Map<String, Integer> histogram() {
        Map<String, Integer> counts = new TreeMap<>();
        for (Shape shape : shapes) {
            counts.merge(shape.type().getName(), 1, Integer::sum);
        }
        return counts;
    }
}
