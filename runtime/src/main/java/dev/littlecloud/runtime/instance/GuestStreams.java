package dev.littlecloud.runtime.instance;

import dev.littlecloud.kernel.task.Task;
import dev.littlecloud.runtime.WindowSize;

/** What the first process's descriptors 0 to 2 lead to. */
interface GuestStreams {
    /** Gives the first process its descriptors. The caller holds the instance lock. */
    void attach(Task init);

    /** Starts to move bytes, once the first process is there. */
    void start();

    /** Waits until everything the guest wrote before its end has been passed on. */
    void drain();

    /** The caller's window has another size. */
    void resize(WindowSize size);
}
