package dev.littlecloud.conformance;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Runs the cases whose names begin with one of the arguments in the guest, by hand: one line each,
 * the reasons of failures, and a count per program. Faster to ask than the test suite.
 */
final class Main {
    private record Named(String id, List<String> command) {}

    private Main() {}

    public static void main(String[] prefixes) throws IOException, InterruptedException {
        Suite suite = Suite.get();
        Map<String, int[]> counts = new TreeMap<>();
        for (Named test : tests(suite)) {
            if (!wanted(test.id(), prefixes)) {
                continue;
            }
            long start = System.nanoTime();
            String problem = problem(suite, test);
            System.out.printf(
                    "%-6s %5d ms  %s%n",
                    problem.isEmpty() ? "ok" : "FAILED",
                    (System.nanoTime() - start) / 1_000_000,
                    test.id());
            if (!problem.isEmpty()) {
                System.out.println(problem.indent(8).stripTrailing());
            }
            String program = test.id().substring(0, test.id().lastIndexOf('/'));
            counts.computeIfAbsent(program, key -> new int[2])[problem.isEmpty() ? 0 : 1]++;
        }
        int[] total = new int[2];
        counts.forEach(
                (program, count) -> {
                    System.out.printf("%4d ok %4d failed  %s%n", count[0], count[1], program);
                    total[0] += count[0];
                    total[1] += count[1];
                });
        System.out.printf("%4d ok %4d failed%n", total[0], total[1]);
        System.exit(total[1] == 0 ? 0 : 1);
    }

    private static List<Named> tests(Suite suite) {
        List<Named> tests = new ArrayList<>();
        for (Program program : suite.programs()) {
            for (String name : program.cases()) {
                tests.add(new Named(program.name() + "/" + name, List.of(program.path(), name)));
            }
        }
        for (Script script : suite.scripts()) {
            tests.add(new Named(script.id(), script.command()));
        }
        return tests;
    }

    private static boolean wanted(String id, String[] prefixes) {
        for (String prefix : prefixes) {
            if (id.startsWith(prefix)) {
                return true;
            }
        }
        return prefixes.length == 0;
    }

    private static String problem(Suite suite, Named test) throws InterruptedException {
        try {
            String volume = System.getProperty("conformance.volume");
            Result guest =
                    volume == null
                            ? suite.inGuest(test.command())
                            : suite.inGuest(test.command(), Path.of(volume));
            boolean passed = guest.exitCode() == 0 && !guest.timedOut();
            if (passed && guest.stdout().isEmpty() && !test.id().startsWith("shell/")) {
                return "";
            }
            Result host = suite.onHost(test.id(), test.command());
            return guest.looksLike(host)
                    ? ""
                    : guest.describe() + "\non the host: " + host.describe();
        } catch (IOException | RuntimeException failure) {
            return failure.toString();
        }
    }
}
