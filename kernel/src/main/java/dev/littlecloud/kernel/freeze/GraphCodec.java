package dev.littlecloud.kernel.freeze;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Writes a graph down and reads it. What is read is checked: each count, each position and each type
 * before anything is made of it. Only the build that wrote it can read it: positions of fields and
 * names of lambdas mean something else in others.
 */
final class GraphCodec {
    private static final int MAX_SHAPES = 10_000;
    private static final int MAX_OBJECTS = 20_000_000;

    private GraphCodec() {}

    static void write(Graph graph, DataOutput out) throws IOException {
        Map<Shape, Integer> numbers = new IdentityHashMap<>();
        List<Shape> distinct = new ArrayList<>();
        for (Shape shape : graph.shapes) {
            if (numbers.putIfAbsent(shape, distinct.size()) == null) {
                distinct.add(shape);
            }
        }
        out.writeInt(distinct.size());
        for (Shape shape : distinct) {
            ShapeCodec.write(shape, out);
        }
        out.write(fingerprint(distinct));
        out.writeInt(graph.sources.length);
        for (Object source : graph.sources) {
            ConstantCodec.write(source, out);
        }
        out.writeInt(graph.externals.length);
        for (External external : graph.externals) {
            ExternalCodec.write(external, out);
        }
        out.writeInt(graph.shapes.length);
        out.writeInt(graph.firstCollected);
        out.writeInt(graph.firstBuilt);
        out.writeInt(graph.root);
        for (int i = 0; i < graph.shapes.length; i++) {
            out.writeInt(numbers.getOrDefault(graph.shapes[i], 0));
            out.writeInt(graph.count(i));
            for (int at = graph.starts[i]; at < graph.starts[i + 1]; at++) {
                out.writeInt(graph.references[at]);
            }
            graph.shapes[i].write(graph.prototypes[i], out);
        }
    }

    static Graph read(DataInput in) throws IOException {
        Shape[] distinct = new Shape[count(in, MAX_SHAPES)];
        for (int i = 0; i < distinct.length; i++) {
            distinct[i] = ShapeCodec.read(in);
        }
        byte[] written = new byte[fingerprint(List.of()).length];
        in.readFully(written);
        if (!MessageDigest.isEqual(written, fingerprint(List.of(distinct)))) {
            throw new DamagedException("it was written by another build");
        }
        @Nullable Object[] sources = new @Nullable Object[count(in, MAX_OBJECTS)];
        for (int i = 0; i < sources.length; i++) {
            sources[i] = ConstantCodec.read(in);
        }
        External[] externals = new External[count(in, MAX_OBJECTS)];
        for (int i = 0; i < externals.length; i++) {
            externals[i] = ExternalCodec.read(in);
        }
        return objects(in, distinct, sources, externals);
    }

    private static Graph objects(
            DataInput in, Shape[] distinct, @Nullable Object[] sources, External[] externals)
            throws IOException {
        int objects = count(in, MAX_OBJECTS);
        int firstCollected = within(in.readInt(), objects + 1);
        int firstBuilt = within(in.readInt(), objects + 1);
        int base = sources.length + externals.length;
        int positions = base + objects;
        int root = within(in.readInt(), positions);
        Shape[] shapes = new Shape[objects];
        @Nullable Object[] prototypes = new @Nullable Object[objects];
        int[] starts = new int[objects + 1];
        int[] references = new int[objects * 4];
        for (int i = 0; i < objects; i++) {
            Shape shape = distinct[within(in.readInt(), distinct.length)];
            if (shape.phase() != phase(i, firstCollected, firstBuilt)) {
                throw new DamagedException("a " + shape.type() + " out of order");
            }
            int count = within(in.readInt(), MAX_OBJECTS);
            if (starts[i] + count > references.length) {
                references =
                        Arrays.copyOf(
                                references, Math.max(starts[i] + count, references.length * 2));
            }
            // What is built refers to nothing that is built after it.
            int end = i >= firstBuilt ? base + i : positions;
            for (int j = 0; j < count; j++) {
                references[starts[i] + j] = within(in.readInt(), end);
            }
            starts[i + 1] = starts[i] + count;
            shapes[i] = shape;
            prototypes[i] = shape.read(in, count);
        }
        return new Graph(
                sources,
                externals,
                shapes,
                prototypes,
                starts,
                references,
                root,
                firstCollected,
                firstBuilt);
    }

    private static Shape.Phase phase(int object, int firstCollected, int firstBuilt) {
        if (object >= firstBuilt) {
            return Shape.Phase.BUILT;
        }
        return object >= firstCollected ? Shape.Phase.COLLECTED : Shape.Phase.FILLED;
    }

    private static int count(DataInput in, int most) throws IOException {
        return within(in.readInt(), most + 1);
    }

    private static int within(int value, int end) throws IOException {
        if (value < 0 || value >= end) {
            throw new DamagedException("%d where less than %d is meant".formatted(value, end));
        }
        return value;
    }

    /** A digest of the code of all classes that take part. */
    private static byte[] fingerprint(List<Shape> shapes) {
        TreeSet<String> names = new TreeSet<>();
        for (Shape shape : shapes) {
            if (shape instanceof LambdaShape lambda) {
                names.add(lambda.form().getCapturingClass());
                continue;
            }
            for (Class<?> type = shape.type();
                    type != null && Shapes.isKernel(type);
                    type = type.getSuperclass()) {
                names.add(type.getName().replace('.', '/'));
            }
        }
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (String name : names) {
                try (InputStream code =
                        GraphCodec.class.getResourceAsStream("/" + name + ".class")) {
                    if (code != null) {
                        digest.update(code.readAllBytes());
                    }
                }
            }
            return digest.digest();
        } catch (NoSuchAlgorithmException | IOException impossible) {
            throw new IllegalStateException("the code of this build cannot be read", impossible);
        }
    }
}
