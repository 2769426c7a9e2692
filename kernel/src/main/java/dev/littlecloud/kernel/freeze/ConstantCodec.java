package dev.littlecloud.kernel.freeze;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Writes down what all copies of a graph share. */
final class ConstantCodec {
    private static final int NULL = 0;
    private static final int STRING = 1;
    private static final int ENUM = 2;
    private static final int FIELD = 3;
    private static final int LONG = 4;
    private static final int INTEGER = 5;
    private static final int BOOLEAN = 6;
    private static final int BYTE = 7;
    private static final int SHORT = 8;
    private static final int CHARACTER = 9;
    private static final int DOUBLE = 10;
    private static final int FLOAT = 11;
    private static final int MAX_STRING = 16 << 20;

    private ConstantCodec() {}

    static void write(@Nullable Object constant, DataOutput out) throws IOException {
        switch (constant) {
            case null -> out.writeByte(NULL);
            case String text -> {
                byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
                out.writeByte(STRING);
                out.writeInt(bytes.length);
                out.write(bytes);
            }
            case Enum<?> one -> {
                out.writeByte(ENUM);
                out.writeUTF(one.getDeclaringClass().getName());
                out.writeUTF(one.name());
            }
            case Capture.Constant held -> {
                out.writeByte(FIELD);
                out.writeUTF(held.type());
                out.writeUTF(held.field());
            }
            default -> {
                out.writeByte(tag(constant));
                Primitives.write(constant, out);
            }
        }
    }

    private static int tag(Object box) {
        return switch (box) {
            case Long _ -> LONG;
            case Integer _ -> INTEGER;
            case Boolean _ -> BOOLEAN;
            case Byte _ -> BYTE;
            case Short _ -> SHORT;
            case Character _ -> CHARACTER;
            case Double _ -> DOUBLE;
            case Float _ -> FLOAT;
            default -> throw new IllegalStateException("not a constant: " + box.getClass());
        };
    }

    static @Nullable Object read(DataInput in) throws IOException {
        int tag = in.readByte();
        return switch (tag) {
            case NULL -> null;
            case STRING -> string(in);
            case ENUM -> constantOf(ShapeCodec.kernelClass(in.readUTF()), in.readUTF());
            case FIELD -> field(ShapeCodec.kernelClass(in.readUTF()), in.readUTF());
            case LONG -> Primitives.read(long.class, in);
            case INTEGER -> Primitives.read(int.class, in);
            case BOOLEAN -> Primitives.read(boolean.class, in);
            case BYTE -> Primitives.read(byte.class, in);
            case SHORT -> Primitives.read(short.class, in);
            case CHARACTER -> Primitives.read(char.class, in);
            case DOUBLE -> Primitives.read(double.class, in);
            case FLOAT -> Primitives.read(float.class, in);
            default -> throw new DamagedException("no constant has the tag " + tag);
        };
    }

    private static String string(DataInput in) throws IOException {
        int length = in.readInt();
        if (length < 0 || length > MAX_STRING) {
            throw new DamagedException("a string of " + length + " bytes");
        }
        byte[] bytes = new byte[length];
        in.readFully(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static Object constantOf(Class<?> type, String name) throws IOException {
        Object[] constants = type.getEnumConstants();
        if (constants != null) {
            for (Object constant : constants) {
                if (((Enum<?>) constant).name().equals(name)) {
                    return constant;
                }
            }
        }
        throw new DamagedException(type.getName() + " has no " + name);
    }

    private static Object field(Class<?> type, String name) throws IOException {
        try {
            Field field = type.getDeclaredField(name);
            int wanted = Modifier.STATIC | Modifier.FINAL;
            field.setAccessible(true);
            Object value = (field.getModifiers() & wanted) == wanted ? field.get(null) : null;
            if (value != null) {
                return new Capture.Constant(value, type.getName(), name);
            }
        } catch (ReflectiveOperationException unknown) {
            throw new DamagedException(type.getName() + " has no " + name, unknown);
        }
        throw new DamagedException(type.getName() + "." + name + " is no constant");
    }
}
