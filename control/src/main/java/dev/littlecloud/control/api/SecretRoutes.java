package dev.littlecloud.control.api;

import dev.littlecloud.control.ControlError;
import dev.littlecloud.control.ControlException;
import dev.littlecloud.control.model.JsonFields;
import dev.littlecloud.control.model.Names;
import dev.littlecloud.control.model.ServiceRecord;
import dev.littlecloud.control.store.SecretTable;
import dev.littlecloud.control.store.ServiceTable;
import dev.littlecloud.control.store.Transaction;
import dev.littlecloud.control.store.Vault;
import java.sql.SQLException;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/** {@code /v1/secrets}: values go in and never come out. */
final class SecretRoutes implements ApiEndpoint.Routes {
    private final Vault vault;

    SecretRoutes(Vault vault) {
        this.vault = vault;
    }

    @Override
    public void addTo(Router router) {
        router.get("/v1/secrets", SecretRoutes::list);
        router.change("PUT", "/v1/secrets/{name}", this::put);
        router.change("DELETE", "/v1/secrets/{name}", SecretRoutes::delete);
    }

    private static Reply list(Call call, Transaction tx) throws SQLException {
        ObjectNode json = Views.object();
        SecretTable.names(tx, call.caller().owner()).forEach(json.putArray("secrets")::add);
        return Reply.json(200, json);
    }

    private Reply put(Call call, Transaction tx) throws SQLException {
        String name = Names.checked(call.variable(0), "a secret");
        JsonFields body = call.json();
        String value =
                body.text("value")
                        .orElseThrow(() -> ControlException.badRequest("'value' is missing"));
        body.requireNoOthers();
        if (value.indexOf(0) >= 0) {
            throw ControlException.badRequest("'value' has a zero byte");
        }
        SecretTable.put(tx, vault, call.caller().owner(), name, value);
        return Reply.NO_CONTENT;
    }

    private static Reply delete(Call call, Transaction tx) throws SQLException {
        String owner = call.caller().owner();
        String name = Names.checked(call.variable(0), "a secret");
        for (ServiceRecord service : ServiceTable.list(tx, Optional.of(owner))) {
            if (service.spec().secrets().containsValue(name)) {
                throw new ControlException(
                        ControlError.IN_USE,
                        "the service '" + service.name() + "' uses the secret '" + name + "'");
            }
        }
        if (!SecretTable.delete(tx, owner, name)) {
            throw ControlException.notFound("there is no secret '" + name + "'");
        }
        return Reply.NO_CONTENT;
    }
}
