package dev.littlecloud.cli;

/**
 * Runs common command lines while the build makes the AOT cache, so that what they need is in it.
 */
final class Rehearsal {
    private Rehearsal() {}

    public static void main(String[] arguments) {
        String[][] commandLines = {
            {"--help"}, {"version"}, {"run", "--help"}, {"run", "--no-such-option"},
        };
        for (String[] commandLine : commandLines) {
            Littlecloud.execute(commandLine);
        }
    }
}
