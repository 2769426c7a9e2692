package dev.littlecloud.control.deploy;

import dev.littlecloud.control.Workloads;
import dev.littlecloud.control.Workloads.RevisionName;
import dev.littlecloud.control.Workloads.RunningInstance;
import dev.littlecloud.control.model.Revision;
import dev.littlecloud.control.model.ServiceRecord;
import dev.littlecloud.control.store.Database;
import dev.littlecloud.control.store.ServiceTable;
import dev.littlecloud.control.store.Vault;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Makes what runs follow the state. Each service has a {@link Rollout} of its own; nothing here is
 * remembered that is not in the state as well, so after a crash {@link #restore} finds it all again.
 */
public final class Deployments implements AutoCloseable {
    private final Parts parts;
    private final Map<String, Rollout> rollouts = new ConcurrentHashMap<>();

    /** What rollouts work with. */
    public record Parts(
            Database database, Vault vault, Images images, Workloads workloads, Books books) {}

    public Deployments(Parts parts) {
        this.parts = parts;
    }

    /** Brings back what is to serve, when the process starts. */
    public void restore() {
        List<ServiceRecord> services =
                parts.database().read(tx -> ServiceTable.list(tx, Optional.empty()));
        parts.workloads().keepOnly(kept(services));
        for (ServiceRecord service : services) {
            if (service.serving().isPresent()) {
                parts.workloads().expect(service.owner(), service.name(), service.spec());
            }
            changed(service.name(), service.latest().number());
        }
    }

    /** Revisions that serve, or may do so soon. */
    private Set<RevisionName> kept(List<ServiceRecord> services) {
        Set<RevisionName> kept = new HashSet<>();
        for (ServiceRecord service : services) {
            kept.add(name(service, service.latest()));
            service.serving()
                    .flatMap(number -> revision(service, number))
                    .ifPresent(serving -> kept.add(name(service, serving)));
        }
        return kept;
    }

    private Optional<Revision> revision(ServiceRecord service, int number) {
        return parts.database().read(tx -> ServiceTable.revision(tx, service.name(), number));
    }

    private static RevisionName name(ServiceRecord service, Revision revision) {
        return new RevisionName(
                service.owner(),
                service.name(),
                revision.number(),
                revision.createdAt(),
                revision.spec().image());
    }

    /**
     * A service changed in the state. Returns at once.
     *
     * @param latest its newest revision; a deployment of an older one is given up
     */
    public void changed(String service, int latest) {
        rollouts.computeIfAbsent(service, name -> new Rollout(name, parts)).changed(latest);
    }

    /** A service is gone from the state. */
    public void removed(String service) {
        changed(service, Integer.MAX_VALUE);
    }

    /** What runs of a service, of whichever revision. */
    public Map<Integer, List<RunningInstance>> instances(String service) {
        Rollout rollout = rollouts.get(service);
        return rollout == null ? Map.of() : rollout.instances();
    }

    /** Gives up what is being deployed; the state still says that it is to be. */
    @Override
    public void close() {
        rollouts.values().forEach(Rollout::stop);
    }
}
