package dev.littlecloud.runtime.host;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;

/** This process' own standard streams as unbuffered channels. */
public final class HostStreams {
    private HostStreams() {}

    public static ReadableByteChannel input() {
        return new FileInputStream(FileDescriptor.in).getChannel();
    }

    public static WritableByteChannel output() {
        return new FileOutputStream(FileDescriptor.out).getChannel();
    }

    public static WritableByteChannel error() {
        return new FileOutputStream(FileDescriptor.err).getChannel();
    }

    /** An input that is at its end. */
    public static ReadableByteChannel emptyInput() {
        return new ReadableByteChannel() {
            @Override
            public int read(ByteBuffer target) {
                return -1;
            }

            @Override
            public boolean isOpen() {
                return true;
            }

            @Override
            public void close() {}
        };
    }
}
