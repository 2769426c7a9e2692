package dev.littlecloud.kernel.freeze;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Puts what a {@link Capture} found in order, and replaces references by positions. Used once. */
final class GraphCompiler {
    private final List<Capture.Node> found;
    private final List<Capture.Node> ordered = new ArrayList<>();

    /** Objects that are built: whether they have their place, or are about to get it. */
    private final Map<Capture.Node, Boolean> placed = new IdentityHashMap<>();

    private final List<@Nullable Object> constants = new ArrayList<>();
    private final List<Capture.Outside> outside = new ArrayList<>();
    private final Map<Object, Integer> constantPositions = new HashMap<>();
    private final Map<Object, Integer> positions = new IdentityHashMap<>();

    GraphCompiler(List<Capture.Node> found) {
        this.found = found;
    }

    Graph compile() {
        select(Shape.Phase.FILLED);
        int firstCollected = ordered.size();
        select(Shape.Phase.COLLECTED);
        int firstBuilt = ordered.size();
        for (Capture.Node node : found) {
            if (node.shape.phase() == Shape.Phase.BUILT) {
                placeBuilt(node);
            }
        }
        constants.add(null);
        for (Capture.Node node : ordered) {
            node.references.forEach(this::gather);
        }
        for (int i = 0; i < outside.size(); i++) {
            positions.put(outside.get(i), constants.size() + i);
        }
        int base = constants.size() + outside.size();
        for (int i = 0; i < ordered.size(); i++) {
            positions.put(ordered.get(i), base + i);
        }
        return link(firstCollected, firstBuilt);
    }

    private void select(Shape.Phase phase) {
        for (Capture.Node node : found) {
            if (node.shape.phase() == phase) {
                ordered.add(node);
            }
        }
    }

    /** Parts before what is made of them. */
    private void placeBuilt(Capture.Node node) {
        Boolean done = placed.get(node);
        if (done != null) {
            if (!done) {
                throw new UnknownTypeException(
                        node + " is made of itself, at " + Capture.path(node.from, node.position));
            }
            return;
        }
        placed.put(node, false);
        for (Object target : node.references) {
            if (target instanceof Capture.Node part && part.shape.phase() == Shape.Phase.BUILT) {
                placeBuilt(part);
            }
        }
        placed.put(node, true);
        ordered.add(node);
    }

    private void gather(@Nullable Object target) {
        if (target == null || target instanceof Capture.Node) {
            return;
        }
        if (target instanceof Capture.Outside left) {
            if (positions.putIfAbsent(left, -1) == null) {
                outside.add(left);
            }
        } else if (!constantPositions.containsKey(target)) {
            constantPositions.put(target, constants.size());
            constants.add(target);
        }
    }

    private int position(@Nullable Object target) {
        if (target == null) {
            return 0;
        }
        boolean shared = !(target instanceof Capture.Node || target instanceof Capture.Outside);
        Integer position = shared ? constantPositions.get(target) : positions.get(target);
        if (position == null) {
            throw new IllegalStateException("a reference that was not found: " + target);
        }
        return position;
    }

    private Graph link(int firstCollected, int firstBuilt) {
        int count = ordered.size();
        Shape[] shapes = new Shape[count];
        @Nullable Object[] prototypes = new @Nullable Object[count];
        int[] starts = new int[count + 1];
        for (int i = 0; i < count; i++) {
            Capture.Node node = ordered.get(i);
            shapes[i] = node.shape;
            prototypes[i] = node.shape.prototype(node.object);
            starts[i + 1] = starts[i] + node.references.size();
        }
        int[] references = new int[starts[count]];
        int at = 0;
        for (Capture.Node node : ordered) {
            for (Object target : node.references) {
                references[at++] = position(target);
            }
        }
        return new Graph(
                constants.toArray(),
                outside.stream().map(Capture.Outside::external).toArray(External[]::new),
                shapes,
                prototypes,
                starts,
                references,
                position(found.getFirst()),
                firstCollected,
                firstBuilt);
    }
}
