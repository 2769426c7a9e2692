package dev.littlecloud.runtime;

/** Port numbers as text. */
final class Ports {
    private static final int LARGEST = 65535;

    private Ports() {}

    static int parse(String text, int smallest, String whole) {
        int port = -1;
        if (!text.isEmpty()
                && text.length() <= 5
                && text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            port = Integer.parseInt(text);
        }
        if (port < smallest || port > LARGEST) {
            throw new IllegalArgumentException(
                    "'%s' in '%s' is not a port from %d to %d"
                            .formatted(text, whole, smallest, LARGEST));
        }
        return port;
    }
}
