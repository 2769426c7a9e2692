package dev.littlecloud.kernel.freeze;

import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Walks from a root to everything it reaches. Used once, while nothing changes the objects. */
final class Capture {
    /** An object of the graph. */
    static final class Node {
        final Object object;
        final Shape shape;
        final @Nullable Node from;
        final int position;

        /** {@link Node}, {@link External}, or a constant; null for null. */
        final List<@Nullable Object> references = new ArrayList<>(4);

        Node(Object object, Shape shape, @Nullable Node from, int position) {
            this.object = object;
            this.shape = shape;
            this.from = from;
            this.position = position;
        }

        @Override
        public String toString() {
            return shape.type().getName();
        }
    }

    /** An object outside of the graph; one for each, however alike they look from outside. */
    record Outside(External external) {
        @Override
        public boolean equals(@Nullable Object other) {
            return this == other;
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(this);
        }
    }

    /** An object that a constant of a kernel class holds. */
    record Constant(Object value, String type, String field) {
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Constant constant && value == constant.value;
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(value);
        }
    }

    private final Boundary boundary;
    private final Statics statics = new Statics();
    private final Map<Object, Object> found = new IdentityHashMap<>();
    private final List<Node> nodes = new ArrayList<>();

    private Capture(Boundary boundary) {
        this.boundary = boundary;
    }

    /**
     * All nodes, the root first.
     *
     * @throws UnknownTypeException with the path to what cannot be frozen
     */
    static List<Node> walk(Object root, Boundary boundary) {
        Capture capture = new Capture(boundary);
        if (!(capture.enter(root, null, 0) instanceof Node)) {
            throw new IllegalArgumentException("the root lies outside");
        }
        List<@Nullable Object> buffer = new ArrayList<>();
        for (int i = 0; i < capture.nodes.size(); i++) {
            Node node = capture.nodes.get(i);
            buffer.clear();
            node.shape.references(node.object, buffer);
            for (int position = 0; position < buffer.size(); position++) {
                Object target = buffer.get(position);
                node.references.add(target == null ? null : capture.enter(target, node, position));
            }
        }
        return capture.nodes;
    }

    private Object enter(Object object, @Nullable Node from, int position) {
        if (Shapes.isConstant(object)) {
            return object;
        }
        Object known = found.get(object);
        if (known == null) {
            known = place(object, from, position);
            found.put(object, known);
        }
        return known;
    }

    private Object place(Object object, @Nullable Node from, int position) {
        External external = boundary.leave(object);
        if (external != null) {
            return new Outside(external);
        }
        if (Shapes.isKernel(object.getClass())) {
            Field constant = statics.find(object);
            if (constant != null) {
                return new Constant(
                        object, constant.getDeclaringClass().getName(), constant.getName());
            }
        }
        Shape shape = Shapes.of(object);
        if (shape == null) {
            throw new UnknownTypeException(
                    object.getClass().getName() + " cannot be frozen, at " + path(from, position));
        }
        Node node = new Node(object, shape, from, position);
        nodes.add(node);
        return node;
    }

    /** How the walk came to a reference, for a message. */
    static String path(@Nullable Node from, int position) {
        StringBuilder path = new StringBuilder();
        int at = position;
        for (Node node = from; node != null; node = node.from) {
            String type = node.from == null ? node.shape.type().getSimpleName() : "";
            path.insert(0, type + node.shape.referenceName(at));
            at = node.position;
        }
        return path.toString();
    }
}
