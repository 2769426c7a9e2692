package dev.littlecloud.machine;

/**
 * The user-mode registers of a virtual processor. Reading {@link #fsBase()} or {@link #gsBase()}
 * after a run may cost a call to the host, as the guest can change them on its own.
 */
public interface Registers {

    /** Positions in the arrays of {@link #save} and {@link #load}. */
    int RAX = 0;

    int RBX = 1;
    int RCX = 2;
    int RDX = 3;
    int RSI = 4;
    int RDI = 5;
    int RSP = 6;
    int RBP = 7;
    int R8 = 8;
    int R9 = 9;
    int R10 = 10;
    int R11 = 11;
    int R12 = 12;
    int R13 = 13;
    int R14 = 14;
    int R15 = 15;
    int RIP = 16;
    int RFLAGS = 17;
    int FS_BASE = 18;
    int GS_BASE = 19;

    /** Length of the arrays of {@link #save} and {@link #load}. */
    int COUNT = 20;

    /** Any register by its position. */
    long get(int position);

    void set(int position, long value);

    /** Copies all but the page-table root into an array of {@link #COUNT} longs. */
    void save(long[] image);

    /** Sets all but the page-table root from an array of {@link #COUNT} longs. */
    void load(long[] image);

    long rax();

    void rax(long value);

    long rbx();

    void rbx(long value);

    long rcx();

    void rcx(long value);

    long rdx();

    void rdx(long value);

    long rsi();

    void rsi(long value);

    long rdi();

    void rdi(long value);

    long rsp();

    void rsp(long value);

    long rbp();

    void rbp(long value);

    long r8();

    void r8(long value);

    long r9();

    void r9(long value);

    long r10();

    void r10(long value);

    long r11();

    void r11(long value);

    long r12();

    void r12(long value);

    long r13();

    void r13(long value);

    long r14();

    void r14(long value);

    long r15();

    void r15(long value);

    long rip();

    void rip(long value);

    /** Flags as a Linux program sees them: IOPL always 0, IF always 1. */
    long rflags();

    /** Sets the flags a user program may set; the others are kept as they must be. */
    void rflags(long value);

    long fsBase();

    void fsBase(long value);

    /** The FS base unless the program has changed it by itself since it was last set or read. */
    long knownFsBase();

    long gsBase();

    void gsBase(long value);

    /** Root of the address space (CR3): {@link PageTables#root()}. */
    long pageTableRoot();

    void pageTableRoot(long root);
}
