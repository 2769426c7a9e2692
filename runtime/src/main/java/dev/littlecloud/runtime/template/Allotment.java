package dev.littlecloud.runtime.template;

import java.util.List;

/**
 * Shares out the room for clones that are made ahead. Each service gets one at first, then as many as
 * its bursts take, then a few. Each time those that were used last are served first, so the ones that
 * were not used for the longest time have to give way.
 */
final class Allotment {
    /**
     * What services have that never had as many starts at once, where there is room. Whoever fetches a
     * page for people asks for what belongs to it over several connections.
     */
    static final int A_FEW = 4;

    private final List<Wish> wishes;
    private final int[] counts;
    private int clonesLeft;
    private long bytesLeft;

    /**
     * What a service wants.
     *
     * @param clones for its next burst
     * @param most how many instances it may have
     * @param bytesEach how much memory of the host one of them takes
     */
    record Wish(int clones, int most, long bytesEach) {}

    private Allotment(List<Wish> wishes, int clones, long bytes) {
        this.wishes = wishes;
        this.counts = new int[wishes.size()];
        this.clonesLeft = clones;
        this.bytesLeft = bytes;
    }

    /**
     * How many each service may have.
     *
     * @param wishes the service that was used last first
     * @param clones how many there may be
     * @param bytes what they may take together
     */
    static int[] of(List<Wish> wishes, int clones, long bytes) {
        Allotment shares = new Allotment(wishes, clones, bytes);
        for (int i = 0; i < wishes.size(); i++) {
            shares.upTo(1, i);
        }
        for (int i = 0; i < wishes.size(); i++) {
            shares.upTo(wishes.get(i).clones, i);
        }
        for (int i = 0; i < wishes.size(); i++) {
            shares.upTo(A_FEW, i);
        }
        return shares.counts;
    }

    private void upTo(int count, int service) {
        long each = wishes.get(service).bytesEach;
        int wanted = Math.min(count, wishes.get(service).most);
        while (counts[service] < wanted && clonesLeft > 0 && bytesLeft >= each) {
            counts[service]++;
            clonesLeft--;
            bytesLeft -= each;
        }
    }
}
