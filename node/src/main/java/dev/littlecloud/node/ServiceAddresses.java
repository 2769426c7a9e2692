package dev.littlecloud.node;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/**
 * Which address stands for which service. Programs remember what a name led to, some of them in a
 * template, so a name keeps its address: also when the cloud starts again, and when the service is
 * gone for a while. Thread-safe; only {@link #assign} waits for the disk.
 */
final class ServiceAddresses {
    private static final Logger LOG = System.getLogger(ServiceAddresses.class.getName());

    /** 172.20.0.0, of whose /16 each instance believes to be; its first 256 are the instance's. */
    private static final int NETWORK = 172 << 24 | 20 << 16;

    private static final int FIRST = 256;

    /** The last one is for broadcasts. */
    private static final int LAST = 0xFFFE;

    private final Path file;
    private final Map<String, Integer> numbers = new ConcurrentHashMap<>();
    private final Map<Integer, String> names = new ConcurrentHashMap<>();

    /** Guarded by this. */
    private int next = FIRST;

    ServiceAddresses(Path file) throws IOException {
        this.file = file;
        if (Files.exists(file)) {
            Files.readAllLines(file).forEach(this::read);
        }
    }

    private void read(String line) {
        String[] words = line.split(" ");
        if (words.length == 2 && words[1].matches("[0-9]{3,5}")) {
            int number = Integer.parseInt(words[1]);
            numbers.put(words[0], number);
            names.put(number, words[0]);
            next = Math.max(next, number + 1);
        } else {
            LOG.log(Level.WARNING, "{0}: cannot read ''{1}''", file, line);
        }
    }

    static boolean owns(int address) {
        return (address & 0xFFFF_0000) == NETWORK && (address & 0xFFFF) >= FIRST;
    }

    OptionalInt address(String service) {
        Integer number = numbers.get(service);
        return number == null ? OptionalInt.empty() : OptionalInt.of(NETWORK | number);
    }

    Optional<String> service(int address) {
        return Optional.ofNullable(names.get(address & 0xFFFF));
    }

    /**
     * Makes sure that a service has an address, where there is one left.
     *
     * @param isKept whose addresses may not be given to others
     */
    synchronized void assign(String service, Predicate<String> isKept) {
        if (numbers.containsKey(service)) {
            return;
        }
        OptionalInt free = free(isKept);
        if (free.isEmpty()) {
            LOG.log(Level.WARNING, "no address inside is left for the service {0}", service);
            return;
        }
        String before = names.put(free.getAsInt(), service);
        if (before != null) {
            numbers.remove(before);
        }
        numbers.put(service, free.getAsInt());
        write();
    }

    private OptionalInt free(Predicate<String> isKept) {
        if (next <= LAST) {
            return OptionalInt.of(next++);
        }
        return names.entrySet().stream()
                .filter(entry -> !isKept.test(entry.getValue()))
                .mapToInt(Map.Entry::getKey)
                .findFirst();
    }

    private void write() {
        List<String> lines =
                names.entrySet().stream()
                        .map(entry -> entry.getValue() + " " + entry.getKey())
                        .toList();
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        try {
            Files.write(fresh, lines);
            Files.move(
                    fresh,
                    file,
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException failure) {
            // The address is good until the next start, and most likely after it, too.
            LOG.log(Level.WARNING, "cannot write " + file, failure);
        }
    }
}
