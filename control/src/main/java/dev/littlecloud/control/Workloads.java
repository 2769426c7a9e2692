package dev.littlecloud.control;

import dev.littlecloud.control.model.Scaling;
import dev.littlecloud.control.model.ServiceSpec;
import dev.littlecloud.image.Image;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What runs services on this machine and leads requests to them. Thread-safe. */
public interface Workloads extends AutoCloseable {
    /**
     * A revision that is to run.
     *
     * @param createdAt with the service and the number, tells it from all others there ever were
     * @param environment the specification's variables with the values of its secrets
     */
    record Order(
            String owner,
            String service,
            int revision,
            Instant createdAt,
            ServiceSpec spec,
            Image image,
            Map<String, String> environment) {
        /** Its name among all revisions. */
        public RevisionName name() {
            return new RevisionName(owner, service, revision, createdAt, spec.image());
        }
    }

    /**
     * Which revision of all there ever were.
     *
     * @param image the name that it was deployed by
     */
    record RevisionName(
            String owner, String service, int number, Instant createdAt, String image) {}

    /** A revision that can serve. */
    interface Workload {
        /** Takes new settings at once. */
        void scale(Scaling scaling);

        List<RunningInstance> instances();

        /** Lets requests under way end, then ends its instances. Returns at once. */
        void retire();
    }

    /** An instance now. */
    record RunningInstance(String id, Instant startedAt, int activeRequests, long memoryBytes) {}

    /**
     * Gets a revision to where it can serve: boots it until it is ready.
     *
     * @throws WorkloadException with the reason, for the owner of the service
     */
    Workload prepare(Order order, WorkloadListener listener)
            throws WorkloadException, InterruptedException;

    /**
     * Forgets what is kept of revisions other than these. Called once, before any is prepared.
     */
    void keepOnly(Set<RevisionName> revisions);

    /** From now on requests for the service's name are led to the workload. */
    void route(String service, Workload workload);

    /** Requests for a service whose workload is being prepared wait, instead of being refused. */
    void expect(String owner, String service, ServiceSpec spec);

    /** Requests for the name are refused from now on; with a reason where there is one. */
    void unroute(String service);

    /** Tells all listeners what their instances used so far. */
    void tellUsage();

    /** Whether a domain is one that names of services are made of. */
    boolean ownsDomain(String domain);

    /** Where a service answers. */
    String url(String service, ServiceSpec spec);

    /** Takes no more requests, lets those under way end, and ends all instances. */
    @Override
    void close();
}
