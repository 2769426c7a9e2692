package dev.littlecloud.kernel.tty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.littlecloud.kernel.io.KernelIo;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Random typing, printing and reading: the host's own terminal must have answered the same. */
class LineDisciplineOracleTest {
    private static final int SCENARIOS = 600;
    private static final HexFormat HEX = HexFormat.of();

    @TempDir Path directory;

    @Test
    void behavesAsTheHostsTerminal() throws IOException, InterruptedException {
        long seed = Long.getLong("tty.seed", System.nanoTime());
        Random random = new Random(seed);
        List<String> scenarios = new ArrayList<>();
        for (int i = 0; i < SCENARIOS; i++) {
            scenarios.add(scenario(random));
        }
        // The host delivers in the background, so what differs is played again, more slowly.
        for (double patience : new double[] {0.0002, 0.002, 0.02}) {
            List<String> expected = playNatively(scenarios, patience);
            List<String> different = new ArrayList<>();
            for (int i = 0; i < scenarios.size(); i++) {
                if (!new Player().play(scenarios.get(i)).equals(expected.get(i))) {
                    different.add(scenarios.get(i));
                }
            }
            scenarios = different;
        }
        List<String> expected = playNatively(scenarios, 0.05);
        for (int i = 0; i < scenarios.size(); i++) {
            assertThat(new Player().play(scenarios.get(i)))
                    .as("seed %d: %s", seed, scenarios.get(i))
                    .isEqualTo(expected.get(i));
        }
    }

    private static String scenario(Random random) {
        if (random.nextInt(100) == 0) {
            // More than a line can hold, then the end of it.
            return modes(random, " ")
                    + " 1 t"
                    + "61".repeat(4000 + random.nextInt(200))
                    + " s q t620a"
                    + " s q r4000 r50 r100 r10";
        }
        StringBuilder line = new StringBuilder();
        line.append(modes(random, " ")).append(' ').append(random.nextInt(3)).append(' ');
        int steps = 1 + random.nextInt(12);
        for (int i = 0; i < steps; i++) {
            line.append(
                    switch (random.nextInt(12)) {
                        case 0, 1, 2, 3, 4 -> "t" + keys(random);
                        case 5, 6 -> "p" + text(random);
                        case 7, 8 -> "r" + (1 + random.nextInt(random.nextBoolean() ? 5 : 80));
                        case 9 -> "q";
                        case 10 -> "s";
                        default -> random.nextInt(4) == 0 ? "m" + modes(random, ",") : "s";
                    });
            line.append(' ');
        }
        return line.append("s q r200 r200 r200").toString();
    }

    private static String modes(Random random, String separator) {
        int[] inputs = {
            TerminalFlags.ICRNL, TerminalFlags.IXON, TerminalFlags.INLCR, TerminalFlags.IGNCR,
            TerminalFlags.ISTRIP, TerminalFlags.IUCLC, TerminalFlags.IXANY, TerminalFlags.IUTF8,
            TerminalFlags.PARMRK,
        };
        int[] outputs = {
            TerminalFlags.OPOST,
            TerminalFlags.ONLCR,
            TerminalFlags.OLCUC,
            TerminalFlags.OCRNL,
            TerminalFlags.ONOCR,
            TerminalFlags.ONLRET,
            TerminalFlags.XTABS,
        };
        int[] locals = {
            TerminalFlags.ISIG, TerminalFlags.ICANON, TerminalFlags.ECHO, TerminalFlags.ECHOE,
            TerminalFlags.ECHOK, TerminalFlags.ECHONL, TerminalFlags.NOFLSH, TerminalFlags.ECHOCTL,
            TerminalFlags.ECHOPRT, TerminalFlags.ECHOKE, TerminalFlags.IEXTEN,
        };
        TerminalSettings cooked = TerminalSettings.cooked();
        return mode(random, cooked.input(), inputs)
                + separator
                + mode(random, cooked.output(), outputs)
                + separator
                + mode(random, cooked.local(), locals);
    }

    /** The default with a few flags flipped. */
    private static int mode(Random random, int start, int[] flags) {
        int mode = start;
        for (int flips = random.nextInt(4); flips > 0; flips--) {
            mode ^= flags[random.nextInt(flags.length)];
        }
        return mode;
    }

    private static String keys(Random random) {
        int[] special = {
            0x7f, 0x7f, 0x15, 0x17, 0x16, 0x12, 0x04, 0x04, '\n', '\n', '\r', '\t', '\b', 0x03,
            0x1c, 0x1a, 0x11, 0x13, 0xc3, 0xa9, 0xff, 0x01, 0x1b, ' ',
        };
        byte[] keys = new byte[1 + random.nextInt(12)];
        for (int i = 0; i < keys.length; i++) {
            boolean plain = random.nextInt(3) != 0;
            keys[i] =
                    (byte)
                            (plain
                                    ? "abcXYZ_09-".charAt(random.nextInt(10))
                                    : special[random.nextInt(special.length)]);
        }
        return HEX.formatHex(keys);
    }

    private static String text(Random random) {
        byte[] text = new byte[1 + random.nextInt(10)];
        for (int i = 0; i < text.length; i++) {
            text[i] = (byte) "abcDE\n\r\t\b\u00e9".charAt(random.nextInt(10));
        }
        return HEX.formatHex(text);
    }

    private List<String> playNatively(List<String> scenarios, double patience)
            throws IOException, InterruptedException {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/python3")), "no python3 on this machine");
        Path script = directory.resolve("native_terminal.py");
        try (InputStream resource = getClass().getResourceAsStream("/tty/native_terminal.py")) {
            Files.copy(resource, script, StandardCopyOption.REPLACE_EXISTING);
        }
        Path input = Files.write(directory.resolve("scenarios"), scenarios);
        Process python =
                new ProcessBuilder("/usr/bin/python3", script.toString(), String.valueOf(patience))
                        .redirectInput(input.toFile())
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        List<String> answers = new ArrayList<>();
        try (BufferedReader reader = python.inputReader(StandardCharsets.US_ASCII)) {
            reader.lines().forEach(answers::add);
        }
        assertThat(python.waitFor()).isZero();
        return answers;
    }

    /** Plays a scenario on our line discipline, with what a pair keeps between the two sides. */
    private static final class Player implements LineDiscipline.Events {
        private final ByteQueue screen = new ByteQueue(65536);
        private final ByteQueue typed = new ByteQueue(65536);
        private final LineDiscipline discipline = new LineDiscipline(screen, this);

        String play(String line) {
            String[] words = line.split(" ");
            int minimum = Integer.parseInt(words[3]);
            settings(words[0], words[1], words[2], minimum);
            List<String> answers = new ArrayList<>();
            for (int i = 4; i < words.length; i++) {
                String rest = words[i].substring(1);
                switch (words[i].charAt(0)) {
                    case 't' -> {
                        byte[] keys = HEX.parseHex(rest);
                        typed.add(keys, 0, keys.length);
                    }
                    case 'p' -> answers.add(print(HEX.parseHex(rest)));
                    case 'r' -> answers.add(read(Integer.parseInt(rest)));
                    case 'q' -> answers.add(String.valueOf(discipline.available()));
                    case 's' -> answers.add(readScreen());
                    default -> {
                        String[] modes = rest.split(",");
                        settings(modes[0], modes[1], modes[2], minimum);
                    }
                }
                deliver();
            }
            return String.join(" ", answers);
        }

        private void settings(String input, String output, String local, int minimum) {
            discipline.settings(
                    TerminalSettings.cooked()
                            .with(
                                    Integer.parseInt(input),
                                    Integer.parseInt(output),
                                    Integer.parseInt(local))
                            .withCharacter(TerminalFlags.VMIN, minimum));
        }

        private String print(byte[] text) {
            int written = discipline.write(text, 0, text.length);
            return written == 0 ? "EAGAIN" : String.valueOf(written);
        }

        private String read(int count) {
            if (!discipline.isReadable()) {
                boolean polls =
                        !discipline.settings().isCanonical()
                                && discipline.settings().character(TerminalFlags.VMIN) == 0;
                return polls ? "eof" : "EAGAIN";
            }
            byte[] bytes = new byte[count];
            int length = discipline.read(new KernelIo(bytes));
            return length == 0 ? "eof" : HEX.formatHex(bytes, 0, length);
        }

        private String readScreen() {
            byte[] bytes = new byte[65536];
            int length = 0;
            int taken;
            do {
                taken = screen.take(bytes, length, bytes.length - length);
                discipline.outputTaken();
                length += taken;
            } while (taken > 0);
            return length == 0 ? "EAGAIN" : HEX.formatHex(bytes, 0, length);
        }

        private void deliver() {
            byte[] bytes = new byte[65536];
            int length = typed.peek(bytes, 0, bytes.length);
            typed.skip(discipline.receive(bytes, 0, length));
        }

        @Override
        public void typedSignal(int signal) {}

        @Override
        public void outputStopped(boolean stopped) {}

        @Override
        public void inputFlushed() {}

        @Override
        public void outputFlushed() {}
    }
}
