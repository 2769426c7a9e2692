package dev.littlecloud.kernel.signal;

import dev.littlecloud.kernel.mm.Frames;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Pending signals of a thread or a process: standard ones once, real-time ones in order. */
public final class SignalQueue {
    /** Most queued signals, RLIMIT_SIGPENDING; standard signals still come without details. */
    private static final int MAX_QUEUED = 8192;

    /** Java objects of a queued signal, charged to the instance. */
    private static final int SIGNAL_BYTES = 96;

    private final Frames frames;
    private final List<SigInfo> queued = new ArrayList<>(2);
    private long mask;

    public SignalQueue(Frames frames) {
        this.frames = frames;
    }

    /** The set of pending signals as a mask. */
    public long mask() {
        return mask;
    }

    /** What is queued, in order. */
    public List<SigInfo> queued() {
        return Collections.unmodifiableList(queued);
    }

    /** Signals that are queued. */
    public int size() {
        return queued.size();
    }

    /** Adds a signal whatever the process's limit is. */
    public boolean add(SigInfo info) {
        return add(info, MAX_QUEUED);
    }

    /**
     * Adds a signal; false where a real-time one finds the queue full (EAGAIN).
     *
     * @param limit RLIMIT_SIGPENDING of the receiver, counted for each queue
     */
    public boolean add(SigInfo info, long limit) {
        long bit = Signal.bit(info.signal());
        boolean realtime = info.signal() >= Signal.FIRST_REALTIME;
        if (!realtime && (mask & bit) != 0) {
            return true;
        }
        if (queued.size() >= Math.min(limit, MAX_QUEUED) || !frames.charge(SIGNAL_BYTES)) {
            if (realtime) {
                return false;
            }
        } else {
            queued.add(info);
        }
        mask |= bit;
        return true;
    }

    /** Takes the first pending signal of a set, the lowest number first; null where none is. */
    public @Nullable SigInfo take(long set) {
        long candidates = mask & set;
        if (candidates == 0) {
            return null;
        }
        long urgent = candidates & Signal.SYNCHRONOUS;
        int signal = Long.numberOfTrailingZeros(urgent != 0 ? urgent : candidates) + 1;
        SigInfo found = null;
        boolean more = false;
        for (int i = 0; i < queued.size(); i++) {
            if (queued.get(i).signal() == signal) {
                if (found == null) {
                    found = queued.remove(i--);
                    frames.uncharge(SIGNAL_BYTES);
                } else {
                    more = true;
                    break;
                }
            }
        }
        if (!more) {
            mask &= ~Signal.bit(signal);
        }
        return found != null ? found : SigInfo.fromProcess(signal, SigInfo.SI_USER, 0, 0);
    }

    /** Forgets all pending signals of a set. */
    public void drop(long set) {
        if ((mask & set) != 0) {
            mask &= ~set;
            int before = queued.size();
            queued.removeIf(info -> (Signal.bit(info.signal()) & set) != 0);
            frames.uncharge((long) (before - queued.size()) * SIGNAL_BYTES);
        }
    }
}
