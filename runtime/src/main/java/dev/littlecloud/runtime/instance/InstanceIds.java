package dev.littlecloud.runtime.instance;

import java.security.SecureRandom;
import java.util.HexFormat;

/** Names of instances. */
public final class InstanceIds {
    private static final SecureRandom RANDOM = new SecureRandom();

    private InstanceIds() {}

    /** Twelve hexadecimal digits. */
    public static String next() {
        byte[] bytes = new byte[6];
        RANDOM.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }
}
