package dev.littlecloud.control.api;

import dev.littlecloud.control.ControlError;
import dev.littlecloud.control.ControlException;
import dev.littlecloud.control.store.Database;
import dev.littlecloud.control.store.OwnerTable;
import dev.littlecloud.control.store.OwnerTable.Caller;
import dev.littlecloud.web.Exchange;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;

/** Who sends a request: found by its token, a bearer's or the password of Basic credentials. */
final class Tokens {
    private final Database database;

    Tokens(Database database) {
        this.database = database;
    }

    Caller require(Exchange exchange) {
        return find(exchange)
                .orElseThrow(
                        () ->
                                new ControlException(
                                        ControlError.UNAUTHORIZED,
                                        "a valid token is missing; send it as"
                                                + " 'Authorization: Bearer TOKEN'"));
    }

    Optional<Caller> find(Exchange exchange) {
        return exchange.header("Authorization")
                .flatMap(Tokens::token)
                .flatMap(token -> database.read(tx -> OwnerTable.caller(tx, token)));
    }

    private static Optional<String> token(String header) {
        int space = header.indexOf(' ');
        if (space < 0) {
            return Optional.empty();
        }
        String credentials = header.substring(space + 1).strip();
        return switch (header.substring(0, space).toLowerCase(Locale.ROOT)) {
            case "bearer" -> Optional.of(credentials);
            case "basic" -> password(credentials);
            default -> Optional.empty();
        };
    }

    private static Optional<String> password(String credentials) {
        try {
            String both =
                    new String(Base64.getDecoder().decode(credentials), StandardCharsets.UTF_8);
            return Optional.of(both.substring(both.indexOf(':') + 1));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
