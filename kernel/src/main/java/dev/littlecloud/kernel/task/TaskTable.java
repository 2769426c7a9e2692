package dev.littlecloud.kernel.task;

import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** All threads, processes, process groups and sessions of an instance, by id. */
public final class TaskTable {
    /** pid_max: ids go up to here and start over. */
    public static final int PID_MAX = 32768;

    private final Map<Integer, Task> tasks = new HashMap<>();
    private final TreeMap<Integer, ThreadGroup> processes = new TreeMap<>();
    private final Map<Integer, ProcessGroup> groups = new HashMap<>();
    private final int limit;
    private int zombies;
    private int lastId;

    public TaskTable(int limit) {
        this.limit = limit;
    }

    /** A free id, or -1 where the instance has as many tasks as it may. */
    public int newId() {
        // As in a control group of Linux, a zombie counts until it was waited for.
        int taken = tasks.size() + zombies;
        if (taken >= limit || tasks.size() + processes.size() >= PID_MAX - 300) {
            return -1;
        }
        do {
            lastId = lastId + 1 >= PID_MAX ? 300 : lastId + 1;
        } while (isTaken(lastId));
        return lastId;
    }

    /** Takes a particular id, to restore or to name a thread; see clone3(2), set_tid. */
    private boolean isTaken(int id) {
        return tasks.containsKey(id) || processes.containsKey(id) || groups.containsKey(id);
    }

    public void add(Task task) {
        tasks.put(task.tid(), task);
    }

    public void remove(Task task) {
        tasks.remove(task.tid(), task);
    }

    public @Nullable Task task(int tid) {
        return tasks.get(tid);
    }

    public Collection<Task> tasks() {
        return tasks.values();
    }

    public int taskCount() {
        return tasks.size();
    }

    public void add(ThreadGroup process) {
        processes.put(process.pid(), process);
    }

    /** A process has ended and was not waited for yet. */
    void becameZombie() {
        zombies++;
    }

    /** A traced thread counts as a zombie does until its tracer was told of its end. */
    public void tracedThreadEnded() {
        zombies++;
    }

    public void tracedThreadForgotten() {
        zombies--;
    }

    /** The process is gone for good: it was waited for. */
    public void remove(ThreadGroup process) {
        zombies -= process.isZombie() ? 1 : 0;
        processes.remove(process.pid());
        ProcessGroup group = process.processGroup();
        group.members().remove(process);
        if (group.members().isEmpty()) {
            removeGroup(group);
        }
    }

    /** A process that was not waited for yet, zombies included. */
    public @Nullable ThreadGroup process(int pid) {
        return processes.get(pid);
    }

    /** All processes in order of their ids. */
    public Collection<ThreadGroup> processes() {
        return Collections.unmodifiableCollection(processes.values());
    }

    public @Nullable ThreadGroup init() {
        return processes.get(1);
    }

    public void addGroup(ProcessGroup group) {
        groups.put(group.id(), group);
    }

    public void removeGroup(ProcessGroup group) {
        groups.remove(group.id(), group);
    }

    public @Nullable ProcessGroup group(int id) {
        return groups.get(id);
    }

    /** The last id given out, for /proc/loadavg. */
    public int lastId() {
        return lastId;
    }
}
