package dev.littlecloud.kernel.syscall;

/** The calls about time, identity, limits and the system as a whole. */
final class SystemFamilies {
    private SystemFamilies() {}

    static void register(SyscallTable table) {
        TimeCalls.register(table);
        SleepCalls.register(table);
        TimerCalls.register(table);
        PosixTimerCalls.register(table);
        IdentityCalls.register(table);
        GroupCalls.register(table);
        CapabilityCalls.register(table);
        PrctlCalls.register(table);
        ArchCalls.register(table);
        SystemInfoCalls.register(table);
        LimitCalls.register(table);
        UsageCalls.register(table);
        ScheduleCalls.register(table);
        PriorityCalls.register(table);
        MembarrierCalls.register(table);
        RestartableCalls.register(table);
        LockMemoryCalls.register(table);
        NumaCalls.register(table);
        CompareCalls.register(table);
        ProcessMemoryCalls.register(table);
        PtraceCalls.register(table);
        ProcessDescriptorCalls.register(table);
        MemoryKeyCalls.register(table);
        ShmCalls.register(table);
        SemCalls.register(table);
        MsgCalls.register(table);
        MqCalls.register(table);
        SeccompCalls.register(table);
        RefusedCalls.register(table);
    }
}
