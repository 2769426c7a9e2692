package dev.littlecloud.kernel.syscall;

/** Offsets of {@code struct msghdr} and {@code struct mmsghdr}, x86-64. */
final class MessageHeader {
    static final int NAME = 0;
    static final int NAME_LENGTH = 8;
    static final int RANGES = 16;
    static final int RANGE_COUNT = 24;
    static final int CONTROL = 32;
    static final int CONTROL_LENGTH = 40;
    static final int FLAGS = 48;

    /** The {@code msg_len} of {@code struct mmsghdr}. */
    static final int TRANSFERRED = 56;

    /** sizeof(struct mmsghdr). */
    static final int BYTES_IN_ARRAY = 64;

    private MessageHeader() {}
}
