package dev.littlecloud.node;

import dev.littlecloud.node.Launcher.Unit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The instances of a fleet. Guarded by the fleet's lock. */
final class Members {
    private final List<Member> all = new ArrayList<>();

    void add(Member member) {
        all.add(member);
    }

    void remove(Member member) {
        all.remove(member);
    }

    boolean contains(Member member) {
        return all.contains(member);
    }

    boolean isEmpty() {
        return all.isEmpty();
    }

    /**
     * Whether one more may be started. Those that were asked to end do not count, or a burst would
     * have to wait for them; but they are not more than the others may be.
     */
    boolean haveRoom(long max) {
        long stopping = all.stream().filter(member -> member.isStopping).count();
        return all.size() - Math.min(stopping, max) < max;
    }

    /** As they are now: changes meanwhile do not matter. */
    List<Member> copy() {
        return List.copyOf(all);
    }

    /** Those that take requests. */
    List<Member> ready() {
        return all.stream().filter(Member::isReady).toList();
    }

    Optional<Member> leastBusy() {
        return ready().stream().min(Comparator.comparingInt(member -> member.active));
    }

    Optional<Member> frozen() {
        return all.stream().filter(member -> member.isFrozen).findFirst();
    }

    long starting() {
        return all.stream().filter(member -> member.isStarting).count();
    }

    /** Those that are there, and to stay. */
    long counting() {
        return all.stream().filter(Member::counts).count();
    }

    boolean areAllEnding() {
        return all.stream().allMatch(member -> member.isEnding);
    }

    /**
     * Whether some are under way.
     *
     * @param besideStreams of other requests than those that became streams of bytes
     */
    boolean haveRequests(boolean besideStreams) {
        return all.stream()
                .anyMatch(member -> member.active > (besideStreams ? member.streams : 0));
    }

    boolean haveStreams() {
        return all.stream().anyMatch(member -> member.streams > 0);
    }

    /** Those that a machine runs. */
    Stream<Member> up() {
        return all.stream().filter(Member::isUp);
    }

    /** Those whose end is not under way, also where they get no more requests. */
    List<Member> upAndNotEnding() {
        return up().filter(member -> !member.isEnding || member.isOnce).toList();
    }

    List<Unit> units() {
        return up().map(Member::running).toList();
    }
}
