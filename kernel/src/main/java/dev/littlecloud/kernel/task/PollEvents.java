package dev.littlecloud.kernel.task;

/** Readiness bits as poll(2) and epoll(7) share them. */
public final class PollEvents {
    public static final int IN = 0x001;
    public static final int PRI = 0x002;
    public static final int OUT = 0x004;
    public static final int ERR = 0x008;
    public static final int HUP = 0x010;
    public static final int NVAL = 0x020;
    public static final int RDNORM = 0x040;
    public static final int RDBAND = 0x080;
    public static final int WRNORM = 0x100;
    public static final int WRBAND = 0x200;
    public static final int MSG = 0x400;
    public static final int RDHUP = 0x2000;

    /** What a readable file reports. */
    public static final int READABLE = IN | RDNORM;

    /** What a writable file reports. */
    public static final int WRITABLE = OUT | WRNORM;

    public static final int ALL = 0xFFFF;

    private PollEvents() {}
}
