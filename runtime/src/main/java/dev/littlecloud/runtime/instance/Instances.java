package dev.littlecloud.runtime.instance;

import dev.littlecloud.image.Image;
import dev.littlecloud.kernel.net.NetworkStack;
import dev.littlecloud.runtime.ExitStatus;
import dev.littlecloud.runtime.InstanceRunner;
import dev.littlecloud.runtime.InstanceSpec;
import dev.littlecloud.runtime.Observation;
import dev.littlecloud.runtime.RunningInstance;
import dev.littlecloud.runtime.Stdio;
import dev.littlecloud.runtime.network.Neighbours;

/** Starts instances in machines of this host. */
public final class Instances implements InstanceRunner {
    @Override
    public RunningInstance start(InstanceSpec spec, Image image, Stdio stdio) {
        Tracer tracer = new Tracer(spec.observation() == Observation.TRACE ? System.err : null);
        GuestStreams[] streams = new GuestStreams[1];
        BootedInstance booted =
                BootedInstance.boot(
                        spec,
                        image,
                        InstanceIds.next(),
                        tracer,
                        Neighbours.NONE,
                        (first, kernel, stack) -> streams[0] = first.streams(stdio, stack));
        Instance instance =
                new Instance(
                        booted.kernel(),
                        booted.machine(),
                        booted.host(),
                        streams[0],
                        tracer,
                        spec.limits().timeout());
        ExitStatus refused = booted.refused();
        if (refused != null) {
            instance.stop(refused);
        }
        NetworkStack stack = booted.kernel().network();
        try {
            booted.network().publish(stack, spec.ports());
        } catch (RuntimeException taken) {
            instance.close();
            throw taken;
        }
        streams[0].start();
        return instance;
    }
}
