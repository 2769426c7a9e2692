package dev.littlecloud.runtime.template;

/**
 * How often the programs of an instance called on its kernel.
 *
 * @param exits times that one left the guest, for whatever reason
 * @param faults exits because of an exception, which mostly is a page that was touched first
 * @param posted calls that were answered while their programs stayed in the guest
 */
public record Passages(long exits, long faults, long posted) {
    public Passages minus(Passages before) {
        return new Passages(exits - before.exits, faults - before.faults, posted - before.posted);
    }
}
