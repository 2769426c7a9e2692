package dev.littlecloud.node;

import dev.littlecloud.control.WorkloadException;
import dev.littlecloud.control.Workloads.Order;
import dev.littlecloud.gateway.service.Backend;

/** How instances of a revision come to be. */
public interface Launcher {
    /**
     * Does what is done once for a revision, and makes sure that its program gets ready.
     *
     * @throws WorkloadException with the reason and the last lines of its log
     */
    Prepared prepare(Order order) throws WorkloadException, InterruptedException;

    /** A revision of which instances can be started. */
    interface Prepared extends AutoCloseable {
        /**
         * Starts an instance and returns when it takes connections.
         *
         * @throws WorkloadException with the reason
         */
        Unit start(UnitListener listener) throws WorkloadException, InterruptedException;

        /** No more will be started; those that run go on. */
        @Override
        void close();
    }

    /** An instance that takes connections. */
    interface Unit {
        String id();

        Backend backend();

        /** What it used so far; also after its end. */
        Used used();

        /** Ends it. Returns when it has ended. */
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
    }
}
