package dev.littlecloud.kernel.freeze;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/** Writes and reads values of primitive types, boxed. */
final class Primitives {
    private Primitives() {}

    static void write(Object value, DataOutput out) throws IOException {
        switch (value) {
            case Long number -> out.writeLong(number);
            case Integer number -> out.writeInt(number);
            case Boolean truth -> out.writeBoolean(truth);
            case Byte number -> out.writeByte(number);
            case Short number -> out.writeShort(number);
            case Character character -> out.writeChar(character);
            case Double number -> out.writeDouble(number);
            case Float number -> out.writeFloat(number);
            default -> throw new IllegalStateException("not primitive: " + value.getClass());
        }
    }

    static Object read(Class<?> type, DataInput in) throws IOException {
        return switch (type.getName()) {
            case "long" -> in.readLong();
            case "int" -> in.readInt();
            case "boolean" -> in.readBoolean();
            case "byte" -> in.readByte();
            case "short" -> in.readShort();
            case "char" -> in.readChar();
            case "double" -> in.readDouble();
            case "float" -> in.readFloat();
            default -> throw new IllegalStateException("not primitive: " + type);
        };
    }
}
