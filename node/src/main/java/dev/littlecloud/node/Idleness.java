package dev.littlecloud.node;

import dev.littlecloud.control.model.Scaling;
import dev.littlecloud.control.model.ServiceSpec;
import java.util.concurrent.TimeUnit;

/** When an instance has nothing to do. */
final class Idleness {
    /** When an instance that could not be frozen is tried again. */
    static final long STUCK_NANOS = TimeUnit.SECONDS.toNanos(30);

    private Idleness() {}

    /** Whether connections outlast the instance, so that they do not keep it. */
    static boolean outlasts(ServiceSpec spec, Scaling scaling) {
        return scaling.isStateful() && spec.protocol().equals("tcp");
    }

    /** How long it has still to be idle; not positive once it may end. */
    static long restNanos(Member member, ServiceSpec spec, Scaling scaling, long now) {
        long wanted = TimeUnit.MILLISECONDS.toNanos(scaling.idleMillis());
        if (!member.stuck.isEmpty()) {
            wanted = Math.max(wanted, STUCK_NANOS);
        }
        long idle = now - member.idleSinceNanos;
        boolean hasOnlyStreams = scaling.isStateful() && member.active == member.streams;
        if (outlasts(spec, scaling) || (member.active > 0 && hasOnlyStreams)) {
            idle = Math.min(idle, member.running().restingNanos());
        } else if (member.active > 0) {
            // What works is not idle, and be it that no time at all is wanted.
            return Math.max(wanted, 1);
        }
        return wanted - idle;
    }
}
