package dev.littlecloud.runtime;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Everything that is asked of one instance beside its image.
 *
 * @param hostname null for one made from the instance's id
 * @param readOnlyRoot whether writes outside of volumes and tmpfs answer EROFS
 * @param observation what is told of it
 */
public record InstanceSpec(
        ProcessSpec process,
        Limits limits,
        NetworkPolicy network,
        List<PortMapping> ports,
        List<VolumeMount> volumes,
        @Nullable String hostname,
        boolean readOnlyRoot,
        Observation observation) {
    /** HOST_NAME_MAX of limits.h. */
    private static final int LARGEST_HOSTNAME = 64;

    public static final InstanceSpec DEFAULT =
            new InstanceSpec(
                    ProcessSpec.DEFAULT,
                    Limits.DEFAULT,
                    NetworkPolicy.DEFAULT,
                    List.of(),
                    List.of(),
                    null,
                    false,
                    Observation.NONE);

    public InstanceSpec {
        ports = List.copyOf(ports);
        volumes = List.copyOf(volumes);
        if (hostname != null && !isHostname(hostname)) {
            throw new IllegalArgumentException(
                    "'%s' is not a host name: letters, digits, '-' and '.', at most %d"
                            .formatted(hostname, LARGEST_HOSTNAME));
        }
        Set<Object> taken = new HashSet<>();
        for (PortMapping port : ports) {
            if (port.hostPort() != 0
                    && !taken.add(
                            List.of(
                                    String.valueOf(port.hostAddress()),
                                    port.hostPort(),
                                    port.protocol()))) {
                throw new IllegalArgumentException(
                        "the host port %d is published twice".formatted(port.hostPort()));
            }
        }
        for (VolumeMount volume : volumes) {
            if (!taken.add(volume.guestPath())) {
                throw new IllegalArgumentException(
                        "two volumes are mounted at '%s'".formatted(volume.guestPath()));
            }
        }
        if (network.mode() == NetworkPolicy.Mode.NONE && !ports.isEmpty()) {
            throw new IllegalArgumentException(
                    "ports are published but the network is none; use the network loopback");
        }
    }

    private static boolean isHostname(String name) {
        return name.length() <= LARGEST_HOSTNAME
                && name.matches("[a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?(\\.[a-zA-Z0-9-]+)*");
    }

    public InstanceSpec withProcess(ProcessSpec newProcess) {
        return new InstanceSpec(
                newProcess, limits, network, ports, volumes, hostname, readOnlyRoot, observation);
    }

    public InstanceSpec withLimits(Limits newLimits) {
        return new InstanceSpec(
                process, newLimits, network, ports, volumes, hostname, readOnlyRoot, observation);
    }

    public InstanceSpec withVolumes(List<VolumeMount> newVolumes) {
        return new InstanceSpec(
                process, limits, network, ports, newVolumes, hostname, readOnlyRoot, observation);
    }

    /** Whether what it writes stays when it has ended. */
    public boolean writesVolumes() {
        return volumes.stream().anyMatch(volume -> !volume.readOnly());
    }
}
