package dev.littlecloud.gateway.http;

import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;

/** The id by which a request is found again in logs: the client's, or a new one. */
final class RequestIds {
    static final AsciiString HEADER = AsciiString.cached("x-request-id");

    private static final int LONGEST = 128;

    private RequestIds() {}

    static String of(HttpHeaders headers) {
        String given = headers.get(HEADER);
        return given != null && isUsable(given) ? given : fresh();
    }

    static String fresh() {
        byte[] id = new byte[16];
        ThreadLocalRandom.current().nextBytes(id);
        return HexFormat.of().formatHex(id);
    }

    /** It ends up in logs and pages, so only characters that mean nothing anywhere. */
    private static boolean isUsable(String id) {
        if (id.isEmpty() || id.length() > LONGEST) {
            return false;
        }
        for (int i = 0; i < id.length(); i++) {
            char c = id.charAt(i);
            boolean allowed =
                    c >= 'a' && c <= 'z'
                            || c >= 'A' && c <= 'Z'
                            || c >= '0' && c <= '9'
                            || "-_.:=+/".indexOf(c) >= 0;
            if (!allowed) {
                return false;
            }
        }
        return true;
    }
}
