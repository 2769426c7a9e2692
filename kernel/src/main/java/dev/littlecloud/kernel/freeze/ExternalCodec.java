package dev.littlecloud.kernel.freeze;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/** Writes down what lies outside. */
final class ExternalCodec {
    private static final int NAMED = 1;
    private static final int NUMBERED = 2;
    private static final int RANGE = 3;
    private static final int WINDOW = 4;

    private ExternalCodec() {}

    static void write(External external, DataOutput out) throws IOException {
        switch (external) {
            case External.Named(String name) -> {
                out.writeByte(NAMED);
                out.writeUTF(name);
            }
            case External.Numbered(String name, long number) -> {
                out.writeByte(NUMBERED);
                out.writeUTF(name);
                out.writeLong(number);
            }
            case External.Range(String name, long offset, long length) -> {
                out.writeByte(RANGE);
                out.writeUTF(name);
                out.writeLong(offset);
                out.writeLong(length);
            }
            case External.Window(long guestPhysical, long blobOffset, long length) -> {
                out.writeByte(WINDOW);
                out.writeLong(guestPhysical);
                out.writeLong(blobOffset);
                out.writeLong(length);
            }
        }
    }

    static External read(DataInput in) throws IOException {
        int tag = in.readByte();
        return switch (tag) {
            case NAMED -> new External.Named(in.readUTF());
            case NUMBERED -> new External.Numbered(in.readUTF(), in.readLong());
            case RANGE -> new External.Range(in.readUTF(), in.readLong(), in.readLong());
            case WINDOW -> new External.Window(in.readLong(), in.readLong(), in.readLong());
            default -> throw new DamagedException("nothing outside has the tag " + tag);
        };
    }
}
