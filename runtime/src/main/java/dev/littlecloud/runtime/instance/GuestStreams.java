package dev.littlecloud.runtime.instance;

import dev.littlecloud.kernel.task.Task;
import dev.littlecloud.runtime.WindowSize;

/** The first process's descriptors 0 to 2 and what moves their bytes. */
public interface GuestStreams {
    /** Most descriptors a table takes here; the process's own limit counts later. */
    int MANY_DESCRIPTORS = 1024;

    /** Opens the descriptors. The caller holds the instance lock. */
    void install(Task init);

    /** Starts to move bytes, once the first process is there. */
    void start();

    /** Waits until everything the guest wrote before its end has been passed on. */
    void drain();

    /** The user's window has another size. */
    void resize(WindowSize size);
}
