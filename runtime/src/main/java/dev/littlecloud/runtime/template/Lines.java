package dev.littlecloud.runtime.template;

import dev.littlecloud.kernel.net.HostEvents;
import dev.littlecloud.kernel.net.HostStream;
import dev.littlecloud.kernel.net.LostStream;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The connections of one instance, in whichever clone it goes on. They stay open while it is frozen,
 * and what comes through them then asks for it to be thawed. Thread-safe.
 */
public final class Lines {
    private final Set<Line> open = new LinkedHashSet<>();
    private final Runnable whenWanted;
    private List<Line> frozen = List.of();
    private volatile long movedAt = System.nanoTime();

    /**
     * @param whenWanted runs when bytes came for an instance that is frozen; quick, on any thread
     */
    public Lines(Runnable whenWanted) {
        this.whenWanted = whenWanted;
    }

    /** Nanoseconds since a byte last went through one of them, or one was made. */
    public long restingNanos() {
        return System.nanoTime() - movedAt;
    }

    /** How many are open. */
    public synchronized int count() {
        return open.size();
    }

    /** Breaks them off, because the instance they led to will not come back. */
    public void breakOff() {
        List<Line> left;
        synchronized (this) {
            left = List.copyOf(open);
            open.clear();
            frozen = List.of();
        }
        left.forEach(Line::breakOff);
    }

    void moved() {
        movedAt = System.nanoTime();
    }

    void wake() {
        whenWanted.run();
    }

    /** Adds a connection, and gives the end of it that is for the instance. */
    Line.End join(HostStream stream, Traffic traffic) {
        Line line = new Line(stream, this);
        moved();
        synchronized (this) {
            open.add(line);
        }
        return line.attach(traffic);
    }

    synchronized void forget(Line line) {
        open.remove(line);
    }

    /** The ends that the kernel to be frozen has. With its lock held. */
    synchronized List<Line.End> ends() {
        frozen = new ArrayList<>();
        List<Line.End> ends = new ArrayList<>();
        for (Line line : open) {
            Line.End end = line.end();
            if (end != null && end.kernel() != null) {
                frozen.add(line);
                ends.add(end);
            }
        }
        return ends;
    }

    /** Takes the lines from the kernel that was frozen. With its lock held. */
    void detach() {
        List<Line> asleep;
        synchronized (this) {
            asleep = List.copyOf(frozen);
        }
        asleep.forEach(Line::detach);
    }

    /** What a thawed kernel gets for the connection at a place of {@link #ends}. */
    synchronized HostStream thawed(int place, Traffic traffic) {
        return place < frozen.size() && open.contains(frozen.get(place))
                ? frozen.get(place).attach(traffic)
                : LostStream.INSTANCE;
    }

    /**
     * A thawed kernel is complete.
     *
     * @param listeners those that hear of connections, by the same places
     */
    void resumed(List<@Nullable Object> listeners) {
        List<Line> asleep;
        synchronized (this) {
            asleep = frozen;
            frozen = List.of();
        }
        moved();
        for (int i = 0; i < listeners.size(); i++) {
            if (!(listeners.get(i) instanceof HostEvents listener)) {
                throw new IllegalStateException("what hears of a connection was frozen with it");
            }
            Line.End end = i < asleep.size() ? asleep.get(i).end() : null;
            if (end != null) {
                end.resumed(listener);
            } else {
                listener.ready(HostStream.READ | HostStream.WRITE);
            }
        }
    }
}
