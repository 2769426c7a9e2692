package dev.littlecloud.kernel.tty;

/** Output on its way to the screen: OPOST's conversions, and the column the cursor is in. */
final class OutputProcessor {
    private final ByteQueue target;
    private boolean stopped;
    private int column;

    /** Column where the line being edited began, which erasing a tab needs to know. */
    private int canonicalColumn;

    OutputProcessor(ByteQueue target) {
        this.target = target;
    }

    boolean isStopped() {
        return stopped;
    }

    void stopped(boolean value) {
        stopped = value;
    }

    /** Bytes that can go out now. */
    int room() {
        return stopped ? 0 : target.room();
    }

    void markCanonicalColumn() {
        canonicalColumn = column;
    }

    void moveBack() {
        column--;
    }

    /**
     * Writes as much as fits.
     *
     * @return bytes of {@code source} that were written
     */
    int write(byte[] source, int offset, int length, TerminalSettings settings) {
        if (!settings.hasOutput(TerminalFlags.OPOST)) {
            return stopped ? 0 : target.add(source, offset, length);
        }
        int done = 0;
        while (done < length && put(source[offset + done] & 0xff, settings)) {
            done++;
        }
        return done;
    }

    /** Writes one byte of output or echo; false where there is no room. */
    boolean put(int c, TerminalSettings settings) {
        return settings.hasOutput(TerminalFlags.OPOST) ? putProcessed(c, settings) : putRaw(c);
    }

    private boolean putRaw(int c) {
        if (room() < 1) {
            return false;
        }
        target.add(c);
        return true;
    }

    private boolean putProcessed(int c, TerminalSettings settings) {
        if (room() < 1) {
            return false;
        }
        int out = c;
        switch (c) {
            case '\n' -> {
                if (settings.hasOutput(TerminalFlags.ONLRET)) {
                    column = 0;
                }
                if (settings.hasOutput(TerminalFlags.ONLCR)) {
                    if (room() < 2) {
                        return false;
                    }
                    column = 0;
                    target.add('\r');
                }
                canonicalColumn = column;
            }
            case '\r' -> {
                if (settings.hasOutput(TerminalFlags.ONOCR) && column == 0) {
                    return true;
                }
                boolean asNewline = settings.hasOutput(TerminalFlags.OCRNL);
                if (asNewline) {
                    out = '\n';
                }
                if (!asNewline || settings.hasOutput(TerminalFlags.ONLRET)) {
                    column = 0;
                    canonicalColumn = 0;
                }
            }
            case '\t' -> {
                int spaces = 8 - (column & 7);
                if ((settings.output() & TerminalFlags.TABDLY) == TerminalFlags.XTABS) {
                    return putSpaces(spaces);
                }
                column += spaces;
            }
            case '\b' -> {
                if (column > 0) {
                    column--;
                }
            }
            default -> {
                if (!Characters.isControl(c)) {
                    if (settings.hasOutput(TerminalFlags.OLCUC)) {
                        out = Characters.toUpper(c);
                    }
                    if (!Characters.isContinuation(c, settings)) {
                        column++;
                    }
                }
            }
        }
        target.add(out);
        return true;
    }

    private boolean putSpaces(int count) {
        if (room() < count) {
            return false;
        }
        column += count;
        for (int i = 0; i < count; i++) {
            target.add(' ');
        }
        return true;
    }

    /** Shows a character without conversion. */
    boolean putUnchanged(int c) {
        boolean written = putRaw(c);
        if (written) {
            column++;
        }
        return written;
    }

    /** Shows a control character as {@code ^X}. */
    boolean putCaret(int c) {
        if (room() < 2) {
            return false;
        }
        target.add('^');
        target.add(c ^ 0x40);
        column += 2;
        return true;
    }

    /**
     * Moves the cursor back over a tab.
     *
     * @param columns columns of the characters before the tab, in its line or since the tab before
     * @param isAfterTab whether they are counted from another tab
     */
    boolean eraseTab(int columns, boolean isAfterTab) {
        int from = isAfterTab ? columns : columns + canonicalColumn;
        int count = 8 - (from & 7);
        if (room() < count) {
            return false;
        }
        for (int i = 0; i < count; i++) {
            target.add('\b');
            if (column > 0) {
                column--;
            }
        }
        return true;
    }
}
