package dev.littlecloud.kernel.mm;

/** How a memory access that found no usable page ended. */
public enum FaultResult {
    /** The page is there now; try again. */
    RESOLVED,
    /** Nothing is mapped there: SIGSEGV with SEGV_MAPERR. */
    NOT_MAPPED,
    /** The area does not allow it: SIGSEGV with SEGV_ACCERR. */
    NOT_ALLOWED,
    /** Behind the end of the file: SIGBUS. */
    BEYOND_FILE,
    /** The instance has no memory left. */
    OUT_OF_MEMORY
}
