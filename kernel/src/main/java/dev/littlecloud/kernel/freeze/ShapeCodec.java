package dev.littlecloud.kernel.freeze;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.lang.invoke.SerializedLambda;

/** Writes down which shape an object has, and finds it again: only what {@link Shapes} knows. */
final class ShapeCodec {
    private static final int KERNEL_CLASS = 1;
    private static final int ARRAY = 2;
    private static final int LAMBDA = 3;
    private static final int JDK = 4;

    private ShapeCodec() {}

    static void write(Shape shape, DataOutput out) throws IOException {
        switch (shape) {
            case ClassShape known -> named(KERNEL_CLASS, known, out);
            case RecordShape known -> named(KERNEL_CLASS, known, out);
            case ArrayShape known -> named(ARRAY, known, out);
            case LambdaShape lambda -> {
                out.writeByte(LAMBDA);
                writeLambda(lambda.form(), out);
            }
            default -> named(JDK, shape, out);
        }
    }

    private static void named(int tag, Shape shape, DataOutput out) throws IOException {
        out.writeByte(tag);
        out.writeUTF(shape.type().getName());
    }

    static Shape read(DataInput in) throws IOException {
        int tag = in.readByte();
        return switch (tag) {
            case KERNEL_CLASS -> Shapes.ofKernelClass(kernelClass(in.readUTF()));
            case ARRAY -> array(in.readUTF());
            case LAMBDA -> LambdaShape.of(readLambda(in));
            case JDK -> jdk(in.readUTF());
            default -> throw new DamagedException("no shape has the tag " + tag);
        };
    }

    private static Shape jdk(String name) throws IOException {
        Shape shape = CollectionShapes.named(name);
        if (shape == null) {
            shape = LeafShapes.named(name);
        }
        if (shape == null) {
            throw new DamagedException(name + " is not known");
        }
        return shape;
    }

    private static Shape array(String name) throws IOException {
        String element = name.replaceFirst("^\\[+", "");
        boolean primitive = element.length() == 1;
        if (element.length() == name.length()
                || !primitive
                        && !element.startsWith("L" + Shapes.KERNEL)
                        && !element.startsWith("Ljava.lang.")
                        && !element.startsWith("Ldev.littlecloud.machine.")) {
            throw new DamagedException("no array is of " + name);
        }
        return new ArrayShape(find(name));
    }

    /** A class of the kernel, without initialising it. */
    static Class<?> kernelClass(String name) throws IOException {
        if (!name.startsWith(Shapes.KERNEL)) {
            throw new DamagedException(name + " is no class of the kernel");
        }
        return find(name);
    }

    private static Class<?> find(String name) throws IOException {
        try {
            return Class.forName(name, false, ShapeCodec.class.getClassLoader());
        } catch (ClassNotFoundException unknown) {
            throw new DamagedException("this build has no " + name, unknown);
        }
    }

    private static void writeLambda(SerializedLambda form, DataOutput out) throws IOException {
        out.writeUTF(form.getCapturingClass());
        out.writeUTF(form.getFunctionalInterfaceClass());
        out.writeUTF(form.getFunctionalInterfaceMethodName());
        out.writeUTF(form.getFunctionalInterfaceMethodSignature());
        out.writeInt(form.getImplMethodKind());
        out.writeUTF(form.getImplClass());
        out.writeUTF(form.getImplMethodName());
        out.writeUTF(form.getImplMethodSignature());
        out.writeUTF(form.getInstantiatedMethodType());
    }

    private static SerializedLambda readLambda(DataInput in) throws IOException {
        Class<?> home = kernelClass(in.readUTF().replace('/', '.'));
        return new SerializedLambda(
                home,
                in.readUTF(),
                in.readUTF(),
                in.readUTF(),
                in.readInt(),
                in.readUTF(),
                in.readUTF(),
                in.readUTF(),
                in.readUTF(),
                new Object[0]);
    }
}
