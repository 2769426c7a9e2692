package dev.littlecloud.gateway.http;

import dev.littlecloud.gateway.service.Reason;
import dev.littlecloud.gateway.service.Refusal;

/** Host headers. */
final class Hosts {
    private Hosts() {}

    /** The name in a Host header: without the port, and nothing but what a name or address has. */
    static String name(String host) throws Refusal {
        int end = host.length();
        if (host.startsWith("[")) {
            end = host.indexOf(']') + 1;
            if (end == 0) {
                throw bad(host);
            }
        } else {
            int colon = host.indexOf(':');
            if (colon >= 0) {
                end = colon;
            }
        }
        for (int i = 0; i < end; i++) {
            char c = host.charAt(i);
            boolean allowed =
                    c >= 'a' && c <= 'z'
                            || c >= 'A' && c <= 'Z'
                            || c >= '0' && c <= '9'
                            || c == '-'
                            || c == '.'
                            || c == '_'
                            || host.charAt(0) == '[' && (c == ':' || c == '[' || c == ']');
            if (!allowed) {
                throw bad(host);
            }
        }
        checkPort(host, end);
        return host.substring(0, end);
    }

    private static void checkPort(String host, int nameEnd) throws Refusal {
        if (nameEnd == host.length()) {
            return;
        }
        if (host.charAt(nameEnd) != ':' || host.length() - nameEnd > 6) {
            throw bad(host);
        }
        for (int i = nameEnd + 1; i < host.length(); i++) {
            if (host.charAt(i) < '0' || host.charAt(i) > '9') {
                throw bad(host);
            }
        }
    }

    private static Refusal bad(String host) {
        String shown = host.length() > 100 ? host.substring(0, 100) + "…" : host;
        return new Refusal(Reason.BAD_REQUEST, "the Host is no name with a port: " + shown);
    }
}
