package dev.littlecloud.runtime.template;

import dev.littlecloud.kernel.Kernel;
import dev.littlecloud.kernel.task.TaskExit;
import dev.littlecloud.kernel.task.ThreadGroup;
import dev.littlecloud.runtime.instance.BootedInstance;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A command inside an instance that tells by its exit code whether the instance is ready. */
final class HealthCheck {
    private final BootedInstance booted;
    private final List<String> command;
    private final LogTail log;
    private @Nullable ThreadGroup process;
    private @Nullable ServiceStreams streams;

    /**
     * @param log takes what the command writes
     */
    HealthCheck(BootedInstance booted, List<String> command, LogTail log) {
        this.booted = booted;
        this.command = command;
        this.log = log;
    }

    /** Starts the command; false where it cannot be executed. */
    boolean start() {
        process = booted.startBeside(command, this::connect);
        ServiceStreams made = streams;
        if (made != null) {
            made.start();
        }
        return process != null;
    }

    private ServiceStreams connect(Kernel kernel) {
        ServiceStreams made = ServiceStreams.of(kernel, (error, bytes) -> log.add(bytes));
        streams = made;
        return made;
    }

    /** Whether the command has ended; it is gone from the instance then. */
    boolean hasEnded() {
        Kernel kernel = booted.kernel();
        kernel.lock().lock();
        try {
            ThreadGroup running = process;
            if (running == null || !running.isZombie()) {
                return running == null;
            }
            TaskExit.reap(running);
            return true;
        } finally {
            kernel.lock().unlock();
        }
    }

    /** Whether it ended with exit code 0. */
    boolean isHealthy() {
        ThreadGroup ended = process;
        return ended != null && ended.isZombie() && ended.exitStatus() == 0;
    }
}
