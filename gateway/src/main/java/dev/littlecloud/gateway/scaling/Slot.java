package dev.littlecloud.gateway.scaling;

/** A running instance as its scaler sees it. Guarded by the scaler's lock. */
final class Slot {
    final InstanceSource.Running instance;
    final long startedAt;
    int leases;

    /** Counts the times it became idle, so that a timer knows whether it is still the same one. */
    int idleTurn;

    /** Asked to end, or ended. */
    boolean gone;

    Slot(InstanceSource.Running instance, long startedAt) {
        this.instance = instance;
        this.startedAt = startedAt;
    }
}
