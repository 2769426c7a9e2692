package dev.littlecloud.machine;

/** The host refused something a machine needs. Ends the machine it concerns, nothing else. */
public final class MachineException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int errno;

    public MachineException(String operation, int errno) {
        super(operation + " failed: errno " + errno);
        this.errno = errno;
    }

    /** The host's errno, positive. */
    public int errno() {
        return errno;
    }
}
