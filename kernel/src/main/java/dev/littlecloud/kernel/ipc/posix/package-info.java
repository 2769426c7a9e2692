/** POSIX message queues, mq_overview(7). Guarded by the instance lock. */
@NullMarked
package dev.littlecloud.kernel.ipc.posix;

import org.jspecify.annotations.NullMarked;
