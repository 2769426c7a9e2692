package dev.littlecloud.kernel.tty;

/** Erasing in the line being typed, and what that looks like on the screen; termios(3), ECHO*. */
final class LineEditor {
    private enum Erase {
        CHARACTER,
        WORD,
        LINE
    }

    private final InputQueue input;
    private final EchoQueue echo;

    /** In the middle of a run of erased characters that ECHOPRT shows as {@code \abc/}. */
    private boolean erasing;

    LineEditor(InputQueue input, EchoQueue echo) {
        this.input = input;
        this.echo = echo;
    }

    void reset() {
        erasing = false;
    }

    /** Closes what ECHOPRT has opened. */
    void finishErasing() {
        if (erasing) {
            echo.raw('/');
            erasing = false;
        }
    }

    /** Echoes a typed character that goes into the line. */
    void echoTyped(int c, TerminalSettings settings) {
        finishErasing();
        if (input.canonicalHead() == input.head()) {
            echo.markColumn();
        }
        echo.character(c, settings);
    }

    /** Shows the line again on a new one; VREPRINT. */
    void reprint(int c, TerminalSettings settings) {
        finishErasing();
        echo.character(c, settings);
        echo.raw('\n');
        for (long i = input.canonicalHead(); i < input.head(); i++) {
            echo.character(input.at(i), settings);
        }
    }

    /** Acts on VERASE, VWERASE or VKILL. */
    void erase(int c, TerminalSettings settings) {
        if (input.head() == input.canonicalHead()) {
            return;
        }
        boolean echoed = settings.hasLocal(TerminalFlags.ECHO);
        Erase what = Erase.LINE;
        if (settings.is(TerminalFlags.VERASE, c)) {
            what = Erase.CHARACTER;
        } else if (settings.is(TerminalFlags.VWERASE, c)) {
            what = Erase.WORD;
        } else if (!echoed || !isKillShownByErasing(settings)) {
            killLine(echoed, settings);
            return;
        }
        eraseBackwards(what, echoed, settings);
        if (input.head() == input.canonicalHead() && echoed) {
            finishErasing();
        }
    }

    private static boolean isKillShownByErasing(TerminalSettings settings) {
        int all = TerminalFlags.ECHOK | TerminalFlags.ECHOKE | TerminalFlags.ECHOE;
        return (settings.local() & all) == all;
    }

    private void killLine(boolean echoed, TerminalSettings settings) {
        input.cutTo(input.canonicalHead());
        if (echoed) {
            finishErasing();
            echo.character(settings.character(TerminalFlags.VKILL), settings);
            if (settings.hasLocal(TerminalFlags.ECHOK)) {
                echo.raw('\n');
            }
        }
    }

    private void eraseBackwards(Erase what, boolean echoed, TerminalSettings settings) {
        boolean seenWord = false;
        while (input.head() != input.canonicalHead()) {
            long start = input.head();
            int c;
            do {
                c = input.at(--start);
            } while (Characters.isContinuation(c, settings) && start != input.canonicalHead());
            if (Characters.isContinuation(c, settings)) {
                return;
            }
            if (what == Erase.WORD) {
                if (Characters.isWord(c)) {
                    seenWord = true;
                } else if (seenWord) {
                    return;
                }
            }
            long end = input.head();
            input.cutTo(start);
            if (echoed) {
                showErased(what, c, start, end, settings);
            }
            if (what == Erase.CHARACTER) {
                return;
            }
        }
    }

    private void showErased(Erase what, int c, long start, long end, TerminalSettings settings) {
        if (settings.hasLocal(TerminalFlags.ECHOPRT)) {
            if (!erasing) {
                echo.raw('\\');
                erasing = true;
            }
            echo.character(c, settings);
            for (long i = start + 1; i < end; i++) {
                echo.raw(input.at(i));
                echo.moveBack();
            }
        } else if (what == Erase.CHARACTER && !settings.hasLocal(TerminalFlags.ECHOE)) {
            echo.character(settings.character(TerminalFlags.VERASE), settings);
        } else if (c == '\t') {
            eraseTab(settings);
        } else {
            boolean carets = settings.hasLocal(TerminalFlags.ECHOCTL);
            if (Characters.isControl(c) && carets) {
                eraseColumn();
            }
            if (!Characters.isControl(c) || carets) {
                eraseColumn();
            }
        }
    }

    private void eraseColumn() {
        echo.raw('\b');
        echo.raw(' ');
        echo.raw('\b');
    }

    /** Counts the columns back to the start of the line or to another tab. */
    private void eraseTab(TerminalSettings settings) {
        int columns = 0;
        boolean isAfterTab = false;
        for (long i = input.head(); i != input.canonicalHead() && !isAfterTab; ) {
            int c = input.at(--i);
            if (c == '\t') {
                isAfterTab = true;
            } else if (Characters.isControl(c)) {
                columns += settings.hasLocal(TerminalFlags.ECHOCTL) ? 2 : 0;
            } else if (!Characters.isContinuation(c, settings)) {
                columns++;
            }
        }
        echo.eraseTab(columns, isAfterTab);
    }
}
