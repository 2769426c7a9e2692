package dev.littlecloud.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.littlecloud.runtime.ExitStatus;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** What a person at {@code run -it} sees of a shell. */
class TerminalTest {
    private static final String PROMPT = "# ";

    private static GuestTerminal shell() throws IOException, InterruptedException {
        GuestTerminal terminal =
                Suite.get().terminal(24, 80, "/bin/bash", "--norc", "--noprofile", "-i");
        terminal.await(PROMPT);
        return terminal;
    }

    /** Starts a job that tells when it is in the foreground; keys before that are the shell's. */
    private static void startJob(GuestTerminal terminal, String command)
            throws IOException, InterruptedException {
        terminal.type("sh -c 'echo rea\"dy\"; exec " + command + "'\r");
        terminal.await("ready\r\n");
    }

    @Test
    void shellHasATerminalWithTheWindowsSize() throws IOException, InterruptedException {
        try (GuestTerminal terminal = shell()) {
            terminal.type("tty; stty size\r");
            terminal.await("/dev/pts/0\r\n24 80\r\n");
            terminal.resize(40, 120);
            terminal.type("stty size; exit 7\r");
            terminal.await("40 120\r\n");
            assertThat(terminal.exit()).isEqualTo(new ExitStatus.Exited(7));
        }
    }

    @Test
    void linesCanBeEdited() throws IOException, InterruptedException {
        try (GuestTerminal terminal = shell()) {
            // Delete backwards, a cursor key, and the history.
            terminal.type("echo abx\u007fd\033[Dc\r");
            terminal.await("abcd\r\n");
            terminal.await(PROMPT);
            terminal.type("\033[A\r");
            terminal.await("abcd\r\n");
        }
    }

    @Test
    void controlCharactersReachTheForegroundJobOnly() throws IOException, InterruptedException {
        try (GuestTerminal terminal = shell()) {
            startJob(terminal, "cat");
            terminal.type("line\r");
            terminal.await("line\r\nline\r\n");
            terminal.type("\003");
            terminal.await("^C");
            terminal.await(PROMPT);
            terminal.type("echo $?\r");
            terminal.await("130\r\n");
            terminal.await(PROMPT);
            startJob(terminal, "cat");
            terminal.type("\004");
            terminal.await(PROMPT);
        }
    }

    @Test
    void jobsAreStoppedAndContinued() throws IOException, InterruptedException {
        try (GuestTerminal terminal = shell()) {
            startJob(terminal, "sleep 1000");
            terminal.type("\032");
            terminal.await("Stopped");
            terminal.await(PROMPT);
            terminal.type("bg\r");
            terminal.await("sleep 1000' &");
            terminal.await(PROMPT);
            terminal.type("jobs\r");
            terminal.await("Running");
            terminal.await(PROMPT);
            terminal.type("kill %1; wait\r");
            terminal.await(PROMPT);
            // A job in the background that wants to read is stopped.
            terminal.type("cat &\r");
            terminal.await(PROMPT);
            terminal.type("wait %1; echo woken\r");
            terminal.await("Stopped");
        }
    }

    @Test
    void hangingUpEndsTheShell() throws IOException, InterruptedException {
        try (GuestTerminal terminal = shell()) {
            terminal.hangUp();
            assertThat(terminal.exit()).isNotEqualTo(new ExitStatus.Exited(0));
        }
    }
}
