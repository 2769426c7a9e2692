package dev.littlecloud.image.registry;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * One challenge of a WWW-Authenticate header, RFC 9110, 11.6.1.
 *
 * @param scheme in lower case
 * @param parameters by name in lower case
 */
record Challenge(String scheme, Map<String, String> parameters) {
    /** All challenges of all headers. What cannot be understood ends the header it is in. */
    static List<Challenge> parse(List<String> headers) {
        List<Challenge> challenges = new ArrayList<>();
        for (String header : headers) {
            new Parser(header).parse(challenges);
        }
        return challenges;
    }

    String parameter(String name) {
        return parameters.getOrDefault(name, "");
    }

    private static final class Parser {
        private final String text;
        private int at;

        Parser(String text) {
            this.text = text;
        }

        void parse(List<Challenge> challenges) {
            skip(" ,");
            while (at < text.length()) {
                String scheme = token();
                if (scheme.isEmpty()) {
                    return;
                }
                Map<String, String> parameters = new HashMap<>();
                challenges.add(new Challenge(scheme.toLowerCase(Locale.ROOT), parameters));
                skip(" ");
                while (parameter(parameters)) {
                    skip(" ,");
                }
                skip(" ,");
            }
        }

        /** Reads {@code name=value}; where a new scheme comes instead, nothing is read. */
        private boolean parameter(Map<String, String> parameters) {
            int start = at;
            String name = token();
            skip(" ");
            if (name.isEmpty() || at >= text.length() || text.charAt(at) != '=') {
                at = start;
                return false;
            }
            at++;
            skip(" ");
            String value = at < text.length() && text.charAt(at) == '"' ? quoted() : token();
            parameters.put(name.toLowerCase(Locale.ROOT), value);
            return true;
        }

        private String quoted() {
            StringBuilder value = new StringBuilder();
            at++;
            while (at < text.length() && text.charAt(at) != '"') {
                if (text.charAt(at) == '\\' && at + 1 < text.length()) {
                    at++;
                }
                value.append(text.charAt(at++));
            }
            at = Math.min(at + 1, text.length());
            return value.toString();
        }

        private String token() {
            int start = at;
            while (at < text.length() && " ,=\"".indexOf(text.charAt(at)) < 0) {
                at++;
            }
            return text.substring(start, at);
        }

        private void skip(String characters) {
            while (at < text.length() && characters.indexOf(text.charAt(at)) >= 0) {
                at++;
            }
        }
    }
}
