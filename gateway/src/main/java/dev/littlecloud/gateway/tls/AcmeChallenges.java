package dev.littlecloud.gateway.tls;

import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** What an ACME server asks for over HTTP, to see that a name leads here: RFC 8555, 8.3. */
public final class AcmeChallenges {
    private static final String PREFIX = "/.well-known/acme-challenge/";

    private final ConcurrentHashMap<String, String> proofs = new ConcurrentHashMap<>();

    /** The answer to a request for {@code target}; empty where that is no challenge of ours. */
    public Optional<String> answer(String target) {
        return target.startsWith(PREFIX)
                ? Optional.ofNullable(proofs.get(target.substring(PREFIX.length())))
                : Optional.empty();
    }

    void put(String token, String proof) {
        proofs.put(token, proof);
    }

    void remove(String token) {
        proofs.remove(token);
    }
}
