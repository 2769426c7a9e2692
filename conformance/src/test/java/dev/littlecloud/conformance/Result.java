package dev.littlecloud.conformance;

/**
 * What a run left behind.
 *
 * @param exitCode the exit code, or 128 + signal for a program that a signal ended
 * @param timedOut whether it was ended because its deadline passed; the exit code means nothing then
 */
record Result(int exitCode, String stdout, String stderr, boolean timedOut) {
    static final int SKIPPED = 77;

    /** Equal in all that a caller of the program can see. */
    boolean looksLike(Result other) {
        return !timedOut
                && !other.timedOut
                && exitCode == other.exitCode
                && stdout.equals(other.stdout)
                && stderr.equals(other.stderr);
    }

    String describe() {
        String end = timedOut ? "timed out" : "exit code " + exitCode;
        return end + section("stdout", stdout) + section("stderr", stderr);
    }

    private static String section(String name, String text) {
        return text.isBlank() ? "" : "\n" + name + ": " + text.stripTrailing();
    }
}
