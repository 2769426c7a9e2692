package dev.littlecloud.runtime.template;

import dev.littlecloud.image.Image;
import dev.littlecloud.kernel.freeze.FrozenKernel;
import dev.littlecloud.runtime.InstanceException;
import dev.littlecloud.runtime.InstanceSpec;
import dev.littlecloud.runtime.network.Neighbours;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/** Makes templates in this process. */
public final class LocalTemplates implements Templates {
    private final BlankMachines machines = BlankMachines.SHARED;
    private final Neighbours neighbours;
    private final Seal seal;

    /** Templates of instances that are alone, written as they are. */
    public LocalTemplates() {
        this(Seal.NONE);
    }

    /**
     * Templates of instances that are alone.
     *
     * @param seal for what is written
     */
    public LocalTemplates(Seal seal) {
        this(Neighbours.NONE, seal);
    }

    private LocalTemplates(Neighbours neighbours, Seal seal) {
        this.neighbours = neighbours;
        this.seal = seal;
    }

    @Override
    public Templates among(Neighbours others) {
        return new LocalTemplates(others, seal);
    }

    @Override
    public Template boot(InstanceSpec spec, Image image, Readiness readiness, Duration deadline)
            throws InterruptedException {
        if (!spec.ports().isEmpty()) {
            throw new InstanceException(
                    "a template publishes no ports; connections are handed to its clones");
        }
        try (Preparation preparation = new Preparation(spec, image, deadline, neighbours)) {
            preparation.awaitReady(readiness);
            FrozenKernel frozen = preparation.freeze();
            return spec.writesVolumes()
                    ? FrozenTemplate.ofInstance(spec, image, frozen, machines, neighbours, seal)
                    : FrozenTemplate.ofClones(spec, image, frozen, machines, neighbours, seal);
        }
    }

    @Override
    public Template load(Path directory, InstanceSpec spec, Image image) {
        if (spec.writesVolumes()) {
            throw new InstanceException(
                    "the volumes may have changed since the template was made; boot it again");
        }
        FrozenKernel frozen = read(directory, spec, image);
        return FrozenTemplate.ofFile(directory, spec, image, frozen, machines, neighbours, seal);
    }

    @Override
    public Template loadInstance(Path directory, InstanceSpec spec, Image image) {
        FrozenKernel frozen = read(directory, spec, image);
        return FrozenTemplate.ofInstance(spec, image, frozen, machines, neighbours, seal);
    }

    private FrozenKernel read(Path directory, InstanceSpec spec, Image image) {
        try {
            return TemplateFile.load(directory, spec, image, seal);
        } catch (IOException unusable) {
            throw new InstanceException(
                    "the template in %s cannot be used: %s"
                            .formatted(directory, unusable.getMessage()),
                    unusable);
        }
    }
}
