package dev.littlecloud.kernel.mm;

/** When system calls are answered while their programs stay in the guest. */
public enum PostedMode {
    NEVER,
    /** Where leaving the guest is dear, and while that saves more than it costs. */
    WHERE_IT_PAYS,
    /** From the first call on, whatever it costs: for tests. */
    ALWAYS;

    /** System property: {@code off}, or {@code always}. */
    private static final String PROPERTY = "littlecloud.postedCalls";

    /** What instances that start now do. */
    public static PostedMode current() {
        return switch (System.getProperty(PROPERTY, "")) {
            case "off" -> NEVER;
            case "always" -> ALWAYS;
            default -> WHERE_IT_PAYS;
        };
    }
}
