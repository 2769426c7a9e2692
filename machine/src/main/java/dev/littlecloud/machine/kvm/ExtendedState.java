package dev.littlecloud.machine.kvm;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.littlecloud.sys.Errno;
import dev.littlecloud.sys.Ioctl;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** x87, SSE and AVX registers of a processor, in the XSAVE area's standard format. */
final class ExtendedState {
    private static final int KVM_XSAVE_BYTES = 4096;
    private static final int FCW = 0;
    private static final int MXCSR = 24;
    private static final int STATE_BITS = 512;
    private static final short INITIAL_FCW = 0x37f;
    private static final int INITIAL_MXCSR = 0x1f80;
    private static final long X87_AND_SSE = 3;

    private final int fd;
    private final int bytes;
    private final MemorySegment area;

    ExtendedState(int fd, int bytes, Arena arena) {
        this.fd = fd;
        this.bytes = bytes;
        this.area = arena.allocate(KVM_XSAVE_BYTES, 64);
    }

    int bytes() {
        return bytes;
    }

    void save(MemorySegment into) {
        Kvm.check("KVM_GET_XSAVE", Ioctl.call(fd, KvmApi.GET_XSAVE, area));
        MemorySegment.copy(area, 0, into, 0, bytes);
    }

    /** False when KVM finds the content invalid. */
    boolean load(MemorySegment from) {
        area.fill((byte) 0);
        MemorySegment.copy(from, 0, area, 0, bytes);
        return set();
    }

    void reset() {
        area.fill((byte) 0);
        area.set(JAVA_SHORT, FCW, INITIAL_FCW);
        area.set(JAVA_INT, MXCSR, INITIAL_MXCSR);
        area.set(JAVA_LONG, STATE_BITS, X87_AND_SSE);
        set();
    }

    private boolean set() {
        int result = Ioctl.call(fd, KvmApi.SET_XSAVE, area);
        return result != -Errno.EINVAL && Kvm.check("KVM_SET_XSAVE", result) == 0;
    }
}
