package dev.littlecloud.runtime.host;

import dev.littlecloud.runtime.InstanceException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Whether this host lets this user make virtual machines. */
public final class KvmAccess {
    private static final Path DEVICE = Path.of("/dev/kvm");

    private KvmAccess() {}

    /** Says in one line what is wrong with {@code /dev/kvm} and what to do; empty when nothing is. */
    public static Optional<String> problem() {
        return problem(
                Files.exists(DEVICE),
                Files.isReadable(DEVICE) && Files.isWritable(DEVICE),
                System.getProperty("user.name", "this user"));
    }

    static Optional<String> problem(boolean exists, boolean accessible, String user) {
        if (!exists) {
            return Optional.of(
                    "/dev/kvm does not exist: switch on virtualisation (VT-x, AMD-V) in the firmware,"
                            + " or nested virtualisation where this machine is itself virtual, and"
                            + " load the module with 'modprobe kvm_intel' or 'modprobe kvm_amd'");
        }
        if (!accessible) {
            return Optional.of(
                    "/dev/kvm may not be opened by %s: 'sudo usermod -aG kvm %s', then log in again"
                            .formatted(user, user));
        }
        return Optional.empty();
    }

    /**
     * Refuses to go on where no machine can be made.
     *
     * @throws InstanceException with that line
     */
    public static void require() {
        problem()
                .ifPresent(
                        line -> {
                            throw new InstanceException(line);
                        });
    }
}
