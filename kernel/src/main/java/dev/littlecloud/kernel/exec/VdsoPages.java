package dev.littlecloud.kernel.exec;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.mm.AddressSpace;
import dev.littlecloud.kernel.mm.Frames;
import dev.littlecloud.kernel.mm.PageCache;
import dev.littlecloud.kernel.mm.Vma;
import dev.littlecloud.kernel.time.vdso.Vdso;
import dev.littlecloud.kernel.time.vdso.VdsoData;
import dev.littlecloud.machine.GuestMemory;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The pages of the vDSO in an instance's RAM, which all its address spaces map: the data page, and
 * the object behind it. Guarded by the instance lock.
 */
public final class VdsoPages {
    /** Pages that stay as long as the instance. */
    private static final class KernelPages extends PageCache {
        private final int[] frames;

        KernelPages(int... frames) {
            this.frames = frames;
        }

        @Override
        public long size() {
            return (long) frames.length << Frames.SHIFT;
        }

        @Override
        public long pageForRead(long index) {
            return Frames.address(frames[(int) index]);
        }

        @Override
        public long pageForWrite(long index) {
            return -Errno.EACCES;
        }

        @Override
        public boolean isPageWritable(long index) {
            return false;
        }

        @Override
        public void retain() {}

        @Override
        public void release() {}
    }

    private final MemorySegment dataPage;
    private final KernelPages data;
    private final KernelPages object;

    public VdsoPages(GuestMemory memory, Frames frames) {
        int dataFrame = frames.allocate();
        int[] objectFrames = new int[Vdso.size() >> Frames.SHIFT];
        byte[] image = Vdso.build();
        for (int i = 0; i < objectFrames.length; i++) {
            objectFrames[i] = frames.allocate();
            MemorySegment.copy(
                    image,
                    i << Frames.SHIFT,
                    memory.ram(),
                    ValueLayout.JAVA_BYTE,
                    (long) objectFrames[i] << Frames.SHIFT,
                    Frames.SIZE);
        }
        this.dataPage = memory.ram().asSlice((long) dataFrame << Frames.SHIFT, Frames.SIZE);
        this.data = new KernelPages(dataFrame);
        this.object = new KernelPages(objectFrames);
    }

    /** The page that {@link VdsoData} is written to; zeros at first, which is valid. */
    public MemorySegment dataPage() {
        return dataPage;
    }

    /** Maps both into a new program: the address of the object, or 0 where there is no room. */
    public long map(AddressSpace space) {
        long length = VdsoData.SIZE + object.size();
        long start = space.findFree(0, length, false);
        if (start < 0) {
            return 0;
        }
        long base = start + VdsoData.SIZE;
        Vma first = space.map(start, VdsoData.SIZE, Vma.READ, false, data, 0, "[vvar]");
        Vma second =
                space.map(base, object.size(), Vma.READ | Vma.EXEC, false, object, 0, "[vdso]");
        if (first == null || second == null) {
            return 0;
        }
        // Every program reads both before it does anything else.
        space.populate(start, start + length, false);
        return base;
    }
}
