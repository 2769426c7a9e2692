package dev.littlecloud.runtime.template;

import dev.littlecloud.image.Image;
import dev.littlecloud.runtime.InstanceException;
import dev.littlecloud.runtime.InstanceSpec;
import dev.littlecloud.runtime.network.Neighbours;
import java.nio.file.Path;
import java.time.Duration;

/** Makes templates. Thread-safe. */
public interface Templates {
    /** Makes templates whose instances reach other services. */
    Templates among(Neighbours neighbours);

    /**
     * Boots an instance, waits until it is ready and idle, and freezes it.
     *
     * <p>Where it writes volumes, one instance starts from the template: what this one writes is not
     * what the template's programs remember of these files. The next one takes another boot.
     *
     * @param spec without published ports: connections come by {@link Clone#connect}
     * @param deadline for all of it
     * @throws InstanceException when it is not ready in time, ends or cannot be frozen; the message
     *     carries the last lines of its log. Nothing is left of it then
     */
    Template boot(InstanceSpec spec, Image image, Readiness readiness, Duration deadline)
            throws InterruptedException;

    /**
     * Reads what {@link Template#save} wrote, in this or an earlier process.
     *
     * @param spec what {@link #boot} was asked
     * @param image the image the template was made of
     * @throws InstanceException when it is damaged, of another build of Littlecloud, of another
     *     image or spec, or writes volumes; boot it again then
     */
    Template load(Path directory, InstanceSpec spec, Image image);

    /**
     * The same for the template of a {@link Clone#freeze frozen instance}, which is started once. Where
     * that writes volumes, nothing may be read from the directory after it went on.
     */
    Template loadInstance(Path directory, InstanceSpec spec, Image image);
}
