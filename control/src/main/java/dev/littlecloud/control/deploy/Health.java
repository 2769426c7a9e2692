package dev.littlecloud.control.deploy;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Which services crash again and again, and why. */
public final class Health {
    private final Map<String, String> crashing = new ConcurrentHashMap<>();

    public Optional<String> crashLoop(String service) {
        return Optional.ofNullable(crashing.get(service));
    }

    void crashes(String service, String why) {
        crashing.put(service, why);
    }

    void isWell(String service) {
        crashing.remove(service);
    }
}
