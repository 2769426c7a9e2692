package dev.littlecloud.runtime.template;

import dev.littlecloud.image.Image;
import dev.littlecloud.kernel.freeze.FrozenKernel;
import dev.littlecloud.kernel.freeze.Surroundings;
import dev.littlecloud.machine.BlankMachine;
import dev.littlecloud.machine.Machine;
import dev.littlecloud.machine.MachineException;
import dev.littlecloud.runtime.InstanceException;
import dev.littlecloud.runtime.InstanceSpec;
import dev.littlecloud.runtime.instance.ImageBlobs;
import dev.littlecloud.runtime.instance.ImageRoot;
import dev.littlecloud.runtime.instance.InstanceHost;
import dev.littlecloud.runtime.instance.InstanceIds;
import dev.littlecloud.runtime.network.InstanceNetwork;
import java.io.IOException;
import java.nio.file.Path;

/** A template in this process. */
final class FrozenTemplate implements Template {
    private final InstanceSpec spec;
    private final Image image;
    private final FrozenKernel frozen;
    private final BlankMachines machines;
    private final Lesson lesson = new Lesson();

    FrozenTemplate(InstanceSpec spec, Image image, FrozenKernel frozen, BlankMachines machines) {
        this.spec = spec;
        this.image = image;
        this.frozen = frozen;
        this.machines = machines;
        machines.prepare(frozen.memory().vcpus());
    }

    @Override
    public InstanceSpec spec() {
        return spec;
    }

    @Override
    public Clone start(CloneListener listener) {
        long begin = System.nanoTime();
        BlankMachine blank = blank();
        long gotMachine = System.nanoTime();
        Machine machine = memory(blank);
        long gotMemory = System.nanoTime();
        try {
            String id = InstanceIds.next();
            InstanceHost host = new InstanceHost(id);
            FrozenKernel.Thawed thawed = frozen.thaw(surroundings(machine, host));
            long gotObjects = System.nanoTime();
            ClonedInstance clone =
                    new ClonedInstance(
                            id, thawed.kernel(), machine, host, listener, frozen.memory(), lesson);
            clone.follow(ServiceStreams.of(thawed.parts(), clone));
            clone.startTimes(
                    new StartTimes(
                            gotMachine - begin,
                            gotMemory - gotMachine,
                            gotObjects - gotMemory,
                            System.nanoTime() - begin));
            return clone;
        } catch (RuntimeException | Error failed) {
            machine.close();
            throw failed;
        }
    }

    private Surroundings surroundings(Machine machine, InstanceHost host) {
        InstanceNetwork network = new InstanceNetwork(spec.network(), spec.limits().memoryBytes());
        host.atEnd(network::close);
        return new Surroundings(
                machine,
                host,
                NoObserver.INSTANCE,
                network,
                ImageBlobs.of(image.tree()),
                number -> ImageRoot.of(image.tree(), (int) number));
    }

    private BlankMachine blank() {
        try {
            return machines.take(frozen.memory().vcpus());
        } catch (MachineException refused) {
            throw new InstanceException("no machine for a clone: " + refused.getMessage(), refused);
        }
    }

    private Machine memory(BlankMachine blank) {
        try {
            return blank.thaw(frozen.memory(), lesson.workingSet());
        } catch (MachineException refused) {
            throw new InstanceException("no memory for a clone: " + refused.getMessage(), refused);
        }
    }

    @Override
    public void save(Path directory) throws IOException {
        TemplateFile.save(directory, frozen, spec, image);
    }

    @Override
    public long memoryBytes() {
        return frozen.memory().storedBytes();
    }

    @Override
    public void close() {
        frozen.close();
    }
}
