package dev.littlecloud.kernel.task;

/** What becomes of a blocked call when a signal interrupts it; signal(7), "Interruption". */
public enum Restart {
    /** Restarted after a handler with SA_RESTART, EINTR after one without (ERESTARTSYS). */
    WITH_SA_RESTART,
    /** EINTR after any handler, continued with its deadline otherwise (ERESTARTNOHAND). */
    WITHOUT_HANDLER,
    /** Restarted after any handler (ERESTARTNOINTR). */
    ALWAYS,
    /** EAGAIN after any handler (FUTEX_WAIT_REQUEUE_PI). */
    TRY_AGAIN,
    /** EINTR even where no handler ran, as after SIGCONT (epoll_wait). */
    NEVER
}
