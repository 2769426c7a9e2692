package dev.littlecloud.runtime.template;

import dev.littlecloud.image.Image;
import dev.littlecloud.kernel.freeze.FrozenKernel;
import dev.littlecloud.kernel.freeze.StillKernel;
import dev.littlecloud.kernel.freeze.Surroundings;
import dev.littlecloud.kernel.freeze.ThawingException;
import dev.littlecloud.kernel.net.HostStream;
import dev.littlecloud.machine.BlankMachine;
import dev.littlecloud.machine.Machine;
import dev.littlecloud.machine.MachineException;
import dev.littlecloud.runtime.InstanceException;
import dev.littlecloud.runtime.InstanceSpec;
import dev.littlecloud.runtime.NetworkPolicy;
import dev.littlecloud.runtime.NetworkPolicy.Mode;
import dev.littlecloud.runtime.instance.ImageBlobs;
import dev.littlecloud.runtime.instance.ImageRoot;
import dev.littlecloud.runtime.instance.InstanceHost;
import dev.littlecloud.runtime.instance.InstanceIds;
import dev.littlecloud.runtime.network.InstanceNetwork;
import dev.littlecloud.runtime.network.Neighbours;
import dev.littlecloud.runtime.volume.HostTree;
import dev.littlecloud.runtime.volume.Volumes;
import java.util.List;
import java.util.function.IntFunction;

/** Makes clones that stand still out of a template's models: machine, memory, network, kernel. */
final class CloneMaker {
    private final InstanceSpec spec;
    private final Image image;
    private final BlankMachines machines;
    private final Neighbours neighbours;
    private final Lesson lesson;
    private final int vcpus;

    CloneMaker(
            InstanceSpec spec,
            Image image,
            BlankMachines machines,
            Neighbours neighbours,
            Lesson lesson,
            int vcpus) {
        this.spec = spec;
        this.image = image;
        this.machines = machines;
        this.neighbours = neighbours;
        this.lesson = lesson;
        this.vcpus = vcpus;
        machines.prepare(vcpus);
    }

    /** In a machine that is ready, for somebody who waits. */
    StillClone makeNow(Model of, Lines lines, InstanceNetwork network, long begin) {
        return make(blank(), of, lines, network, begin);
    }

    /** In a machine of its own, so that those that are ready are there for requests. */
    StillClone makeAhead(Model of) {
        return make(
                BlankMachines.make(vcpus), of, new Lines(() -> {}), network(), System.nanoTime());
    }

    /** What a clone may reach. */
    InstanceNetwork network() {
        return new InstanceNetwork(spec.network(), spec.limits().memoryBytes(), neighbours);
    }

    /** The same for a clone that nobody may see. */
    InstanceNetwork closedNetwork() {
        Mode mode = spec.network().mode() == Mode.NONE ? Mode.NONE : Mode.LOOPBACK;
        return new InstanceNetwork(
                new NetworkPolicy(mode, List.of()), spec.limits().memoryBytes(), Neighbours.NONE);
    }

    private StillClone make(
            BlankMachine blank, Model of, Lines lines, InstanceNetwork network, long begin) {
        long gotMachine = System.nanoTime();
        Machine machine = memory(blank, of.frozen());
        long gotMemory = System.nanoTime();
        try {
            String id = InstanceIds.next();
            InstanceHost host = new InstanceHost(id);
            host.atEnd(network::close);
            Counts counts = new Counts();
            StillKernel kernel =
                    prepare(of, machine, host, network, place -> lines.thawed(place, counts));
            long gotObjects = System.nanoTime();
            StartTimes times =
                    new StartTimes(
                            false,
                            gotMachine - begin,
                            gotMemory - gotMachine,
                            gotObjects - gotMemory,
                            gotObjects - begin);
            return new StillClone(
                    id, kernel, machine, host, network, counts, times, Lesson.Subject.NOTHING);
        } catch (RuntimeException | Error failed) {
            machine.close();
            throw failed;
        }
    }

    private StillKernel prepare(
            Model of,
            Machine machine,
            InstanceHost host,
            InstanceNetwork network,
            IntFunction<HostStream> streams) {
        List<HostTree> volumes = Volumes.open(spec.volumes());
        try {
            return of.frozen()
                    .prepare(
                            new Surroundings(
                                    machine,
                                    host,
                                    NoObserver.INSTANCE,
                                    network,
                                    ImageBlobs.of(image.tree()),
                                    number -> ImageRoot.of(image.tree(), (int) number),
                                    number -> volumes.get((int) number),
                                    place -> streams.apply((int) place)));
        } catch (ThawingException missing) {
            throw new InstanceException(String.valueOf(missing.getMessage()), missing);
        } catch (RuntimeException | Error failed) {
            volumes.forEach(HostTree::close);
            throw failed;
        }
    }

    private BlankMachine blank() {
        try {
            return machines.take(vcpus);
        } catch (MachineException refused) {
            // What is needed now goes before what is good for later.
            if (StagedClones.SHARED.clear()) {
                return blank();
            }
            throw new InstanceException("no machine for a clone: " + refused.getMessage(), refused);
        }
    }

    private Machine memory(BlankMachine blank, FrozenKernel frozen) {
        try {
            return blank.thaw(frozen.memory(), lesson.workingSet());
        } catch (MachineException refused) {
            throw new InstanceException("no memory for a clone: " + refused.getMessage(), refused);
        }
    }
}
