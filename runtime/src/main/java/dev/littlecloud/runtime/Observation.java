package dev.littlecloud.runtime;

/** What is told of an instance while it runs, or at its end. */
public enum Observation {
    NONE,
    /** System calls are printed to standard error. */
    TRACE,
    /** At the end a table of what made the programs leave the guest goes to standard error. */
    PROFILE
}
