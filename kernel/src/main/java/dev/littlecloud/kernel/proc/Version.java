package dev.littlecloud.kernel.proc;

/** What uname(2) and /proc/version say. */
public final class Version {
    public static final String SYSTEM = "Linux";

    /** Modern, because ld.so, libuv and Go choose what they use by it. */
    public static final String RELEASE = "6.1.0-littlecloud";

    public static final String BUILD = "#1 SMP PREEMPT_DYNAMIC Littlecloud";
    public static final String MACHINE = "x86_64";

    private Version() {}

    static String text() {
        return SYSTEM
                + " version "
                + RELEASE
                + " (littlecloud@littlecloud) (OpenJDK "
                + Runtime.version().feature()
                + ") "
                + BUILD
                + "\n";
    }
}
