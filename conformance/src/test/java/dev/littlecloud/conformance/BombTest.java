package dev.littlecloud.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.littlecloud.runtime.ExitStatus;
import dev.littlecloud.runtime.Limits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Programs that take all they can get of one resource. Each ends in an errno or in the program's
 * end, with the host's use bounded by the instance's limit, and the instance ends when it is told.
 */
class BombTest {
    private static final long PAGES_BYTES = 12L << 20;

    /** Less for bombs of many small objects, which cost a call each. */
    private static final long OBJECTS_BYTES = 5L << 20;

    /** What an instance may cost besides its limit: objects that all have, and measuring. */
    private static final long HEAP_OVERHEAD_BYTES = 8L << 20;

    /** The same outside of the Java heap: the machine, compiled code, the collector's tables. */
    private static final long NATIVE_OVERHEAD_BYTES = 64L << 20;

    private static final int TASKS = 120;
    private static final int MOST_DESCRIPTORS = 1400;
    private static final Duration DEADLINE = Duration.ofSeconds(120);
    private static final Duration SETTLE = Duration.ofSeconds(30);
    private static final Pattern HELD = Pattern.compile("(?:held|refused) (\\d+) (\\w+)\\n");

    /**
     * Program, bomb, and what may come of it: errno names, or SIGKILL where programs touch memory,
     * as parent and child of a fork do.
     */
    private static final String[][] BOMBS = {
        {"memory_bombs", "pages", "SIGKILL"},
        {"memory_bombs", "heap", "SIGKILL"},
        {"memory_bombs", "shared_pages", "SIGKILL"},
        {"memory_bombs", "page_tables", "SIGKILL"},
        {"memory_bombs", "page_tables_of_one_page", "SIGKILL ENOMEM"},
        {"memory_bombs", "page_tables_of_a_sparse_file", "SIGKILL"},
        {"memory_bombs", "areas_of_children", "OK ENOMEM EAGAIN SIGKILL"},
        {"memory_bombs", "sparse_children", "OK EAGAIN ENOMEM SIGKILL"},
        {"memory_bombs", "memory_file", "ENOSPC"},
        {"memory_bombs", "shared_memory_file", "ENOSPC"},
        {"memory_bombs", "root_file", "ENOSPC"},
        {"memory_bombs", "allocated_file", "ENOSPC"},
        {"memory_bombs", "sparse_file", "ENOSPC"},
        {"memory_bombs", "arguments", "OK ENOMEM EAGAIN SIGKILL"},
        {"object_bombs", "pipes", "EMFILE ENOMEM"},
        {"object_bombs", "eventfds", "EMFILE ENOMEM"},
        {"object_bombs", "descriptors_of_children", "OK ENOMEM EAGAIN SIGKILL"},
        {"object_bombs", "epoll_interests", "ENOMEM ENOSPC"},
        {"object_bombs", "epoll_nests", "OK EINVAL ELOOP"},
        {"object_bombs", "poll_waiters", "ENOMEM"},
        {"object_bombs", "timerfds", "EMFILE ENOMEM"},
        {"object_bombs", "posix_timers", "OK EAGAIN ENOMEM SIGKILL"},
        {"object_bombs", "queued_signals", "OK EAGAIN ENOMEM SIGKILL"},
        {"object_bombs", "watches", "ENOSPC ENOMEM EMFILE"},
        {"object_bombs", "watch_events", "OK ENOMEM ENOSPC"},
        {"object_bombs", "files", "ENOSPC"},
        {"object_bombs", "directories", "ENOSPC"},
        {"object_bombs", "links", "ENOSPC"},
        {"object_bombs", "hard_links", "ENOSPC EMLINK"},
        {"object_bombs", "missing_names", "OK"},
        {"object_bombs", "attributes", "ENOSPC"},
        {"object_bombs", "shared_segments", "ENOMEM ENOSPC SIGKILL"},
        {"object_bombs", "semaphores", "ENOMEM ENOSPC"},
        {"object_bombs", "messages", "ENOMEM ENOSPC"},
        {"object_bombs", "posix_queues", "ENOMEM ENOSPC EMFILE"},
        {"object_bombs", "locks", "ENOLCK ENOSPC"},
        {"object_bombs", "terminals", "ENOSPC ENOMEM"},
        {"object_bombs", "call_filters", "OK EAGAIN ENOMEM SIGKILL"},
        {"object_bombs", "groups", "OK EAGAIN ENOMEM SIGKILL"},
        {"object_bombs", "vectors", "ENOMEM"},
        {"object_bombs", "texts_of_proc", "ENOMEM EMFILE"},
        {"object_bombs", "ended_processes", "OK ENOMEM EMFILE EAGAIN"},
        {"object_bombs", "undone_semaphores", "OK"},
        {"object_bombs", "ended_threads", "OK ENOMEM EMFILE EAGAIN"},
        {"socket_bombs", "unix_streams", "ENOMEM ENOBUFS ENFILE EMFILE"},
        {"socket_bombs", "unix_datagrams", "OK ENOMEM ENOBUFS ENFILE EMFILE"},
        {"socket_bombs", "tcp_streams", "ENOMEM ENOBUFS ENFILE EMFILE"},
        {"socket_bombs", "backlogs", "ENOMEM ENOBUFS ENFILE EMFILE"},
        {"socket_bombs", "udp_queues", "OK ENOMEM ENOBUFS ENFILE EMFILE"},
        {"socket_bombs", "files_under_way", "ETOOMANYREFS EAGAIN ENOMEM ENOBUFS"},
        {"socket_bombs", "files_in_cycles", "OK"},
        {"socket_bombs", "netlink_answers", "ENOMEM ENOBUFS ENFILE EMFILE"},
        {"socket_bombs", "outbound", "ENOMEM ENOBUFS ENFILE EMFILE EAGAIN"},
        {"task_bombs", "forks", "EAGAIN ENOMEM"},
        {"task_bombs", "threads", "EAGAIN"},
        {"task_bombs", "sleeping_children", "OK EAGAIN ENOMEM SIGKILL"},
        {"task_bombs", "zombies", "EAGAIN ENOMEM"},
        {"task_bombs", "execs", "OK"},
    };

    @TestFactory
    List<DynamicTest> endInAnErrnoOrASignalWithinTheLimit() throws Exception {
        List<DynamicTest> tests = new ArrayList<>();
        HostUse quiet = warmUp();
        for (String[] bomb : BOMBS) {
            String id = "hostile/" + bomb[0] + "/" + bomb[1];
            if (Suite.wanted(id, "guest")) {
                tests.add(dynamicTest(id, () -> explode(quiet, bomb[0], bomb[1], bomb[2])));
            }
        }
        return tests;
    }

    /** What the host gives now; what is left of the instance before may still be going away. */
    private static HostUse settled(HostUse quiet, long memory) throws Exception {
        long until = System.nanoTime() + SETTLE.toNanos();
        HostUse use = HostUse.now().since(quiet);
        while (use.heapBytes() > memory + HEAP_OVERHEAD_BYTES && System.nanoTime() < until) {
            Thread.sleep(20);
            use = HostUse.now().since(quiet);
        }
        return use;
    }

    /** Loads what all instances share, so that it is not taken for the first one's cost. */
    private static HostUse warmUp() throws Exception {
        try (HostileInstance instance =
                new HostileInstance(
                        Suite.get().image(), Limits.DEFAULT, List.of(), "/bin/busybox", "ls")) {
            instance.end(DEADLINE);
        }
        HostUse.now();
        return HostUse.now();
    }

    private static void explode(HostUse quiet, String program, String name, String allowed)
            throws Exception {
        long memory = program.equals("memory_bombs") ? PAGES_BYTES : OBJECTS_BYTES;
        Limits limits = Limits.DEFAULT.withMemoryBytes(memory).withTaskCount(TASKS);
        String outcome;
        HostUse use;
        long started = System.nanoTime();
        try (HostileInstance instance =
                new HostileInstance(
                        Suite.get().image(),
                        limits,
                        List.of(),
                        "/conformance/init",
                        "/conformance/hostile/" + program,
                        name)) {
            Matcher held = instance.awaitOutput(HELD, DEADLINE);
            use = settled(quiet, memory);
            if (held != null) {
                outcome = held.group(2);
            } else {
                ExitStatus status = instance.end(DEADLINE);
                outcome = status.code() == 137 ? "SIGKILL" : status + instance.errors();
            }
            System.out.printf(
                    "bomb %s: %s%s, %s, %d ms%n",
                    name,
                    outcome,
                    held == null ? "" : " after " + held.group(1),
                    use,
                    (System.nanoTime() - started) / 1_000_000);
        }
        assertThat(allowed.split(" ")).as("%s/%s", program, name).contains(outcome);
        assertThat(use.heapBytes())
                .as("%s/%s: %s", program, name, use)
                .isLessThan(memory + HEAP_OVERHEAD_BYTES);
        assertThat(use.heapBytes() + use.nativeBytes())
                .as("%s/%s: %s", program, name, use)
                .isLessThan(memory + HEAP_OVERHEAD_BYTES + NATIVE_OVERHEAD_BYTES);
        assertThat(use.descriptors()).isLessThan(MOST_DESCRIPTORS);
    }
}
