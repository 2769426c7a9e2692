package dev.littlecloud.runtime.template;

import dev.littlecloud.runtime.ExitStatus;

/**
 * Hears of a clone. Called on threads of the runtime, some with the instance's lock held: do little,
 * and call nothing of the clone.
 */
public interface CloneListener {
    /** Hears nothing. */
    CloneListener NONE = new CloneListener() {};

    /** It wrote to its standard output or error; {@code bytes} is the listener's to keep. */
    default void output(boolean error, byte[] bytes) {}

    /** It has ended, by itself or by {@link Clone#close}; once. */
    default void ended(ExitStatus status) {}
}
