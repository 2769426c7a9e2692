package dev.littlecloud.registry;

import dev.littlecloud.web.Exchange;
import java.util.Optional;

/** Who may do what in the registry. */
@FunctionalInterface
public interface RegistryAccess {
    /** Everybody may do everything. */
    RegistryAccess OPEN = (exchange, repository, action) -> Decision.ALLOWED;

    enum Action {
        /** Asks whether this is a registry, and thereby whether its credentials are good. */
        PING,
        PULL,
        PUSH,
        DELETE,
        /** Lists all repositories. */
        CATALOG
    }

    enum Decision {
        ALLOWED,
        /** There are no credentials, or wrong ones. */
        LOGIN_NEEDED,
        /** The credentials are good, but not for this. */
        DENIED
    }

    /**
     * Decides on one request.
     *
     * @param repository empty for what concerns none
     */
    Decision decide(Exchange exchange, Optional<String> repository, Action action);
}
