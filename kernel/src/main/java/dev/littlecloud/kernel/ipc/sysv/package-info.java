/**
 * System V shared memory, semaphores and message queues, sysvipc(7). One of each table per instance;
 * all guarded by the instance lock. Objects are charged to the instance's memory limit.
 */
@NullMarked
package dev.littlecloud.kernel.ipc.sysv;

import org.jspecify.annotations.NullMarked;
