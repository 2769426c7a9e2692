package dev.littlecloud.runtime.template;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The last bytes that a program wrote, for messages. Thread-safe. */
final class LogTail {
    private static final int BYTES = 4096;
    private static final int LINES = 10;

    private byte[] tail = new byte[0];

    synchronized void add(byte[] bytes) {
        byte[] all = Arrays.copyOf(tail, tail.length + bytes.length);
        System.arraycopy(bytes, 0, all, tail.length, bytes.length);
        tail = all.length <= BYTES ? all : Arrays.copyOfRange(all, all.length - BYTES, all.length);
    }

    /** The last lines, each on a line of its own and indented; a sentence where there are none. */
    synchronized String text() {
        String[] lines = new String(tail, StandardCharsets.UTF_8).strip().split("\n", -1);
        if (lines.length == 1 && lines[0].isEmpty()) {
            return "it wrote nothing";
        }
        int first = Math.max(0, lines.length - LINES);
        return "its last lines:\n  "
                + String.join("\n  ", Arrays.copyOfRange(lines, first, lines.length));
    }
}
