package dev.littlecloud.control.api;

import dev.littlecloud.control.ControlError;
import dev.littlecloud.control.ControlException;
import dev.littlecloud.control.model.JsonFields;
import dev.littlecloud.control.store.OwnerTable;
import dev.littlecloud.control.store.OwnerTable.Caller;
import dev.littlecloud.control.store.OwnerTable.KnownToken;
import dev.littlecloud.control.store.Transaction;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

/** {@code /v1/tokens}: what owners authenticate with. A token is shown once, when it is made. */
final class TokenRoutes implements ApiEndpoint.Routes {
    @Override
    public void addTo(Router router) {
        router.get("/v1/tokens", TokenRoutes::list);
        router.change("POST", "/v1/tokens", TokenRoutes::create);
        router.change("DELETE", "/v1/tokens/{id}", TokenRoutes::delete);
    }

    private static ObjectNode view(KnownToken token) {
        return Views.object()
                .put("id", token.id())
                .put("owner", token.owner())
                .put("admin", token.isAdmin())
                .put("createdAt", token.createdAt().toString());
    }

    private static Reply list(Call call, Transaction tx) throws SQLException {
        List<ObjectNode> tokens =
                OwnerTable.tokens(tx, call.caller().scope()).stream()
                        .map(TokenRoutes::view)
                        .toList();
        return Reply.json(200, Views.list("tokens", tokens));
    }

    /** Another token for the caller's owner; administrators say whose, and of which kind. */
    private static Reply create(Call call, Transaction tx) throws SQLException {
        Caller caller = call.caller();
        JsonFields body = call.json();
        String owner = body.text("owner").orElse(caller.owner());
        boolean isAdmin = body.flag("admin", false);
        body.requireNoOthers();
        if (isAdmin || !owner.equals(caller.owner())) {
            call.requireAdmin();
        }
        if (call.header("Idempotency-Key").isPresent()) {
            // Its answer would be kept, and with it the token.
            throw ControlException.badRequest("a token is made without an Idempotency-Key");
        }
        if (OwnerTable.find(tx, owner).isEmpty()) {
            throw ControlException.notFound("there is no owner '" + owner + "'");
        }
        String token = OwnerTable.newToken();
        OwnerTable.addToken(tx, token, owner, isAdmin, call.now());
        return Reply.json(201, view(OwnerTable.known(tx, token).orElseThrow()).put("token", token));
    }

    private static Reply delete(Call call, Transaction tx) throws SQLException {
        String id = call.variable(0);
        List<KnownToken> all = OwnerTable.tokens(tx, call.caller().scope());
        KnownToken token =
                all.stream()
                        .filter(one -> one.id().equals(id))
                        .findFirst()
                        .orElseThrow(
                                () -> ControlException.notFound("there is no token '" + id + "'"));
        if (token.isAdmin() && all.stream().filter(KnownToken::isAdmin).count() == 1) {
            throw new ControlException(
                    ControlError.IN_USE,
                    "it is the last token of an administrator; make another one first",
                    Map.of("id", id));
        }
        OwnerTable.removeToken(tx, id);
        return Reply.NO_CONTENT;
    }
}
