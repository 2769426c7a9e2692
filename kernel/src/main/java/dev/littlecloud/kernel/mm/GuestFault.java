package dev.littlecloud.kernel.mm;

/**
 * A guest pointer that does not lead to memory the guest may use. Thrown by {@link UserMemory} and
 * turned into {@code -EFAULT} by the system-call dispatcher.
 *
 * <p>This is the one exception on a guest's path: checking a result after each of the many field
 * reads of a structure made every handler longer and easier to get wrong. It is preallocated and
 * has no stack trace, so a guest gains nothing by causing it in a loop.
 */
public final class GuestFault extends RuntimeException {
    private static final long serialVersionUID = 1L;
    static final GuestFault INSTANCE = new GuestFault();

    private GuestFault() {
        super("guest pointer", null, false, false);
    }
}
