package dev.littlecloud.kernel.task;

import dev.littlecloud.kernel.mm.AddressSpace;
import dev.littlecloud.kernel.mm.Frames;
import dev.littlecloud.kernel.mm.Vma;

/** Processor time of a process's ended threads and of its waited-for children, in nanoseconds. */
public final class ProcessTimes {
    private static final long NANOS_PER_TICK = 10_000_000;

    /** Counting pages takes time: a program that asks often gets the same answer for so long. */
    private static final long RESIDENT_LOOK_NANOS = 100_000_000;

    private long maxResident;
    private long childrenMaxResident;
    private long residentAgainAt;
    long endedUser;
    long endedSystem;
    long childrenUser;
    long childrenSystem;
    long startedAt;
    int lastUid;

    /** Faults and switches of ended threads. */
    long endedFaults;

    long endedSwitches;

    long childrenFaults;

    final TransferCounts endedTransfers = new TransferCounts();

    /** When the process was started, on the monotonic clock. */
    public long startedAt() {
        return startedAt;
    }

    public void startedAt(long monotonicNanos) {
        startedAt = monotonicNanos;
    }

    public long childrenUser() {
        return childrenUser;
    }

    public long childrenSystem() {
        return childrenSystem;
    }

    public long childrenFaults() {
        return childrenFaults;
    }

    /** The most memory the process was seen to have, in bytes; looked at not all the time. */
    public long maxResident(Task thread) {
        long now = thread.kernel().clock().monotonicNanos();
        if (now >= residentAgainAt) {
            residentAgainAt = now + RESIDENT_LOOK_NANOS;
            long pages = 0;
            for (Vma area : thread.space().areas()) {
                pages += thread.space().use().countPages(area).resident();
            }
            maxResident = Math.max(maxResident, pages << Frames.SHIFT);
        }
        return maxResident;
    }

    /** What {@link #maxResident(Task)} saw, and what was there at the end of each program. */
    public long maxResident() {
        return maxResident;
    }

    /** The most memory of any waited-for child and its waited-for children, in bytes. */
    public long childrenMaxResident() {
        return childrenMaxResident;
    }

    /** A program of the process has ended. */
    public void programEnded(AddressSpace space) {
        maxResident = Math.max(maxResident, space.finalBytes());
    }

    /** Time in the guest, of living and ended threads. */
    public static long user(ThreadGroup group) {
        long sum = group.times().endedUser;
        for (Task thread : group.threads()) {
            sum += thread.run().userNanos();
        }
        return sum;
    }

    /** Time in the kernel, of living and ended threads. */
    public static long system(ThreadGroup group) {
        long sum = group.times().endedSystem;
        for (Task thread : group.threads()) {
            sum += thread.run().systemNanos();
        }
        return sum;
    }

    /** Page faults, of living and ended threads. */
    public static long faults(ThreadGroup group) {
        long sum = group.times().endedFaults;
        for (Task thread : group.threads()) {
            sum += thread.run().faults();
        }
        return sum;
    }

    void threadEnded(Task task) {
        endedUser += task.run().userNanos();
        endedSystem += task.run().systemNanos();
        endedFaults += task.run().faults();
        endedTransfers.add(task.transfers());
        lastUid = task.credentials().uid();
    }

    /** A child was waited for: its times, and those of its children, count as this one's. */
    public void addChild(ThreadGroup child) {
        childrenUser += user(child) + child.times().childrenUser;
        childrenSystem += system(child) + child.times().childrenSystem;
        childrenFaults += faults(child) + child.times().childrenFaults;
        long most = Math.max(child.times().maxResident, child.times().childrenMaxResident);
        childrenMaxResident = Math.max(childrenMaxResident, most);
    }

    long userTicks() {
        return endedUser / NANOS_PER_TICK;
    }

    long systemTicks() {
        return endedSystem / NANOS_PER_TICK;
    }
}
