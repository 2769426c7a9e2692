package dev.littlecloud.machine.kvm;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.littlecloud.sys.Ioctl;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * An exception of the program that KVM still holds when a kick ends a run before its delivery. Left
 * there, it would be delivered to whatever the processor runs next.
 */
final class PendingException {
    private static final int INJECTED = 0;
    private static final int VECTOR = 1;
    private static final int HAS_ERROR_CODE = 2;
    private static final int ERROR_CODE = 4;

    /** {@code flags} of {@code struct kvm_vcpu_events}: what else than the exception is valid. */
    private static final int FLAGS = 20;

    private final int fd;
    private final MemorySegment events;

    PendingException(int fd, Arena arena) {
        this.fd = fd;
        this.events = arena.allocate(KvmApi.VCPU_EVENTS_BYTES, 8);
    }

    /** Takes the exception from KVM, which forgets it; false when there is none. */
    boolean take() {
        Kvm.check("KVM_GET_VCPU_EVENTS", Ioctl.call(fd, KvmApi.GET_VCPU_EVENTS, events));
        if (events.get(JAVA_BYTE, INJECTED) == 0) {
            return false;
        }
        byte vector = events.get(JAVA_BYTE, VECTOR);
        byte hasErrorCode = events.get(JAVA_BYTE, HAS_ERROR_CODE);
        int errorCode = events.get(JAVA_INT, ERROR_CODE);
        events.fill((byte) 0);
        events.set(JAVA_INT, FLAGS, 0);
        Kvm.check("KVM_SET_VCPU_EVENTS", Ioctl.call(fd, KvmApi.SET_VCPU_EVENTS, events));
        events.set(JAVA_BYTE, VECTOR, vector);
        events.set(JAVA_INT, ERROR_CODE, hasErrorCode == 0 ? 0 : errorCode);
        return true;
    }

    int vector() {
        return events.get(JAVA_BYTE, VECTOR) & 0xFF;
    }

    long errorCode() {
        return events.get(JAVA_INT, ERROR_CODE) & 0xFFFF_FFFFL;
    }
}
