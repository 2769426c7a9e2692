package dev.littlecloud.control.model;

import dev.littlecloud.control.ControlException;
import java.util.regex.Pattern;

/** Names of services, owners and secrets. A service's is a label of a host name (RFC 1123). */
public final class Names {
    private static final Pattern NAME = Pattern.compile("[a-z]([a-z0-9-]{0,61}[a-z0-9])?");

    private Names() {}

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
