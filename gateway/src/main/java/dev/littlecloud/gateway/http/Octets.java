package dev.littlecloud.gateway.http;

/** What bytes may stand where in a message: RFC 9110, 5.6.2 and 5.5. */
final class Octets {
    private static final boolean[] TOKEN = new boolean[256];

    static {
        for (int c = '0'; c <= '9'; c++) {
            TOKEN[c] = true;
        }
        for (int c = 'a'; c <= 'z'; c++) {
            TOKEN[c] = true;
            TOKEN[c - 'a' + 'A'] = true;
        }
        for (char c : "!#$%&'*+-.^_`|~".toCharArray()) {
            TOKEN[c] = true;
        }
    }

    private Octets() {}

    static boolean isToken(byte octet) {
        return TOKEN[octet & 255];
    }

    static boolean isToken(CharSequence text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) > 255 || !TOKEN[text.charAt(i)]) {
                return false;
            }
        }
        return !text.isEmpty();
    }

    /** Visible, blank, tab, or a byte beyond ASCII. */
    static boolean isFieldValue(byte octet) {
        return octet >= ' ' && octet != 0x7F || octet == '\t' || octet < 0;
    }

    static boolean isFieldValue(CharSequence text) {
        for (int i = 0; i < text.length(); i++) {
            if (!isFieldValue((byte) text.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    /** Visible ASCII: a request target has no other bytes that anybody agrees on. */
    static boolean isTarget(byte octet) {
        return octet > ' ' && octet != 0x7F;
    }

    static boolean isTarget(CharSequence text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) > 0x7E || !isTarget((byte) text.charAt(i))) {
                return false;
            }
        }
        return !text.isEmpty();
    }

    /** The value of a hexadecimal digit, or -1. */
    static int hexDigit(byte octet) {
        if (octet >= '0' && octet <= '9') {
            return octet - '0';
        }
        int lower = octet | 0x20;
        return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
    }
}
