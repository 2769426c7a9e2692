package dev.littlecloud.conformance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/**
 * Cases that the guest does not pass yet, each with a reason. A listed case is run and must fail,
 * so that the list can only shrink honestly.
 */
record KnownFailures(Map<String, String> reasons) {

    /** Lines of "FAMILY/PROGRAM/CASE  reason"; "#" begins a comment. */
    static KnownFailures read(Path file) throws IOException {
        Map<String, String> reasons = new TreeMap<>();
        for (String line : Files.readAllLines(file)) {
            String text = line.strip();
            if (text.isEmpty() || text.startsWith("#")) {
                continue;
            }
            String[] parts = text.split("\\s+", 2);
            if (parts.length != 2) {
                throw new IOException(file + ": no reason is given for " + text);
            }
            reasons.put(parts[0], parts[1]);
        }
        return new KnownFailures(reasons);
    }

    boolean contains(String id) {
        return reasons.containsKey(id);
    }
}
