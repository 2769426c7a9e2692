package dev.littlecloud.control.deploy;

import dev.littlecloud.control.WorkloadException;
import dev.littlecloud.control.Workloads.Order;
import dev.littlecloud.control.Workloads.RunningInstance;
import dev.littlecloud.control.Workloads.Workload;
import dev.littlecloud.control.model.Event;
import dev.littlecloud.control.model.Revision;
import dev.littlecloud.control.model.ServiceRecord;
import dev.littlecloud.control.model.ServiceSpec;
import dev.littlecloud.control.store.EventTable;
import dev.littlecloud.control.store.SecretTable;
import dev.littlecloud.control.store.ServiceTable;
import dev.littlecloud.control.store.Transaction;
import dev.littlecloud.image.Image;
import dev.littlecloud.image.ImageException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Makes what runs of one service follow the state, on one thread, which lives only while there is
 * something to do.
 */
final class Rollout {
    private static final Logger LOG = System.getLogger(Rollout.class.getName());

    private final String service;
    private final Deployments.Parts parts;

    /** Guards the fields below. */
    private final Object lock = new Object();

    private @Nullable Thread thread;
    private boolean hasChanged;
    private boolean stopped;
    private int deploying;
    private @Nullable Running running;

    /** The revision that serves. */
    private record Running(int revision, ServiceSpec spec, Workload workload) {}

    Rollout(String service, Deployments.Parts parts) {
        this.service = service;
        this.parts = parts;
    }

    void changed(int latest) {
        synchronized (lock) {
            if (stopped) {
                return;
            }
            hasChanged = true;
            if (thread == null) {
                thread = Thread.ofVirtual().name("rollout-" + service).start(this::run);
            } else if (deploying > 0 && deploying < latest) {
                thread.interrupt();
            }
        }
    }

    void stop() {
        Thread worker;
        synchronized (lock) {
            stopped = true;
            worker = thread;
        }
        if (worker != null) {
            worker.interrupt();
            try {
                worker.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    Map<Integer, List<RunningInstance>> instances() {
        Running now = running();
        return now == null ? Map.of() : Map.of(now.revision, now.workload.instances());
    }

    private @Nullable Running running() {
        synchronized (lock) {
            return running;
        }
    }

    private void run() {
        while (true) {
            synchronized (lock) {
                if (stopped || !hasChanged) {
                    thread = null;
                    return;
                }
                hasChanged = false;
                // What interrupted the last deployment was this change.
                Thread.interrupted();
            }
            try {
                follow();
            } catch (RuntimeException defect) {
                LOG.log(Level.ERROR, "following the state of " + service, defect);
            }
        }
    }

    private void follow() {
        Optional<ServiceRecord> found = parts.database().read(tx -> ServiceTable.find(tx, service));
        if (found.isEmpty()) {
            end();
            return;
        }
        ServiceRecord record = found.get();
        if (record.serving().isEmpty() && running() != null) {
            // It was removed and made again, perhaps for another owner.
            end();
        }
        Running now = running();
        if (now == null && record.serving().isPresent()) {
            restore(record, record.serving().get());
        } else if (now != null && !now.spec.scaling().equals(record.spec().scaling())) {
            now.workload.scale(record.spec().scaling());
            serve(new Running(now.revision, record.spec(), now.workload));
        }
        if (!record.latest().state().isFinal()) {
            deploy(record, record.latest());
        }
    }

    private void end() {
        parts.workloads().unroute(service);
        Running last = running();
        if (last != null) {
            last.workload.retire();
        }
        serve(null);
        parts.books().metrics().forget(service);
        parts.books().health().isWell(service);
    }

    private void serve(@Nullable Running next) {
        synchronized (lock) {
            running = next;
        }
    }

    private void setDeploying(int revision) {
        synchronized (lock) {
            deploying = revision;
        }
    }

    /** After a restart of the process: the revision served before, and must again. */
    private void restore(ServiceRecord record, int number) {
        Revision revision =
                parts.database()
                        .read(tx -> ServiceTable.revision(tx, service, number))
                        .orElseThrow();
        try {
            take(record, revision, prepare(record, revision, image(revision)));
        } catch (WorkloadException | ImageException failure) {
            String reason = reason(failure);
            parts.workloads().unroute(service);
            parts.books().health().crashes(service, reason);
            event(record, number, Event.Kind.CRASH_LOOP, "cannot serve again: " + reason);
        } catch (InterruptedException stop) {
            // The process ends.
            Thread.currentThread().interrupt();
        }
    }

    private static String reason(Exception failure) {
        return Objects.requireNonNullElse(failure.getMessage(), failure.toString());
    }

    private void deploy(ServiceRecord record, Revision revision) {
        setDeploying(revision.number());
        try {
            state(revision, Revision.State.PULLING, Optional.empty());
            Image image = image(revision);
            if (revision.imageId().isEmpty()) {
                parts.database()
                        .write(
                                tx -> {
                                    ServiceTable.setImage(
                                            tx,
                                            service,
                                            revision.number(),
                                            image.id().toString(),
                                            image.manifest().map(Object::toString));
                                    return revision;
                                });
            }
            state(revision, Revision.State.STARTING, Optional.empty());
            replace(record, revision, prepare(record, revision, image));
        } catch (WorkloadException | ImageException failure) {
            if (Thread.interrupted()) {
                supersede(record, revision);
            } else {
                fail(record, revision, reason(failure));
            }
        } catch (InterruptedException newer) {
            supersede(record, revision);
        } finally {
            setDeploying(0);
        }
    }

    /** A rollback, and what was cut off, has the image it had; else a name means what it does now. */
    private Image image(Revision revision) {
        return revision.imageId().isPresent()
                ? parts.images()
                        .restore(
                                revision.spec().image(),
                                revision.imageId().get(),
                                revision.manifest())
                : parts.images().resolve(revision.spec().image());
    }

    private Workload prepare(ServiceRecord record, Revision revision, Image image)
            throws WorkloadException, InterruptedException {
        ServiceSpec spec = revision.spec().withScaling(record.spec().scaling());
        Order order =
                new Order(
                        record.owner(),
                        service,
                        revision.number(),
                        revision.createdAt(),
                        spec,
                        image,
                        environment(record.owner(), spec));
        return parts.workloads()
                .prepare(
                        order,
                        new Observer(parts.books(), record.owner(), service, revision.number()));
    }

    private Map<String, String> environment(String owner, ServiceSpec spec)
            throws WorkloadException {
        Map<String, String> all = new LinkedHashMap<>(spec.env());
        for (Map.Entry<String, String> entry : spec.secrets().entrySet()) {
            Optional<String> value =
                    parts.database()
                            .read(
                                    tx ->
                                            SecretTable.value(
                                                    tx, parts.vault(), owner, entry.getValue()));
            if (value.isEmpty()) {
                throw new WorkloadException(
                        "the secret '"
                                + entry.getValue()
                                + "' for the variable "
                                + entry.getKey()
                                + " is not there; set it and deploy again");
            }
            all.put(entry.getKey(), value.get());
        }
        return all;
    }

    /**
     * The new revision is ready: unless a newer one came, it serves from now on. It does so before
     * the state says it, because who reads there that it is ready may ask it at once.
     */
    private void replace(ServiceRecord record, Revision revision, Workload workload) {
        Optional<ServiceRecord> now = parts.database().read(tx -> ServiceTable.find(tx, service));
        int number = revision.number();
        if (now.isEmpty() || now.get().latest().number() != number) {
            workload.retire();
            supersede(record, revision);
            return;
        }
        take(record, revision, workload);
        parts.database()
                .write(
                        tx -> {
                            if (ServiceTable.setState(
                                    tx, service, number, Revision.State.READY, Optional.empty())) {
                                ServiceTable.setServing(
                                        tx, service, number, parts.books().clock().instant());
                                add(
                                        tx,
                                        record,
                                        number,
                                        Event.Kind.REVISION_READY,
                                        "revision " + number + " serves now");
                            }
                            return number;
                        });
    }

    private void take(ServiceRecord record, Revision revision, Workload workload) {
        Running before = running();
        parts.books().health().isWell(service);
        parts.workloads().route(service, workload);
        serve(
                new Running(
                        revision.number(),
                        revision.spec().withScaling(record.spec().scaling()),
                        workload));
        if (before != null) {
            before.workload.retire();
        }
    }

    private void state(Revision revision, Revision.State state, Optional<String> reason) {
        parts.database()
                .write(tx -> ServiceTable.setState(tx, service, revision.number(), state, reason));
    }

    private void fail(ServiceRecord record, Revision revision, String reason) {
        int number = revision.number();
        end(
                record,
                revision,
                Revision.State.FAILED,
                Optional.of(reason),
                Event.Kind.REVISION_FAILED,
                "revision " + number + " failed: " + reason);
        if (running() == null) {
            parts.workloads().unroute(service);
        }
    }

    /** Given up for a newer one, which will be next; or the process ends, and it is tried again. */
    private void supersede(ServiceRecord record, Revision revision) {
        Optional<ServiceRecord> now = parts.database().read(tx -> ServiceTable.find(tx, service));
        if (now.isPresent() && now.get().latest().number() > revision.number()) {
            end(
                    record,
                    revision,
                    Revision.State.SUPERSEDED,
                    Optional.empty(),
                    Event.Kind.REVISION_SUPERSEDED,
                    "revision " + revision.number() + " was replaced before it was ready");
        }
    }

    private void end(
            ServiceRecord record,
            Revision revision,
            Revision.State state,
            Optional<String> reason,
            Event.Kind kind,
            String message) {
        parts.database()
                .write(
                        tx -> {
                            ServiceTable.setState(tx, service, revision.number(), state, reason);
                            add(tx, record, revision.number(), kind, message);
                            return state;
                        });
    }

    private void event(ServiceRecord record, int revision, Event.Kind kind, String message) {
        parts.database()
                .write(
                        tx -> {
                            add(tx, record, revision, kind, message);
                            return kind;
                        });
    }

    private void add(
            Transaction tx, ServiceRecord record, int revision, Event.Kind kind, String message)
            throws SQLException {
        EventTable.add(
                tx,
                record.owner(),
                service,
                Optional.of(revision),
                Optional.empty(),
                kind,
                message,
                parts.books().clock().instant());
    }
}
