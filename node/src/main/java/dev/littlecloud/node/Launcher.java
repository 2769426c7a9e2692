package dev.littlecloud.node;

import dev.littlecloud.control.WorkloadException;
import dev.littlecloud.control.Workloads.Order;
import dev.littlecloud.control.Workloads.RevisionName;
import dev.littlecloud.gateway.service.Backend;
import dev.littlecloud.runtime.network.Neighbours;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** How instances of a revision come to be. */
public interface Launcher {
    /**
     * Does what is done once for a revision, and makes sure that its program gets ready.
     *
     * @param neighbours what its instances reach by name
     * @param lost hears, in a sentence, of what was kept on disk and cannot be used, or could not be
     *     written
     * @throws WorkloadException with the reason and the last lines of its log
     */
    Prepared prepare(Order order, Neighbours neighbours, Consumer<String> lost)
            throws WorkloadException, InterruptedException;

    /** Removes what is kept on disk of other revisions. */
    void keepOnly(Set<RevisionName> revisions);

    /** A revision of which instances can be started. */
    interface Prepared extends AutoCloseable {
        /**
         * Starts an instance and returns when it takes connections.
         *
         * @param isStateful whether it is to go on with the memory of the one that was frozen last
         * @throws WorkloadException with the reason
         */
        Unit start(UnitListener listener, boolean isStateful)
                throws WorkloadException, InterruptedException;

        /**
         * Starts an instance that is made already, if there is one and no frozen memory to go on with;
         * takes a fraction of a millisecond.
         */
        Optional<Unit> startStaged(UnitListener listener);

        /**
         * It comes in place of another revision of its service, and is asked as often.
         *
         * @param requestsEach how many requests at a time an instance of that one took for one that
         *     an instance of this one takes
         */
        void follow(Prepared before, double requestsEach);

        /** No more instances than these are there at a time. */
        void atMost(int instances);

        /** Removes the frozen memory that the next start would go on with. */
        void forgetState();

        /** No more will be started; those that run go on. */
        @Override
        void close();

        /** The same, and nothing of it is kept on disk. */
        void remove();
    }

    /** An instance that takes connections. */
    interface Unit {
        String id();

        Backend backend();

        /** What it used so far; also after its end. */
        Used used();

        /** Whether it goes on with the memory of one that was frozen. */
        boolean isResumed();

        /** How long no byte went through its connections. */
        long restingNanos();

        /**
         * Freezes it to disk and ends it there; its connections stay open.
         *
         * @throws WorkloadException with the reason why it goes on running
         */
        void freeze() throws WorkloadException, InterruptedException;

        /**
         * Goes on, as an instance with another id.
         *
         * @throws WorkloadException with the reason
         */
        void thaw(UnitListener listener) throws WorkloadException;

        /**
         * Asks its program to end where that handles the image's stop signal, and ends it some time
         * later at the latest. Returns when it has ended.
         *
         * @param patience how long it may take
         * @return false where the program was asked and did not end
         */
        boolean stop(Duration patience) throws InterruptedException;

        /** Ends it at once, also where it is frozen. Returns when it has ended. */
        void end();
    }

    /** Totals of an instance. */
    record Used(
            long guestCpuNanos,
            long kernelCpuNanos,
            long memoryByteMillis,
            long memoryBytes,
            long bytesIn,
            long bytesOut) {
        public static final Used NOTHING = new Used(0, 0, 0, 0, 0, 0);

        /** What both used; the memory held now is the other's. */
        Used plus(Used later) {
            return new Used(
                    guestCpuNanos + later.guestCpuNanos,
                    kernelCpuNanos + later.kernelCpuNanos,
                    memoryByteMillis + later.memoryByteMillis,
                    later.memoryBytes,
                    bytesIn + later.bytesIn,
                    bytesOut + later.bytesOut);
        }
    }

    /** Hears of an instance. */
    interface UnitListener {
        void output(boolean isError, byte[] bytes);

        /**
         * It has ended, by itself or by {@link Unit#end}; once.
         *
         * @param how a clause, such as {@code its program ended with 1}
         */
        void ended(String how);

        /** It is frozen, or about to be, and something came for it. Quick, on any thread. */
        void wanted();
    }
}
