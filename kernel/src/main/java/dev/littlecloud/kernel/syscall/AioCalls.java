package dev.littlecloud.kernel.syscall;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.ipc.AioContext;
import dev.littlecloud.kernel.ipc.AioContexts;
import dev.littlecloud.kernel.mm.AddressSpace;
import dev.littlecloud.kernel.mm.Frames;
import dev.littlecloud.kernel.mm.UserMemory;
import dev.littlecloud.kernel.mm.Vma;
import dev.littlecloud.kernel.task.Restart;
import dev.littlecloud.kernel.task.Task;

/** Queues of file operations: io_setup(2), io_getevents(2) and the calls between them. */
final class AioCalls {
    /** fs.aio-max-nr of Linux. */
    private static final int MAX_EVENTS = 65536;

    /** Bytes of struct io_event. */
    private static final int EVENT_BYTES = 32;

    private AioCalls() {}

    static void register(SyscallTable table) {
        table.full(206, "io_setup", "int,ptr", (Handler.Call2) AioCalls::setup);
        table.full(207, "io_destroy", "ptr", (Handler.Call1) AioCalls::destroy);
        table.full(208, "io_getevents", "ptr,int,int,ptr,ptr", (Handler.Call5) AioCalls::getevents);
        table.partial(
                209,
                "io_submit",
                "ptr,int,ptr",
                (Handler.Call3) AioCalls::submit,
                "operations are done before it returns; IOCB_CMD_POLL answers EINVAL");
        table.full(210, "io_cancel", "ptr,ptr,ptr", (Handler.Call3) AioCalls::cancel);
        table.full(
                333,
                "io_pgetevents",
                "ptr,int,int,ptr,ptr,ptr",
                (Handler.Call6) AioCalls::pgetevents);
    }

    private static long setup(Task task, long events, long result) {
        UserMemory memory = task.memory();
        int capacity = (int) events;
        if (memory.readLong(result) != 0 || capacity <= 0) {
            return -Errno.EINVAL;
        }
        if (capacity > MAX_EVENTS) {
            return -Errno.EAGAIN;
        }
        AioContexts contexts = task.space().aioContexts();
        if (!contexts.charge(capacity)) {
            return -Errno.ENOMEM;
        }
        // Programs take the context for the address of a ring, and ask the kernel where the page
        // there does not begin with the ring's magic number.
        AddressSpace space = task.space();
        long address = space.findFree(0, Frames.SIZE, false);
        if (address < 0
                || space.map(address, Frames.SIZE, Vma.READ, false, null, 0, "/[aio] (deleted)")
                        == null) {
            contexts.uncharge(capacity);
            return -Errno.ENOMEM;
        }
        contexts.add(address, new AioContext(capacity));
        memory.writeLong(result, address);
        return 0;
    }

    private static long destroy(Task task, long context) {
        AioContext gone = task.space().aioContexts().remove(context);
        if (gone == null) {
            return -Errno.EINVAL;
        }
        task.space().changes().unmap(context, context + Frames.SIZE);
        gone.queue().wakeAll();
        return 0;
    }

    /** Operations of one call: fewer than wanted is an answer that programs know. */
    private static final int MOST_AT_ONCE = 64;

    private static long submit(Task task, long context, long count, long operations) {
        AioContext queue = task.space().aioContexts().get(context);
        if (queue == null || count < 0) {
            return -Errno.EINVAL;
        }
        long most = Math.min(Math.min(count, queue.capacity()), MOST_AT_ONCE);
        UserMemory memory = task.memory();
        for (long done = 0; done < most; done++) {
            if (queue.isFull()) {
                return done > 0 ? done : -Errno.EAGAIN;
            }
            long operation = memory.readLong(operations + 8 * done);
            long result = AioOperation.submit(task, queue, operation, done > 0);
            if (result != 0) {
                return done > 0 ? done : result;
            }
        }
        return most;
    }

    /** Operations are over when their submission is, so there is none to cancel. */
    private static long cancel(Task task, long context, long operation, long result) {
        task.memory().readInt(operation + AioOperation.KEY);
        return -Errno.EINVAL;
    }

    private static long getevents(
            Task task, long context, long least, long most, long events, long timeout) {
        AioContext queue = task.space().aioContexts().get(context);
        if (queue == null || least < 0 || least > most) {
            return -Errno.EINVAL;
        }
        UserMemory memory = task.memory();
        if (timeout != 0) {
            long nanos = TimeValues.readTimespec(memory, timeout);
            if (nanos < 0) {
                return -Errno.EINVAL;
            }
            task.deadlineIn(nanos);
        }
        if (queue.available() < least && !task.isDeadlinePassed()) {
            task.blockOn(queue.queue());
            return task.block(Restart.NEVER);
        }
        long taken = 0;
        while (taken < most && queue.available() > 0) {
            AioContext.Event event = queue.first();
            long at = events + taken * EVENT_BYTES;
            memory.writeLong(at, event.data());
            memory.writeLong(at + 8, event.operation());
            memory.writeLong(at + 16, event.result());
            memory.writeLong(at + 24, 0);
            queue.remove();
            taken++;
        }
        return taken;
    }

    private static long pgetevents(
            Task task,
            long context,
            long least,
            long most,
            long events,
            long timeout,
            long maskArgument) {
        if (maskArgument != 0) {
            long mask = task.memory().readLong(maskArgument);
            if (mask != 0) {
                if (task.memory().readLong(maskArgument + 8) != Long.BYTES) {
                    return -Errno.EINVAL;
                }
                task.signals().temporaryMask(task.memory().readLong(mask));
            }
        }
        return getevents(task, context, least, most, events, timeout);
    }
}
