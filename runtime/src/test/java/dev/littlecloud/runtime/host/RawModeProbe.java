package dev.littlecloud.runtime.host;

import dev.littlecloud.runtime.WindowSize;
import java.io.IOException;

/**
 * Run by {@link HostTerminalTest} on a terminal: shows the terminal's settings in raw mode, then
 * ends in the way its argument says.
 */
final class RawModeProbe {
    private RawModeProbe() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        WindowSize size = HostTerminal.windowSize(0);
        System.out.println("terminal " + HostTerminal.isTerminal(0));
        System.out.println("window " + size.rows() + " " + size.columns());
        HostTerminal terminal = HostTerminal.enterRawMode(0);
        System.out.println("raw " + settings());
        switch (arguments[0]) {
            case "close" -> terminal.close();
            case "resume" -> {
                // What a shell does while this process is stopped.
                stty("sane");
                System.out.println("stopped " + settings());
                terminal.resume();
                System.out.println("resumed " + settings());
                terminal.close();
            }
            case "exit" -> System.exit(3);
            case "throw" -> throw new IllegalStateException("on purpose");
            case "term" -> {
                new ProcessBuilder("kill", Long.toString(ProcessHandle.current().pid())).start();
                Thread.sleep(60_000);
            }
            default -> throw new IllegalArgumentException(arguments[0]);
        }
        System.out.println("closed " + settings());
    }

    private static String settings() throws IOException {
        return stty("-a");
    }

    private static String stty(String argument) throws IOException {
        Process stty =
                new ProcessBuilder("stty", argument)
                        .redirectInput(ProcessBuilder.Redirect.INHERIT)
                        .start();
        return new String(
                        stty.getInputStream().readAllBytes(),
                        java.nio.charset.StandardCharsets.UTF_8)
                .replaceAll("\\s+", " ");
    }
}
