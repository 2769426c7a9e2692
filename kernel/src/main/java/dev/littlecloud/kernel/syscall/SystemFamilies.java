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
    }
}
