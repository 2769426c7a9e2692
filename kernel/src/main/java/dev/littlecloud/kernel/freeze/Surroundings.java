package dev.littlecloud.kernel.freeze;

import dev.littlecloud.kernel.Host;
import dev.littlecloud.kernel.fs.tree.LowerNode;
import dev.littlecloud.kernel.fs.volume.HostVolume;
import dev.littlecloud.kernel.net.HostNetwork;
import dev.littlecloud.kernel.net.HostStream;
import dev.littlecloud.kernel.syscall.SyscallObserver;
import dev.littlecloud.machine.Machine;
import java.lang.foreign.MemorySegment;
import java.util.function.LongFunction;

/**
 * What a thawed kernel finds around it.
 *
 * @param machine made of the frozen memory, with no processors yet
 * @param blob the host's view of the image's contents
 * @param lower the image's nodes, by their numbers
 * @param volumes folders and files of the host, by their places among the instance's volumes
 * @param streams connections that the instance was frozen with, by their places in the list
 */
public record Surroundings(
        Machine machine,
        Host host,
        SyscallObserver observer,
        HostNetwork network,
        MemorySegment blob,
        LongFunction<LowerNode> lower,
        LongFunction<HostVolume> volumes,
        LongFunction<HostStream> streams) {}
