package dev.littlecloud.runtime.network;

import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Answers questions about the names and addresses of neighbours. */
final class NeighbourNames {
    private static final String SUFFIX = "." + Neighbours.DOMAIN;

    /** RFC 1035, 3.5: the name that an address has backwards. */
    private static final Pattern BACKWARDS =
            Pattern.compile("(\\d{1,3})\\.(\\d{1,3})\\.(\\d{1,3})\\.(\\d{1,3})\\.in-addr\\.arpa");

    private NeighbourNames() {}

    /** The answer to a DNS message that is about neighbours; empty for all others. */
    static Optional<byte[]> answer(byte[] query, Neighbours neighbours) {
        if (!neighbours.exist()) {
            return Optional.empty();
        }
        String name = DnsMessage.questionName(query).toLowerCase(Locale.ROOT);
        if (name.endsWith(SUFFIX) || name.equals(Neighbours.DOMAIN)) {
            int labelEnd = Math.max(0, name.length() - SUFFIX.length());
            return Optional.of(forwards(query, neighbours.address(name.substring(0, labelEnd))));
        }
        Matcher backwards = BACKWARDS.matcher(name);
        return backwards.matches()
                ? backwards(query, address(backwards), neighbours)
                : Optional.empty();
    }

    private static byte[] forwards(byte[] query, OptionalInt address) {
        if (address.isEmpty()) {
            return DnsMessage.noSuchName(query);
        }
        return DnsMessage.questionType(query) == DnsMessage.TYPE_A
                ? DnsMessage.address(query, address.getAsInt())
                : DnsMessage.nothing(query);
    }

    private static Optional<byte[]> backwards(byte[] query, int address, Neighbours neighbours) {
        if (!neighbours.owns(address)) {
            return Optional.empty();
        }
        Optional<String> name = neighbours.name(address);
        if (name.isEmpty()) {
            return Optional.of(DnsMessage.noSuchName(query));
        }
        return Optional.of(
                DnsMessage.questionType(query) == DnsMessage.TYPE_PTR
                        ? DnsMessage.pointer(query, name.get() + SUFFIX)
                        : DnsMessage.nothing(query));
    }

    private static int address(Matcher backwards) {
        int address = 0;
        for (int group = 4; group >= 1; group--) {
            address = address << 8 | (Integer.parseInt(backwards.group(group)) & 255);
        }
        return address;
    }
}
