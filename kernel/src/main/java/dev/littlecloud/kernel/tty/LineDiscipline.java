package dev.littlecloud.kernel.tty;

import dev.littlecloud.kernel.io.IoBuffer;

/**
 * What happens between the keys and the program: line editing, echo, signals from keys, flow
 * control, conversions; termios(3), N_TTY of Linux.
 */
final class LineDiscipline {
    /** What typed characters cause outside of the terminal. */
    interface Events {
        /** VINTR, VQUIT or VSUSP was typed: a signal for the foreground process group. */
        void typedSignal(int signal);

        /** Output was stopped or started again, by VSTOP and VSTART or tcflow(3). */
        void outputStopped(boolean stopped);

        /** Input that was not read yet is gone. */
        void inputFlushed();

        /** Output that the master did not read yet is gone. */
        void outputFlushed();
    }

    static final int SIGINT = 2;
    static final int SIGQUIT = 3;
    static final int SIGTSTP = 20;

    /** Echo is held back until this much is there or the input at hand is taken in. */
    private static final int ECHO_BATCH = 256;

    /**
     * Most output that a flush cannot take back, because on Linux it is in the master's own input
     * buffer by then.
     */
    private static final int DELIVERED = InputQueue.SIZE - 1;

    private final ByteQueue screen;
    private final Events events;
    private final InputQueue input = new InputQueue();
    private final OutputProcessor output;
    private final EchoQueue echo;
    private final LineEditor editor;
    private TerminalSettings settings = TerminalSettings.cooked();

    /** VLNEXT was typed: the next character has no special meaning. */
    private boolean literalNext;

    /** Output that a flush leaves: what was there before the typed bytes at hand. */
    private int deliveredOutput = DELIVERED;

    /** Output was stopped by tcflow(3), which VSTART does not undo. */
    private boolean stoppedByProgram;

    LineDiscipline(ByteQueue screen, Events events) {
        this.screen = screen;
        this.events = events;
        this.output = new OutputProcessor(screen);
        this.echo = new EchoQueue(output);
        this.editor = new LineEditor(input, echo);
    }

    TerminalSettings settings() {
        return settings;
    }

    void settings(TerminalSettings changed) {
        TerminalSettings old = settings;
        settings = changed;
        int modes = TerminalFlags.ICANON | TerminalFlags.EXTPROC;
        if (((old.local() ^ changed.local()) & modes) != 0) {
            input.modeChanged(changed.isCanonical());
            editor.reset();
            literalNext = false;
        }
        boolean flowControlEnds =
                old.hasInput(TerminalFlags.IXON) && !changed.hasInput(TerminalFlags.IXON);
        if (flowControlEnds && !stoppedByProgram) {
            start();
            echo.flush(settings);
        }
    }

    // ---- The program's side.

    /** Whether a reader would get something (or an end of file) at once. */
    boolean isReadable() {
        return isByLine() ? input.hasLine() : input.size() > 0;
    }

    /** Whether poll(2) reports input: with VMIN and without VTIME, only when VMIN bytes are there. */
    boolean isPollReadable() {
        if (isByLine()) {
            return input.hasLine();
        }
        int minimum = settings.character(TerminalFlags.VMIN);
        boolean counts = settings.character(TerminalFlags.VTIME) == 0 && minimum > 0;
        return input.size() >= (counts ? minimum : 1);
    }

    private boolean isByLine() {
        return settings.isCanonical() && !settings.hasLocal(TerminalFlags.EXTPROC);
    }

    /** Bytes that FIONREAD reports. */
    int available() {
        return isByLine() ? input.lineBytes() : input.size();
    }

    /** Moves one line, or what is there in raw mode; the caller knows that it is readable. */
    int read(IoBuffer buffer) {
        return isByLine() ? input.takeLine(buffer) : input.takeRaw(buffer);
    }

    /** Writes what fits; how many bytes were taken. */
    int write(byte[] source, int offset, int length) {
        echo.flush(settings);
        return output.write(source, offset, length, settings);
    }

    /** Whether a writer would get something through. */
    boolean isWritable() {
        return output.room() > 0;
    }

    /** The master took output: echo that had no room goes on. */
    void outputTaken() {
        echo.flush(settings);
    }

    void flushInput() {
        input.clear();
        events.inputFlushed();
    }

    void flushOutput() {
        screen.truncate(deliveredOutput);
        events.outputFlushed();
    }

    boolean isStopped() {
        return output.isStopped();
    }

    /** tcflow(3) with TCOOFF or TCOON. */
    void flow(boolean stop) {
        if (stoppedByProgram == stop) {
            return;
        }
        stoppedByProgram = stop;
        if (stop) {
            stop();
        } else {
            start();
            echo.flush(settings);
        }
    }

    /** tcflow(3) with TCIOFF or TCION: tells the other side to stop or start sending. */
    void sendFlowCharacter(boolean stop) {
        int c = settings.character(stop ? TerminalFlags.VSTOP : TerminalFlags.VSTART);
        if (c != 0 && screen.room() > 0) {
            screen.add(c);
        }
    }

    private void stop() {
        if (!output.isStopped()) {
            output.stopped(true);
            events.outputStopped(true);
        }
    }

    private void start() {
        if (output.isStopped() && !stoppedByProgram) {
            output.stopped(false);
            events.outputStopped(false);
        }
    }

    // ---- The keyboard's side.

    /**
     * Takes in typed bytes.
     *
     * @return how many; fewer than {@code length} when a full queue waits for its reader
     */
    int receive(byte[] source, int offset, int length) {
        deliveredOutput = Math.min(DELIVERED, screen.size());
        int done = 0;
        while (done < length) {
            int room = Math.ceilDiv(InputQueue.SIZE - input.size(), widest()) - 1;
            if (room <= 0) {
                // With no line to read, excess characters replace the last one, so that the line
                // can still be ended or erased.
                if (!settings.isCanonical() || input.hasLine()) {
                    break;
                }
                if (room < 0) {
                    input.cutTo(input.head() - 1);
                }
            }
            receive(source[offset + done] & 0xff);
            done++;
            if (done % ECHO_BATCH == 0) {
                echo.flush(settings);
            }
        }
        echo.flush(settings);
        deliveredOutput = DELIVERED;
        return done;
    }

    /** Most bytes that one typed byte becomes: PARMRK doubles 0xff and reserves one more. */
    private int widest() {
        return settings.hasInput(TerminalFlags.PARMRK) ? 3 : 1;
    }

    private void receive(int typed) {
        int c = typed;
        if (settings.hasInput(TerminalFlags.ISTRIP)) {
            c &= 0x7f;
        }
        if (settings.hasInput(TerminalFlags.IUCLC) && settings.hasLocal(TerminalFlags.IEXTEN)) {
            c = Characters.toLower(c);
        }
        if (settings.hasLocal(TerminalFlags.EXTPROC)) {
            input.add(c);
        } else if (literalNext) {
            literalNext = false;
            add(c, false);
        } else if (!isFlowControl(c) && !isSignal(c)) {
            startOnAnyCharacter();
            receiveText(c);
        }
    }

    private void startOnAnyCharacter() {
        if (settings.hasInput(TerminalFlags.IXON)
                && settings.hasInput(TerminalFlags.IXANY)
                && output.isStopped()) {
            start();
            echo.flush(settings);
        }
    }

    private boolean isFlowControl(int c) {
        if (!settings.hasInput(TerminalFlags.IXON)) {
            return false;
        }
        if (settings.is(TerminalFlags.VSTART, c)) {
            start();
            echo.flush(settings);
            return true;
        }
        if (settings.is(TerminalFlags.VSTOP, c)) {
            stop();
            return true;
        }
        return false;
    }

    private boolean isSignal(int c) {
        if (!settings.hasLocal(TerminalFlags.ISIG)) {
            return false;
        }
        int signal = 0;
        if (settings.is(TerminalFlags.VINTR, c)) {
            signal = SIGINT;
        } else if (settings.is(TerminalFlags.VQUIT, c)) {
            signal = SIGQUIT;
        } else if (settings.is(TerminalFlags.VSUSP, c)) {
            signal = SIGTSTP;
        }
        if (signal == 0) {
            return false;
        }
        events.typedSignal(signal);
        if (!settings.hasLocal(TerminalFlags.NOFLSH)) {
            echo.clear();
            flushOutput();
            editor.reset();
            flushInput();
        }
        if (settings.hasInput(TerminalFlags.IXON)) {
            start();
        }
        if (settings.hasLocal(TerminalFlags.ECHO)) {
            echo.character(c, settings);
        } else {
            echo.flush(settings);
        }
        return true;
    }

    private void receiveText(int typed) {
        int c = typed;
        if (c == '\r') {
            if (settings.hasInput(TerminalFlags.IGNCR)) {
                return;
            }
            if (settings.hasInput(TerminalFlags.ICRNL)) {
                c = '\n';
            }
        } else if (c == '\n' && settings.hasInput(TerminalFlags.INLCR)) {
            c = '\r';
        }
        if (!settings.isCanonical() || !isEditing(c) && !isLineEnd(c)) {
            add(c, typed == '\r' && c == '\n');
        }
    }

    /**
     * Puts a character into the queue.
     *
     * @param isReturn whether it is a newline that the return key made, which is echoed as such
     */
    private void add(int c, boolean isReturn) {
        if (settings.hasLocal(TerminalFlags.ECHO)) {
            if (isReturn) {
                editor.finishErasing();
                echo.raw('\n');
            } else {
                editor.echoTyped(c, settings);
            }
        }
        markParity(c);
        input.add(c);
    }

    /** With PARMRK a 0xff is doubled, because a single one announces a parity error. */
    private void markParity(int c) {
        if (c == 0xff && settings.hasInput(TerminalFlags.PARMRK)) {
            input.add(c);
        }
    }

    private boolean isEditing(int c) {
        boolean extended = settings.hasLocal(TerminalFlags.IEXTEN);
        boolean echoed = settings.hasLocal(TerminalFlags.ECHO);
        if (settings.is(TerminalFlags.VERASE, c)
                || settings.is(TerminalFlags.VKILL, c)
                || extended && settings.is(TerminalFlags.VWERASE, c)) {
            editor.erase(c, settings);
            return true;
        }
        if (extended && settings.is(TerminalFlags.VLNEXT, c)) {
            literalNext = true;
            if (echoed) {
                editor.finishErasing();
                if (settings.hasLocal(TerminalFlags.ECHOCTL)) {
                    echo.raw('^');
                    echo.raw('\b');
                }
            }
            return true;
        }
        if (extended && echoed && settings.is(TerminalFlags.VREPRINT, c)) {
            editor.reprint(c, settings);
            return true;
        }
        return false;
    }

    private boolean isLineEnd(int c) {
        if (c == '\n') {
            if (settings.hasLocal(TerminalFlags.ECHO | TerminalFlags.ECHONL)) {
                echo.raw('\n');
            }
            input.addLineEnd(c);
            return true;
        }
        if (settings.is(TerminalFlags.VEOF, c)) {
            input.addLineEnd(InputQueue.END_OF_FILE);
            return true;
        }
        boolean extended = settings.hasLocal(TerminalFlags.IEXTEN);
        if (settings.is(TerminalFlags.VEOL, c) || extended && settings.is(TerminalFlags.VEOL2, c)) {
            if (settings.hasLocal(TerminalFlags.ECHO)) {
                editor.echoTyped(c, settings);
            }
            markParity(c);
            input.addLineEnd(c);
            return true;
        }
        return false;
    }
}
