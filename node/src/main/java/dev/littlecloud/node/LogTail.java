package dev.littlecloud.node;

import java.nio.charset.StandardCharsets;
import java.util.List;

/** The last lines that an instance wrote, for the reason of its failure. */
final class LogTail {
    private static final int MOST_CHARACTERS = 4_096;
    private static final int SHOWN_LINES = 5;

    private final StringBuilder text = new StringBuilder();

    synchronized void add(byte[] bytes) {
        text.append(new String(bytes, StandardCharsets.UTF_8));
        if (text.length() > MOST_CHARACTERS) {
            text.delete(0, text.length() - MOST_CHARACTERS);
        }
    }

    /** A message with the last lines behind it, if there are any. */
    synchronized String behind(String message) {
        List<String> lines =
                text.toString().lines().map(String::strip).filter(l -> !l.isEmpty()).toList();
        if (lines.isEmpty()) {
            return message;
        }
        List<String> last = lines.subList(Math.max(0, lines.size() - SHOWN_LINES), lines.size());
        return message + "; the last it wrote: " + String.join(" | ", last);
    }
}
