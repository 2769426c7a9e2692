package dev.littlecloud.kernel.tty;

/** Classes of characters as the terminal sees them: ISO 8859-1, whatever the program's locale. */
final class Characters {
    private Characters() {}

    static boolean isControl(int c) {
        return c < 0x20 || c == 0x7f;
    }

    private static boolean isUpper(int c) {
        return c >= 'A' && c <= 'Z' || c >= 0xc0 && c <= 0xde && c != 0xd7;
    }

    private static boolean isLower(int c) {
        return c >= 'a' && c <= 'z' || c >= 0xdf && c != 0xf7;
    }

    /** Whether VWERASE takes it as a part of a word. */
    static boolean isWord(int c) {
        return isUpper(c) || isLower(c) || c >= '0' && c <= '9' || c == '_';
    }

    static int toUpper(int c) {
        return isLower(c) ? c - 0x20 : c;
    }

    static int toLower(int c) {
        return isUpper(c) ? c + 0x20 : c;
    }

    /** Whether it is a byte of a UTF-8 character other than the first. */
    static boolean isContinuation(int c, TerminalSettings settings) {
        return (c & 0xc0) == 0x80 && settings.hasInput(TerminalFlags.IUTF8);
    }
}
