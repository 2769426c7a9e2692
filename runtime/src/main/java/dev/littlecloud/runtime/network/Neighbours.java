package dev.littlecloud.runtime.network;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.net.HostStream;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * Other services that an instance reaches by name, without the host's network. Called with the
 * instance lock held: never blocks. Thread-safe. Addresses are IPv4 in host order.
 */
public interface Neighbours {
    /** The domain of their names; ICANN has set it aside for private use. */
    String DOMAIN = "internal";

    /** Whether there are neighbours at all; if not, their domain is the host's to answer for. */
    boolean exist();

    /** The address that stands for a service; none where there is no such one for this instance. */
    OptionalInt address(String name);

    /** The service that an address stands for. */
    Optional<String> name(int address);

    /** Whether an address is kept for neighbours, so that it leads to nothing else. */
    boolean owns(int address);

    /** Whether a connection may be made: 0, or the errno that refuses it. */
    int permits(int address, int port);

    /**
     * Starts a connection, whose outcome is told by a {@link HostStream#WRITE} event. Null where
     * nobody can be reached.
     */
    @Nullable HostStream connect(int address, int port);

    /** Nobody. */
    Neighbours NONE =
            new Neighbours() {
                @Override
                public boolean exist() {
                    return false;
                }

                @Override
                public OptionalInt address(String name) {
                    return OptionalInt.empty();
                }

                @Override
                public Optional<String> name(int address) {
                    return Optional.empty();
                }

                @Override
                public boolean owns(int address) {
                    return false;
                }

                @Override
                public int permits(int address, int port) {
                    return Errno.EHOSTUNREACH;
                }

                @Override
                public @Nullable HostStream connect(int address, int port) {
                    return null;
                }
            };
}
