package dev.littlecloud.kernel.syscall;

/** Puts the families together. Each family is a class with a static {@code register(SyscallTable)}. */
public final class SyscallTables {
    private static final SyscallTable LINUX = make();

    private SyscallTables() {}

    /** All system calls there are. Nobody changes the table; all instances share it. */
    public static SyscallTable linux() {
        return LINUX;
    }

    private static SyscallTable make() {
        SyscallTable table = new SyscallTable();
        CloneCalls.register(table);
        WaitCalls.register(table);
        ExecCalls.register(table);
        SignalCalls.register(table);
        KillCalls.register(table);
        ProcessGroupCalls.register(table);
        FutexCalls.register(table);
        FutexVectorCalls.register(table);
        MapCalls.register(table);
        RemapCalls.register(table);
        AdviceCalls.register(table);
        SocketCalls.register(table);
        MessageCalls.register(table);
        ManyMessageCalls.register(table);
        PollCalls.register(table);
        SelectCalls.register(table);
        EpollCalls.register(table);
        EventCalls.register(table);
        FileFamilies.register(table);
        SystemFamilies.register(table);
        table.addMissing();
        return table;
    }
}
