package dev.littlecloud.cli.image;

import dev.littlecloud.image.Progress;
import dev.littlecloud.runtime.host.HostTerminal;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * One line at the bottom of a terminal that says what is being done and how far it is. It comes
 * only with work that takes long enough to be seen, and leaves nothing behind.
 */
public final class TerminalProgress implements Progress {
    private static final int STDERR = 2;
    private static final int BAR_CHARACTERS = 24;
    private static final long FIRST_AFTER_NANOS = 300_000_000;
    private static final long REDRAW_NANOS = 100_000_000;
    private static final String ERASE_LINE = "\r\u001b[K";

    private final PrintWriter err;
    private final LongSupplier nanoTime;

    // Guarded by this, as are the fields of its elements.
    private final List<Line> active = new ArrayList<>();
    private long drawAgainNanos;
    private boolean isDrawn;

    TerminalProgress(PrintWriter err, LongSupplier nanoTime) {
        this.err = err;
        this.nanoTime = nanoTime;
    }

    /** A bar where standard error is a terminal, silence elsewhere. */
    public static Progress ofStandardError(PrintWriter err) {
        return HostTerminal.isTerminal(STDERR)
                ? new TerminalProgress(err, System::nanoTime)
                : Progress.NONE;
    }

    @Override
    public synchronized Task begin(String what, long totalBytes) {
        if (active.isEmpty()) {
            drawAgainNanos = nanoTime.getAsLong() + FIRST_AFTER_NANOS;
        }
        Line line = new Line(what, totalBytes);
        active.add(line);
        return line;
    }

    private void drawIfDue() {
        long now = nanoTime.getAsLong();
        if (now - drawAgainNanos < 0 || active.isEmpty()) {
            return;
        }
        drawAgainNanos = now + REDRAW_NANOS;
        isDrawn = true;
        Line first = active.getFirst();
        String others = active.size() == 1 ? "" : "  (and " + (active.size() - 1) + " more)";
        err.print(ERASE_LINE + first.text() + others);
        err.flush();
    }

    private void erase() {
        if (isDrawn) {
            err.print(ERASE_LINE);
            err.flush();
            isDrawn = false;
        }
    }

    private final class Line implements Task {
        private final String what;
        private final long totalBytes;
        private long doneBytes;

        Line(String what, long totalBytes) {
            this.what = what;
            this.totalBytes = totalBytes;
        }

        @Override
        public void advance(long bytes) {
            synchronized (TerminalProgress.this) {
                doneBytes += bytes;
                drawIfDue();
            }
        }

        @Override
        public void close() {
            synchronized (TerminalProgress.this) {
                active.remove(this);
                if (active.isEmpty()) {
                    erase();
                }
            }
        }

        String text() {
            if (totalBytes <= 0) {
                return what + "  " + Sizes.text(doneBytes);
            }
            int filled = (int) (BAR_CHARACTERS * Math.min(doneBytes, totalBytes) / totalBytes);
            return what
                    + "  ["
                    + "=".repeat(filled)
                    + " ".repeat(BAR_CHARACTERS - filled)
                    + "] "
                    + Sizes.text(doneBytes)
                    + " of "
                    + Sizes.text(totalBytes);
        }
    }
}
