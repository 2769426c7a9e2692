package dev.littlecloud.kernel;

/**
 * An instance's limits and identity.
 *
 * @param hostname as uname(2) tells
 * @param memoryBytes most memory the guest can cause to be used
 * @param cpus processor time per time, e.g. 1.5
 * @param maxTasks most tasks at once, threads included
 * @param readOnlyRoot whether the root file system refuses writes
 * @param profiled whether exits are counted by what made them
 */
public record KernelConfig(
        String hostname,
        long memoryBytes,
        double cpus,
        int maxTasks,
        boolean readOnlyRoot,
        boolean profiled) {
    /** Processors the guest sees. */
    public int processors() {
        return Math.max(1, (int) Math.ceil(cpus));
    }
}
