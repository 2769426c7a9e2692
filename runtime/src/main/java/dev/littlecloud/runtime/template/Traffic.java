package dev.littlecloud.runtime.template;

/** Counts what goes through connections of a clone, and hears when a request was answered. */
interface Traffic {
    void in(int bytes);

    void out(int bytes);

    /** The instance lock is held. */
    void answered();
}
