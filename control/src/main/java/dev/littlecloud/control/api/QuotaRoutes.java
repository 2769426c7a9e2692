package dev.littlecloud.control.api;

import dev.littlecloud.control.ControlError;
import dev.littlecloud.control.ControlException;
import dev.littlecloud.control.model.JsonFields;
import dev.littlecloud.control.model.Names;
import dev.littlecloud.control.model.Quotas;
import dev.littlecloud.control.model.ServiceSpec;
import dev.littlecloud.control.store.OwnerTable;
import dev.littlecloud.control.store.OwnerTable.Owner;
import dev.littlecloud.control.store.ServiceTable;
import dev.littlecloud.control.store.Transaction;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/** {@code /v1/owners} and {@code /v1/quotas}: who may use how much. */
final class QuotaRoutes implements ApiEndpoint.Routes {
    @Override
    public void addTo(Router router) {
        router.get("/v1/owners", QuotaRoutes::owners);
        router.change("PUT", "/v1/owners/{name}", QuotaRoutes::putOwner);
        router.get("/v1/quotas", QuotaRoutes::quotas);
    }

    private static ObjectNode view(Owner owner) {
        ObjectNode json = Views.object();
        json.put("name", owner.name());
        json.set("quotas", Views.quotas(owner.quotas()));
        return json;
    }

    private static Reply owners(Call call, Transaction tx) throws SQLException {
        call.requireAdmin();
        List<ObjectNode> owners = OwnerTable.list(tx).stream().map(QuotaRoutes::view).toList();
        return Reply.json(200, Views.list("owners", owners));
    }

    private static Reply putOwner(Call call, Transaction tx) throws SQLException {
        call.requireAdmin();
        String name = Names.checked(call.variable(0), "an owner");
        Optional<Owner> known = OwnerTable.find(tx, name);
        JsonFields body = call.json();
        Quotas before = known.map(Owner::quotas).orElse(Quotas.DEFAULT);
        Owner owner = new Owner(name, Quotas.read(body.object("quotas"), before));
        body.requireNoOthers();
        if (known.isEmpty() && call.header("Idempotency-Key").isPresent()) {
            // Its answer would be kept, and with it the token.
            throw ControlException.badRequest("an owner is made without an Idempotency-Key");
        }
        OwnerTable.put(tx, owner, call.now());
        ObjectNode json = view(owner);
        if (known.isPresent()) {
            return Reply.json(200, json);
        }
        String token = OwnerTable.newToken();
        OwnerTable.addToken(tx, token, name, false, call.now());
        return Reply.json(201, json.put("token", token));
    }

    private static Reply quotas(Call call, Transaction tx) throws SQLException {
        String owner = call.caller().owner();
        ObjectNode json = Views.object();
        json.put("owner", owner);
        json.set(
                "quotas",
                Views.quotas(
                        OwnerTable.find(tx, owner).map(Owner::quotas).orElse(Quotas.NONE_USED)));
        json.set("used", Views.quotas(ServiceTable.used(tx, owner, "")));
        return Reply.json(200, json);
    }

    /** Refuses what would be more than its owner may have. */
    static void requireWithin(Transaction tx, String owner, String service, ServiceSpec spec)
            throws SQLException {
        Quotas allowed = OwnerTable.find(tx, owner).map(Owner::quotas).orElse(Quotas.NONE_USED);
        Quotas wanted = ServiceTable.used(tx, owner, service).plus(spec);
        require("services", wanted.services(), allowed.services());
        require("instances", wanted.instances(), allowed.instances());
        require("memoryBytes", wanted.memoryBytes(), allowed.memoryBytes());
    }

    private static void require(String quota, long wanted, long allowed) {
        if (wanted > allowed) {
            throw new ControlException(
                    ControlError.QUOTA_EXCEEDED,
                    "the quota of "
                            + quota
                            + " is "
                            + allowed
                            + " and this would make "
                            + wanted
                            + "; lower scaling.max or memory, remove a service, or ask for more",
                    Map.of("quota", quota, "limit", allowed, "wanted", wanted));
        }
    }
}
