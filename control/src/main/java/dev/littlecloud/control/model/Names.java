package dev.littlecloud.control.model;

import dev.littlecloud.control.ControlException;
import java.util.Locale;
import java.util.regex.Pattern;

/** Names of services, owners and secrets. A service's is a label of a host name (RFC 1123). */
public final class Names {
    private static final Pattern NAME = Pattern.compile("[a-z]([a-z0-9-]{0,61}[a-z0-9])?");

    /** Labels with a dot in between, and a last one that is no number: RFC 1123, 2.1. */
    private static final Pattern DOMAIN =
            Pattern.compile(
                    "([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?");

    private static final int LONGEST_DOMAIN = 253;

    private Names() {}

    /** A host name of a service's own, in lower case. */
    static String domain(String text) {
        String name = text.toLowerCase(Locale.ROOT);
        if (name.length() > LONGEST_DOMAIN || !DOMAIN.matcher(name).matches()) {
            throw ControlException.badRequest(
                    "'" + text + "' is not the name of a domain, such as shop.example.org");
        }
        return name;
    }

    public static String checked(String name, String what) {
        if (!NAME.matcher(name).matches()) {
            throw ControlException.badRequest(
                    "'"
                            + name
                            + "' is not a name for "
                            + what
                            + ": lower-case letters, digits and '-', a letter first, at most 63");
        }
        return name;
    }
}
