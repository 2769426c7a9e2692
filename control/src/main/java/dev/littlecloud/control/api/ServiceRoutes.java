package dev.littlecloud.control.api;

import dev.littlecloud.control.ControlError;
import dev.littlecloud.control.ControlException;
import dev.littlecloud.control.Workloads;
import dev.littlecloud.control.deploy.Deployments;
import dev.littlecloud.control.deploy.Images;
import dev.littlecloud.control.model.Event;
import dev.littlecloud.control.model.JsonFields;
import dev.littlecloud.control.model.Names;
import dev.littlecloud.control.model.Revision;
import dev.littlecloud.control.model.ServiceRecord;
import dev.littlecloud.control.model.ServiceSpec;
import dev.littlecloud.control.store.EventTable;
import dev.littlecloud.control.store.ServiceTable;
import dev.littlecloud.control.store.SpecCodec;
import dev.littlecloud.control.store.Transaction;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/** {@code /v1/services}: what is to run. */
final class ServiceRoutes implements ApiEndpoint.Routes {
    private final Deployments deployments;
    private final Images images;
    private final ServiceViews views;
    private final Workloads workloads;

    ServiceRoutes(Deployments deployments, Images images, ServiceViews views, Workloads workloads) {
        this.workloads = workloads;
        this.deployments = deployments;
        this.images = images;
        this.views = views;
    }

    @Override
    public void addTo(Router router) {
        router.get("/v1/services", this::list);
        router.get("/v1/services/{name}", (call, tx) -> reply(200, call.service(tx)));
        router.change("PUT", "/v1/services/{name}", this::put);
        router.change("PATCH", "/v1/services/{name}", this::patch);
        router.change("DELETE", "/v1/services/{name}", this::delete);
        router.change("POST", "/v1/services/{name}/rollback", this::rollBack);
        router.get("/v1/services/{name}/revisions", ServiceRoutes::revisions);
        router.get("/v1/services/{name}/revisions/{number}", ServiceRoutes::revision);
    }

    private Reply reply(int status, ServiceRecord record) {
        return Reply.json(status, views.service(record)).withEtag(record.etag());
    }

    private Reply list(Call call, Transaction tx) throws SQLException {
        List<ObjectNode> services = new ArrayList<>();
        for (ServiceRecord record : ServiceTable.list(tx, call.caller().scope())) {
            services.add(views.service(record));
        }
        return Reply.json(200, Views.list("services", services));
    }

    private static Reply revisions(Call call, Transaction tx) throws SQLException {
        List<ObjectNode> revisions =
                ServiceTable.revisions(tx, call.service(tx).name()).stream()
                        .map(Views::revision)
                        .toList();
        return Reply.json(200, Views.list("revisions", revisions));
    }

    private static Reply revision(Call call, Transaction tx) throws SQLException {
        String service = call.service(tx).name();
        String number = call.variable(1);
        Optional<Revision> revision =
                number.matches("[1-9][0-9]{0,8}")
                        ? ServiceTable.revision(tx, service, Integer.parseInt(number))
                        : Optional.empty();
        return Reply.json(
                200,
                Views.revision(
                        revision.orElseThrow(
                                () ->
                                        ControlException.notFound(
                                                "'" + service + "' has no revision " + number))));
    }

    private Reply put(Call call, Transaction tx) throws SQLException {
        String name = Names.checked(call.variable(0), "a service");
        ServiceSpec spec = ServiceSpec.read(call.json());
        requireImageAllowed(call, spec);
        Optional<ServiceRecord> known = ServiceTable.find(tx, name);
        if (known.isEmpty()) {
            return create(call, tx, name, spec);
        }
        ServiceRecord record = known.get();
        if (call.header("If-None-Match").filter("*"::equals).isPresent()) {
            throw new ControlException(
                    ControlError.VERSION_CONFLICT, "there is a service '" + name + "' already");
        }
        if (!call.caller().scope().map(record.owner()::equals).orElse(true)) {
            throw new ControlException(
                    ControlError.CONFLICT,
                    "the name '" + name + "' belongs to another owner; take another one");
        }
        call.requireVersion(record);
        return update(call, tx, record, spec, true);
    }

    private Reply create(Call call, Transaction tx, String name, ServiceSpec spec)
            throws SQLException {
        String owner = call.caller().owner();
        if (call.header("If-Match").isPresent()) {
            throw new ControlException(
                    ControlError.VERSION_CONFLICT, "there is no service '" + name + "' any more");
        }
        QuotaRoutes.requireWithin(tx, owner, name, spec);
        requirePlacesFree(tx, name, spec);
        ServiceTable.insert(tx, name, owner, spec, call.now());
        ServiceTable.addRevision(tx, name, 1, spec, call.now());
        event(call, tx, owner, name, Event.Kind.SERVICE_CREATED, "made of " + spec.image());
        tx.afterCommit(() -> deployments.changed(name, 1));
        return reply(201, ServiceTable.find(tx, name).orElseThrow());
    }

    private Reply patch(Call call, Transaction tx) throws SQLException {
        ServiceRecord record = call.service(tx);
        call.requireVersion(record);
        ObjectNode merged = SpecCodec.encode(record.spec());
        MergePatch.apply(merged, call.json().node());
        ServiceSpec spec = ServiceSpec.read(JsonFields.of(merged));
        requireImageAllowed(call, spec);
        return update(call, tx, record, spec, !spec.isSameRevision(record.spec()));
    }

    /** A new revision that is what an old one was: its settings and the very image it ran. */
    private Reply rollBack(Call call, Transaction tx) throws SQLException {
        ServiceRecord record = call.service(tx);
        call.requireVersion(record);
        JsonFields body = call.json();
        Optional<Integer> wanted =
                body.number("revision", 1, Integer.MAX_VALUE).map(Long::intValue);
        body.requireNoOthers();
        Revision old =
                ServiceTable.revisions(tx, record.name()).stream()
                        .filter(one -> one.state() == Revision.State.READY)
                        .filter(
                                one ->
                                        wanted.map(number -> number == one.number())
                                                .orElse(isBefore(one, record)))
                        .findFirst()
                        .orElseThrow(() -> nothingToRollBackTo(record, wanted));
        ServiceSpec spec = old.spec().withScaling(record.spec().scaling());
        requireImageAllowed(call, spec);
        Reply reply = update(call, tx, record, spec, true);
        int number = record.latest().number() + 1;
        ServiceTable.setImage(
                tx, record.name(), number, old.imageId().orElseThrow(), old.manifest());
        return reply;
    }

    private static boolean isBefore(Revision revision, ServiceRecord record) {
        return record.serving().isPresent() && revision.number() < record.serving().get();
    }

    private static ControlException nothingToRollBackTo(
            ServiceRecord record, Optional<Integer> wanted) {
        return new ControlException(
                ControlError.CONFLICT,
                wanted.map(number -> "revision " + number + " was never ready")
                                .orElse("there is no revision before the one that serves")
                        + "; see 'littlecloud revisions "
                        + record.name()
                        + "'");
    }

    private Reply update(
            Call call, Transaction tx, ServiceRecord record, ServiceSpec spec, boolean isRevision)
            throws SQLException {
        String name = record.name();
        QuotaRoutes.requireWithin(tx, record.owner(), name, spec);
        requirePlacesFree(tx, name, spec);
        ServiceTable.update(tx, name, spec, call.now());
        int latest = record.latest().number();
        if (isRevision) {
            latest++;
            ServiceTable.addRevision(tx, name, latest, spec, call.now());
        }
        int number = latest;
        event(
                call,
                tx,
                record.owner(),
                name,
                Event.Kind.SERVICE_CHANGED,
                isRevision ? "revision " + latest + " of " + spec.image() : "other scaling");
        tx.afterCommit(() -> deployments.changed(name, number));
        return reply(200, ServiceTable.find(tx, name).orElseThrow());
    }

    private Reply delete(Call call, Transaction tx) throws SQLException {
        ServiceRecord record = call.service(tx);
        call.requireVersion(record);
        ServiceTable.delete(tx, record.name());
        event(
                call,
                tx,
                record.owner(),
                record.name(),
                Event.Kind.SERVICE_REMOVED,
                "removed by " + call.caller().owner());
        tx.afterCommit(() -> deployments.removed(record.name()));
        return Reply.NO_CONTENT;
    }

    private static void event(
            Call call,
            Transaction tx,
            String owner,
            String service,
            Event.Kind kind,
            String message)
            throws SQLException {
        EventTable.add(
                tx, owner, service, Optional.empty(), Optional.empty(), kind, message, call.now());
    }

    /** Files of this machine, and what others pushed, are not everybody's to run. */
    private void requireImageAllowed(Call call, ServiceSpec spec) {
        // Also for administrators, because it names a reference that is none.
        boolean isFile = Images.isFile(spec.image());
        if (call.caller().isAdmin()) {
            return;
        }
        if (isFile) {
            throw new ControlException(
                    ControlError.FORBIDDEN,
                    "only administrators deploy from files of this machine; push the image");
        }
        Optional<String> repository = images.ownRepository(spec.image());
        String own = call.caller().owner() + "/";
        if (repository.isPresent() && !repository.get().startsWith(own)) {
            throw new ControlException(
                    ControlError.FORBIDDEN,
                    "the repository '"
                            + repository.get()
                            + "' is not yours; push to "
                            + own
                            + "NAME");
        }
    }

    /** A port and a domain lead to one service. */
    private void requirePlacesFree(Transaction tx, String name, ServiceSpec spec)
            throws SQLException {
        if (spec.publishedPort().isEmpty() && spec.domains().isEmpty()) {
            return;
        }
        for (String domain : spec.domains()) {
            if (workloads.ownsDomain(domain)) {
                throw ControlException.badRequest(
                        "'" + domain + "' is among the names that this cloud gives to services");
            }
        }
        for (ServiceRecord other : ServiceTable.list(tx, Optional.empty())) {
            if (!other.name().equals(name)) {
                requireNothingInCommon(other, spec);
            }
        }
    }

    private static void requireNothingInCommon(ServiceRecord other, ServiceSpec spec) {
        if (spec.publishedPort().isPresent()
                && other.spec().publishedPort().equals(spec.publishedPort())) {
            throw new ControlException(
                    ControlError.CONFLICT,
                    "the port " + spec.publishedPort().get() + " is another service's");
        }
        for (String domain : spec.domains()) {
            if (other.spec().domains().contains(domain)) {
                throw new ControlException(
                        ControlError.CONFLICT, "the domain " + domain + " is another service's");
            }
        }
    }
}
