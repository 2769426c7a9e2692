package dev.littlecloud.kernel.proc;

/** How names with special characters appear in the texts of /proc. */
final class Escapes {
    private Escapes() {}

    /** In tables with spaces between columns: space, tab, newline, backslash and # as octal. */
    static String column(String text) {
        return escape(text, " \t\n\\#");
    }

    /** In maps: only newlines. */
    static String path(String text) {
        return escape(text, "\n");
    }

    /** In status: newline and backslash, as C writes them. */
    static String status(String name) {
        return name.replace("\\", "\\\\").replace("\n", "\\n");
    }

    private static String escape(String text, String special) {
        StringBuilder escaped = null;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (special.indexOf(c) >= 0) {
                if (escaped == null) {
                    escaped = new StringBuilder(text.substring(0, i));
                }
                escaped.append("\\%03o".formatted((int) c));
            } else if (escaped != null) {
                escaped.append(c);
            }
        }
        return escaped == null ? text : escaped.toString();
    }
}
