package dev.littlecloud.kernel.syscall;

/** Flags and commands that the calls of System V IPC share; {@code <linux/ipc.h>}. */
final class IpcCommands {
    static final int IPC_CREAT = 01000;
    static final int IPC_EXCL = 02000;
    static final int IPC_NOWAIT = 04000;
    static final int CREATE_NEW = IPC_CREAT | IPC_EXCL;

    static final int IPC_RMID = 0;
    static final int IPC_SET = 1;
    static final int IPC_STAT = 2;
    static final int IPC_INFO = 3;

    private IpcCommands() {}
}
