package dev.littlecloud.runtime;

/** A started instance. Methods may be called from any thread, also after its end. */
public interface RunningInstance extends AutoCloseable {
    /** Waits for the end of the first process, which ends the instance. */
    ExitStatus await() throws InterruptedException;

    /** Sends a signal, by its Linux number, to the first process. */
    void signal(int signal);

    /** Tells the guest's terminal, if it has one, that its window changed. */
    void resize(WindowSize size);

    /** Ends the instance at once if it still runs, and gives back all it holds. */
    @Override
    void close();
}
