package dev.littlecloud.cli.bench;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** A running program that works when it is told to, in a guest or not. */
final class Worker implements Closeable {
    private static final long SECOND = 1_000_000_000;

    private final OutputStream toProgram;
    private final InputStream fromProgram;
    private final Closeable program;

    Worker(OutputStream toProgram, InputStream fromProgram, Closeable program) {
        this.toProgram = toProgram;
        this.fromProgram = fromProgram;
        this.program = program;
    }

    /** Lets a {@link GuestProgram} do its work once and returns how long that took by its own clock. */
    double nanos() throws IOException {
        toProgram.write(1);
        toProgram.flush();
        byte[] times = fromProgram.readNBytes(GuestProgram.RECORD_BYTES);
        if (times.length != GuestProgram.RECORD_BYTES) {
            throw new IOException("the measured program ended");
        }
        ByteBuffer record = ByteBuffer.wrap(times).order(ByteOrder.LITTLE_ENDIAN);
        long start = record.getLong(0) * SECOND + record.getLong(8);
        return record.getLong(16) * SECOND + record.getLong(24) - start;
    }

    /** Lets a script do its work once: it is sent a line and answers with one of nanoseconds. */
    double answeredNanos() throws IOException {
        toProgram.write('\n');
        toProgram.flush();
        StringBuilder line = new StringBuilder();
        for (int next = fromProgram.read(); next != '\n'; next = fromProgram.read()) {
            if (next < 0) {
                throw new IOException("the measured command failed");
            }
            line.append((char) next);
        }
        return Double.parseDouble(line.toString());
    }

    @Override
    public void close() throws IOException {
        try (program) {
            toProgram.close();
        }
    }
}
