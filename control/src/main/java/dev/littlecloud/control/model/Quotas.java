package dev.littlecloud.control.model;

/**
 * What an owner may have, or has.
 *
 * @param instances sum of the services' {@code max}
 * @param memoryBytes sum of {@code max} times {@code memoryBytes}
 */
public record Quotas(long services, long instances, long memoryBytes) {
    public static final Quotas DEFAULT = new Quotas(100, 1_000, 64L << 30);
    public static final Quotas NONE_USED = new Quotas(0, 0, 0);

    private static final long MOST = 1L << 50;

    public static Quotas read(JsonFields fields, Quotas otherwise) {
        Quotas quotas =
                new Quotas(
                        fields.number("services", otherwise.services, 0, MOST),
                        fields.number("instances", otherwise.instances, 0, MOST),
                        fields.number("memoryBytes", otherwise.memoryBytes, 0, MOST));
        fields.requireNoOthers();
        return quotas;
    }

    public Quotas plus(ServiceSpec spec) {
        int max = spec.scaling().max();
        return new Quotas(services + 1, instances + max, memoryBytes + max * spec.memoryBytes());
    }
}
