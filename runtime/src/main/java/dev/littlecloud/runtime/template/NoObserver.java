package dev.littlecloud.runtime.template;

import dev.littlecloud.kernel.syscall.Syscall;
import dev.littlecloud.kernel.syscall.SyscallObserver;
import dev.littlecloud.kernel.task.Task;

/** Services are not traced. */
final class NoObserver implements SyscallObserver {
    static final NoObserver INSTANCE = new NoObserver();

    private NoObserver() {}

    @Override
    public boolean isActive() {
        return false;
    }

    @Override
    public void called(Task task, Syscall call, long result) {}

    @Override
    public void missing(Task task, long number) {}
}
