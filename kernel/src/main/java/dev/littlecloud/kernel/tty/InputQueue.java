package dev.littlecloud.kernel.tty;

import dev.littlecloud.kernel.io.IoBuffer;
import java.util.BitSet;

/**
 * What was typed and not read yet: finished lines, whose ends are marked, and behind them the line
 * being edited. Positions count bytes since the terminal was made.
 */
final class InputQueue {
    /** Bytes a terminal holds, N_TTY_BUF_SIZE of Linux. */
    static final int SIZE = 4096;

    /** Stands for VEOF in the queue: ends a line, and is not read. */
    static final int END_OF_FILE = 0;

    private final byte[] bytes = new byte[SIZE];
    private final BitSet lineEnds = new BitSet(SIZE);
    private long tail;
    private long canonicalHead;
    private long head;

    /** Set while an unfinished line was made readable by leaving and entering canonical mode. */
    private boolean pushed;

    private static int slot(long position) {
        return (int) (position & SIZE - 1);
    }

    long tail() {
        return tail;
    }

    /** End of the finished lines, and so the start of the line being edited. */
    long canonicalHead() {
        return canonicalHead;
    }

    long head() {
        return head;
    }

    int size() {
        return (int) (head - tail);
    }

    boolean hasLine() {
        return canonicalHead != tail;
    }

    int at(long position) {
        return bytes[slot(position)] & 0xff;
    }

    void add(int c) {
        bytes[slot(head)] = (byte) c;
        lineEnds.clear(slot(head));
        head++;
    }

    /** Cuts the line being edited back to {@code position}. */
    void cutTo(long position) {
        head = position;
    }

    /** Adds the last byte of a line; the line can be read from now on. */
    void addLineEnd(int c) {
        add(c);
        lineEnds.set(slot(head - 1));
        canonicalHead = head;
    }

    void clear() {
        tail = head;
        canonicalHead = head;
        lineEnds.clear();
        pushed = false;
    }

    /** Canonical mode was switched; what is there becomes one readable piece. */
    void modeChanged(boolean canonical) {
        lineEnds.clear();
        if (!canonical || head == tail) {
            canonicalHead = tail;
            pushed = false;
        } else {
            lineEnds.set(slot(head - 1));
            canonicalHead = head;
            pushed = true;
        }
    }

    /** Bytes that FIONREAD reports in canonical mode: finished lines without their VEOFs. */
    int lineBytes() {
        int count = 0;
        for (long i = tail; i < canonicalHead; i++) {
            if (!(lineEnds.get(slot(i)) && at(i) == END_OF_FILE)) {
                count++;
            }
        }
        return count;
    }

    /** Moves bytes whatever lines they are in; how many. */
    int takeRaw(IoBuffer buffer) {
        int count = (int) Math.min(buffer.remaining(), size());
        move(buffer, count);
        canonicalHead = Math.max(canonicalHead, tail);
        return count;
    }

    /** Moves the rest of one line, or as much as fits; how many, 0 for an end of file. */
    int takeLine(IoBuffer buffer) {
        long wanted = Math.min(buffer.remaining(), canonicalHead - tail);
        int count = 0;
        boolean ended = false;
        while (count < wanted && !ended) {
            ended = lineEnds.get(slot(tail + count));
            count++;
        }
        boolean endOfFile = ended && isEndOfFile(tail + count - 1);
        move(buffer, endOfFile ? count - 1 : count);
        if (endOfFile) {
            endLine();
        } else if (ended) {
            lineEnds.clear(slot(tail - 1));
            pushed = false;
        } else if (tail != canonicalHead && isMarkedEndOfFile(tail)) {
            // The buffer was filled exactly up to a VEOF, which would otherwise end the next read.
            endLine();
        }
        return endOfFile ? count - 1 : count;
    }

    private boolean isEndOfFile(long position) {
        return at(position) == END_OF_FILE && !pushed;
    }

    private boolean isMarkedEndOfFile(long position) {
        return lineEnds.get(slot(position)) && isEndOfFile(position);
    }

    private void endLine() {
        lineEnds.clear(slot(tail));
        tail++;
    }

    private void move(IoBuffer buffer, int count) {
        int first = Math.min(count, SIZE - slot(tail));
        buffer.put(bytes, slot(tail), first);
        buffer.put(bytes, 0, count - first);
        tail += count;
    }
}
