package dev.littlecloud.runtime.template;

import dev.littlecloud.kernel.net.HostStream;
import dev.littlecloud.kernel.net.NetworkStack;
import dev.littlecloud.runtime.ExitStatus;
import dev.littlecloud.runtime.InstanceException;
import java.net.InetSocketAddress;
import java.time.Duration;

/** An instance that started from a template. Methods may be called from any thread. */
public interface Clone extends AutoCloseable {
    /** Hexadecimal, unique in this process. */
    String id();

    /**
     * Opens a connection to a TCP port inside, without a socket of the host. The guest sees it in
     * its accept queue at once, or as soon as its backlog has room.
     *
     * @param peer whom the guest sees as the other side
     * @param listener hears when reading or writing makes sense again
     * @throws ConnectionRefusedException when nobody listens on the port, or the clone has ended
     */
    GuestStream connect(int port, InetSocketAddress peer, GuestStream.Listener listener)
            throws ConnectionRefusedException;

    /**
     * Hands over one end of a connection whose other end is the caller's own, as {@link
     * NetworkStack#deliver} does. Does not block.
     *
     * @param stream used with the instance's lock held
     * @param peer whom the guest sees as the other side
     * @param whenRoom runs with the lock held after {@link NetworkStack.Delivery#FULL}, when it is
     *     worth trying again
     */
    NetworkStack.Delivery deliver(
            HostStream stream, InetSocketAddress peer, int port, Runnable whenRoom);

    /** Whether somebody listens on a TCP port. */
    boolean isListening(int port);

    /** How long its start took. */
    StartTimes startTimes();

    /** What the clone has used so far; also after its end. */
    Usage usage();

    /** How often its programs called on the kernel since its template was booted. */
    Passages passages();

    /** Sends a signal, by its Linux number, to the first process. */
    void signal(int signal);

    /**
     * Ends it in two steps: where the first process handles the signal, it is asked by that to end, and
     * gets some time; then all ends at once.
     *
     * @param patience how long it may take
     * @return false where it was asked and had not ended by then
     */
    boolean stop(int signal, Duration patience) throws InterruptedException;

    /**
     * Freezes the instance itself, not a copy: it ends here, unheard of by its listener, and goes on
     * where the template is started with the same {@link Lines}. Connections stay open meanwhile.
     *
     * @param patience how long to wait until nothing runs in it
     * @throws InstanceException when it cannot be frozen, and why; it goes on then as if nothing had
     *     been
     */
    Template freeze(Duration patience) throws InterruptedException;

    /** Waits for its end. */
    ExitStatus await() throws InterruptedException;

    /** Ends it at once if it still runs, and gives back all it holds. */
    @Override
    void close();
}
