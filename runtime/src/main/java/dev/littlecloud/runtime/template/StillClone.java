package dev.littlecloud.runtime.template;

import dev.littlecloud.kernel.freeze.StillKernel;
import dev.littlecloud.machine.Machine;
import dev.littlecloud.runtime.instance.InstanceHost;
import dev.littlecloud.runtime.network.InstanceNetwork;

/**
 * A clone that is there but has not gone on: no task of it has run, its clock stands still, and
 * nobody pays for it.
 *
 * @param times how long it took up to here
 * @param subject what it is watched for, if it was staged
 */
record StillClone(
        String id,
        StillKernel kernel,
        Machine machine,
        InstanceHost host,
        InstanceNetwork network,
        Counts counts,
        StartTimes times,
        Lesson.Subject subject)
        implements AutoCloseable {

    /** Gives it back. */
    @Override
    public void close() {
        kernel.end();
        machine.close();
    }
}
