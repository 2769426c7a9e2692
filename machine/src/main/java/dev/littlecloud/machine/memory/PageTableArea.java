package dev.littlecloud.machine.memory;

import dev.littlecloud.machine.MachineException;
import dev.littlecloud.machine.MemoryImage;
import dev.littlecloud.sys.Errno;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The pages that page tables are made of.
 *
 * <p>A KVM that shadows page tables does not notice when the host gives a table page a new life: it
 * keeps what it knew of the old one until the memory slot of the page is removed. Removing any slot
 * makes it forget all it knows of all address spaces, which is dear. So freed pages wait in
 * quarantine until there are many, and then come back together.
 *
 * <p>The area grows downwards, from the end of its room, below which nothing is: what an image has of
 * it lies right before RAM, in host memory as in the file, so that both are one mapping of the process.
 */
final class PageTableArea {
    static final long GUEST_PHYSICAL_BASE = 0x4000_0000L;

    private static final long MAX_BYTES = 0x8_0000_0000L;
    private static final long MIN_BYTES = 64L << 20;

    private static final long CHUNK_BYTES = MemoryImage.TableChunk.BYTES;
    private static final int CHUNK_PAGES = (int) (CHUNK_BYTES / HostCalls.PAGE_SIZE);

    /** How many freed pages are worth making the processors forget all translations. */
    private static final int RECYCLING_PAGES = 4 * CHUNK_PAGES;

    private final Slots slots;
    private final Reservation reservation;
    private final int maxChunks;
    private final List<Chunk> chunks = new ArrayList<>();

    /** Where the part begins that came with an image. */
    private final long imageOffset;

    /** Tables with shares, by their offsets. */
    private final Map<Long, SharedLeaf> shared = new HashMap<>();

    private int livePages;
    private int quarantinedPages;

    private static final class Chunk {
        final long offset;
        int slot;
        int live;
        final BitSet fresh = new BitSet(CHUNK_PAGES);
        final BitSet quarantined = new BitSet(CHUNK_PAGES);

        Chunk(long offset, int slot) {
            this.offset = offset;
            this.slot = slot;
            fresh.set(0, CHUNK_PAGES);
        }

        boolean isWhollyFree() {
            return live == 0 && !quarantined.isEmpty();
        }
    }

    /**
     * @param reservation of which the first {@link #room} bytes are for the area
     */
    PageTableArea(Slots slots, Reservation reservation, long ramBytes) {
        this.slots = slots;
        this.reservation = reservation;
        this.maxChunks = (int) (room(ramBytes) / CHUNK_BYTES);
        this.imageOffset = room(ramBytes);
    }

    /** The area as an image has it. */
    PageTableArea(Slots slots, Reservation reservation, MemoryImage image) {
        this.slots = slots;
        this.reservation = reservation;
        this.maxChunks = (int) (room(image.ramBytes()) / CHUNK_BYTES);
        this.imageOffset = start(image);
        for (MemoryImage.TableChunk chunk : image.chunks()) {
            long offset = offsetOfChunk(chunks.size());
            Chunk copy = new Chunk(offset, addSlot(offset));
            copy.fresh.and(chunk.fresh());
            copy.quarantined.or(chunk.quarantined());
            copy.live = CHUNK_PAGES - copy.fresh.cardinality() - copy.quarantined.cardinality();
            chunks.add(copy);
            livePages += copy.live;
            quarantinedPages += copy.quarantined.cardinality();
        }
    }

    /** Which pages are in use, chunk by chunk. */
    List<MemoryImage.TableChunk> chunks() {
        return chunks.stream()
                .map(
                        chunk ->
                                new MemoryImage.TableChunk(
                                        (BitSet) chunk.fresh.clone(),
                                        (BitSet) chunk.quarantined.clone()))
                .toList();
    }

    /** How much room the page tables of a machine get at most, in bytes. */
    static long room(long ramBytes) {
        long bytes = Math.min(Math.max(ramBytes, MIN_BYTES), MAX_BYTES);
        return bytes / CHUNK_BYTES * CHUNK_BYTES;
    }

    /** Where in the room the part begins that an image has. */
    static long start(MemoryImage image) {
        long start = room(image.ramBytes()) - image.tableBytes();
        if (start < 0) {
            throw noRoom();
        }
        return start;
    }

    private static MachineException noRoom() {
        return new MachineException("room for page tables", Errno.ENOMEM);
    }

    private long offsetOfChunk(int index) {
        return (maxChunks - 1 - index) * CHUNK_BYTES;
    }

    private Chunk chunkAt(long offset) {
        return chunks.get(maxChunks - 1 - (int) (offset / CHUNK_BYTES));
    }

    /** Where the page is that was allocated first; those after it follow. */
    long firstOffset() {
        return offsetOfChunk(0);
    }

    /** Where the area begins by now. */
    long lowestOffset() {
        return offsetOfChunk(chunks.size() - 1);
    }

    /** Size of all chunks. */
    long bytes() {
        return chunks.size() * CHUNK_BYTES;
    }

    /** Whether a page has content worth keeping. */
    boolean isLive(long offset) {
        Chunk chunk = chunkAt(offset);
        int page = (int) (offset % CHUNK_BYTES / HostCalls.PAGE_SIZE);
        return !chunk.fresh.get(page) && !chunk.quarantined.get(page);
    }

    /** Host view; offsets of pages are offsets into it. */
    MemorySegment segment() {
        return reservation.segment();
    }

    static long guestPhysical(long offset) {
        return GUEST_PHYSICAL_BASE + offset;
    }

    static long offsetOf(long guestPhysical) {
        return guestPhysical - GUEST_PHYSICAL_BASE;
    }

    /** The offset of a zeroed page. */
    long allocate() {
        for (int attempt = 0; ; attempt++) {
            for (Chunk chunk : chunks) {
                int page = chunk.fresh.nextSetBit(0);
                if (page >= 0) {
                    chunk.fresh.clear(page);
                    chunk.live++;
                    livePages++;
                    return chunk.offset + page * HostCalls.PAGE_SIZE;
                }
            }
            if (attempt > 0 || !recycleFreeChunks()) {
                addChunk();
            }
        }
    }

    /** A table that several page tables can have; its maker has a share. */
    SharedLeaf allocateShared() {
        SharedLeaf leaf = new SharedLeaf(this, allocate());
        shared.put(leaf.offset(), leaf);
        return leaf;
    }

    SharedLeaf shared(long offset) {
        SharedLeaf leaf = shared.get(offset);
        if (leaf == null) {
            throw new IllegalStateException("not shared: " + offset);
        }
        return leaf;
    }

    /** Nobody has a share any more. */
    void unshare(SharedLeaf leaf) {
        shared.remove(leaf.offset());
    }

    /**
     * Has all processors forget what they know of all page tables: a host that shadows them looks at
     * a directory only once. The removal of any memory slot does it; here is one for nothing else.
     */
    void forgetDirectories() {
        slots.remove(
                slots.add(
                        GUEST_PHYSICAL_BASE - HostCalls.PAGE_SIZE,
                        reservation.address() + firstOffset(),
                        HostCalls.PAGE_SIZE,
                        false));
    }

    /** Takes a page out of use. Its content stays what it is until the page is recycled. */
    void free(long offset) {
        Chunk chunk = chunkAt(offset);
        int page = (int) (offset % CHUNK_BYTES / HostCalls.PAGE_SIZE);
        chunk.quarantined.set(page);
        chunk.live--;
        livePages--;
        quarantinedPages++;
    }

    long usedBytes() {
        return (livePages + quarantinedPages) * HostCalls.PAGE_SIZE;
    }

    boolean wantsRecycling() {
        return quarantinedPages >= RECYCLING_PAGES;
    }

    /** Makes all quarantined pages fresh. No virtual processor may be in the guest. */
    boolean recycle() {
        if (quarantinedPages == 0) {
            return false;
        }
        for (Chunk chunk : chunks) {
            if (!chunk.quarantined.isEmpty()) {
                recycle(chunk);
            }
        }
        return true;
    }

    /** The same for chunks nobody uses; needs no processor to stop. */
    private boolean recycleFreeChunks() {
        int pages = 0;
        for (Chunk chunk : chunks) {
            if (chunk.isWhollyFree()) {
                pages += chunk.quarantined.cardinality();
            }
        }
        if (pages < RECYCLING_PAGES) {
            return false;
        }
        for (Chunk chunk : chunks) {
            if (chunk.isWhollyFree()) {
                recycle(chunk);
            }
        }
        return true;
    }

    private void recycle(Chunk chunk) {
        slots.remove(chunk.slot);
        if (chunk.live == 0 && chunk.offset < imageOffset) {
            reservation.discard(chunk.offset, CHUNK_BYTES);
        } else {
            chunk.quarantined.stream().forEach(page -> discardPage(chunk, page));
        }
        quarantinedPages -= chunk.quarantined.cardinality();
        chunk.fresh.or(chunk.quarantined);
        chunk.quarantined.clear();
        chunk.slot = addSlot(chunk.offset);
    }

    private void discardPage(Chunk chunk, int page) {
        reservation
                .segment()
                .asSlice(chunk.offset + page * HostCalls.PAGE_SIZE, HostCalls.PAGE_SIZE)
                .fill((byte) 0);
    }

    private void addChunk() {
        int index = chunks.size();
        if (index == maxChunks) {
            throw noRoom();
        }
        long offset = offsetOfChunk(index);
        reservation.ensureFrom(offset);
        chunks.add(new Chunk(offset, addSlot(offset)));
    }

    private int addSlot(long offset) {
        return slots.add(guestPhysical(offset), reservation.address() + offset, CHUNK_BYTES, true);
    }
}
