package dev.littlecloud.cli;

import org.jspecify.annotations.Nullable;

/** What goes to a person's terminal. */
final class Messages {
    private Messages() {}

    /** Joins lines and makes control characters, which an image may have chosen, visible. */
    static String oneLine(@Nullable String message) {
        StringBuilder line = new StringBuilder();
        String text = message == null ? "unknown error" : message.strip();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\n') {
                line.append(' ');
            } else if (Character.isISOControl(c)) {
                line.append("\\x%02x".formatted((int) c));
            } else {
                line.append(c);
            }
        }
        String joined = line.toString();
        return joined.endsWith(".") ? joined.substring(0, joined.length() - 1) : joined;
    }
}
