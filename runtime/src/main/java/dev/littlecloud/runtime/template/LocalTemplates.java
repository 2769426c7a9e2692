package dev.littlecloud.runtime.template;

import dev.littlecloud.image.Image;
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

    /** Templates of instances that are alone. */
    public LocalTemplates() {
        this(Neighbours.NONE);
    }

    private LocalTemplates(Neighbours neighbours) {
        this.neighbours = neighbours;
    }

    @Override
    public Templates among(Neighbours others) {
        return new LocalTemplates(others);
    }

    @Override
    public Template boot(InstanceSpec spec, Image image, Readiness readiness, Duration deadline)
            throws InterruptedException {
        if (!spec.ports().isEmpty()) {
            throw new InstanceException(
                    "a template publishes no ports; connections are handed to its clones");
        }
        if (!spec.volumes().isEmpty()) {
            throw new InstanceException("an instance with volumes cannot be frozen");
        }
        try (Preparation preparation = new Preparation(spec, image, deadline, neighbours)) {
            preparation.awaitReady(readiness);
            return new FrozenTemplate(spec, image, preparation.freeze(), machines, neighbours);
        }
    }

    @Override
    public Template load(Path directory, InstanceSpec spec, Image image) {
        try {
            return new FrozenTemplate(
                    spec, image, TemplateFile.load(directory, spec, image), machines, neighbours);
        } catch (IOException unusable) {
            throw new InstanceException(
                    "the template in %s cannot be used: %s"
                            .formatted(directory, unusable.getMessage()),
                    unusable);
        }
    }
}
