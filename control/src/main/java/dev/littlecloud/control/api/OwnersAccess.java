package dev.littlecloud.control.api;

import dev.littlecloud.control.store.OwnerTable.Caller;
import dev.littlecloud.registry.RegistryAccess;
import dev.littlecloud.web.Exchange;
import java.util.Optional;

/** The registry's repositories belong to the owner whose name they begin with. */
final class OwnersAccess implements RegistryAccess {
    private final Tokens tokens;

    OwnersAccess(Tokens tokens) {
        this.tokens = tokens;
    }

    @Override
    public Decision decide(Exchange exchange, Optional<String> repository, Action action) {
        Optional<Caller> caller = tokens.find(exchange);
        if (caller.isEmpty()) {
            return Decision.LOGIN_NEEDED;
        }
        String own = caller.get().owner() + "/";
        boolean isAllowed =
                caller.get().isAdmin()
                        || action == Action.PING
                        || repository.filter(name -> name.startsWith(own)).isPresent();
        return isAllowed ? Decision.ALLOWED : Decision.DENIED;
    }
}
