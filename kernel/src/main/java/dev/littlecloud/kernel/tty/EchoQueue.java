package dev.littlecloud.kernel.tty;

/**
 * Echo that waits for its turn: until the input it came with is taken in, or until stopped output
 * goes on. Holds what is to be done, not bytes, because tabs and columns depend on what is on the
 * screen by then. Bounded: the oldest echo is dropped, as Linux does.
 */
final class EchoQueue {
    private static final int CAPACITY = 4096;
    private static final int VALUE = 0xff;

    private static final int PLAIN = 0x000;
    private static final int CARET = 0x100;
    private static final int MARK_COLUMN = 0x200;
    private static final int MOVE_BACK = 0x300;
    private static final int ERASE_TAB = 0x400;
    private static final int ERASE_TAB_AFTER_TAB = 0x500;

    private final OutputProcessor output;
    private char[] steps = new char[64];
    private int head;
    private int size;

    EchoQueue(OutputProcessor output) {
        this.output = output;
    }

    private void add(int step) {
        if (size == steps.length) {
            if (size == CAPACITY) {
                head = (head + 1) % CAPACITY;
                size--;
            } else {
                char[] larger = new char[size * 2];
                for (int i = 0; i < size; i++) {
                    larger[i] = steps[(head + i) % steps.length];
                }
                steps = larger;
                head = 0;
            }
        }
        steps[(head + size++) % steps.length] = (char) step;
    }

    /** A byte as it is, but for OPOST. */
    void raw(int c) {
        add(PLAIN | c);
    }

    /** A byte, control characters as {@code ^X} where ECHOCTL says so. */
    void character(int c, TerminalSettings settings) {
        boolean caret =
                settings.hasLocal(TerminalFlags.ECHOCTL) && Characters.isControl(c) && c != '\t';
        add((caret ? CARET : PLAIN) | c);
    }

    void markColumn() {
        add(MARK_COLUMN);
    }

    void moveBack() {
        add(MOVE_BACK);
    }

    void eraseTab(int columns, boolean isAfterTab) {
        add((isAfterTab ? ERASE_TAB_AFTER_TAB : ERASE_TAB) | columns & (isAfterTab ? 7 : 0x7f));
    }

    void clear() {
        head = 0;
        size = 0;
    }

    /** Echoes as much as fits. */
    void flush(TerminalSettings settings) {
        while (size > 0 && perform(steps[head], settings)) {
            head = (head + 1) % steps.length;
            size--;
        }
    }

    private boolean perform(int step, TerminalSettings settings) {
        int value = step & VALUE;
        switch (step & ~VALUE) {
            case MARK_COLUMN -> output.markCanonicalColumn();
            case MOVE_BACK -> output.moveBack();
            case CARET -> {
                return output.putCaret(value);
            }
            case ERASE_TAB -> {
                return output.eraseTab(value, false);
            }
            case ERASE_TAB_AFTER_TAB -> {
                return output.eraseTab(value, true);
            }
            default -> {
                // Linux escapes this byte in its echo buffer and so never converts it.
                return value == 0xff ? output.putUnchanged(value) : output.put(value, settings);
            }
        }
        return true;
    }
}
