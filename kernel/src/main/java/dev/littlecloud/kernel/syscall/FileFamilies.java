package dev.littlecloud.kernel.syscall;

/** The families of calls on files, descriptors and pipes. */
final class FileFamilies {
    private FileFamilies() {}

    static void register(SyscallTable table) {
        OpenCalls.register(table);
        TransferCalls.register(table);
        StatCalls.register(table);
        DirectoryCalls.register(table);
        NameCalls.register(table);
        AttributeCalls.register(table);
        TimestampCalls.register(table);
        SizeCalls.register(table);
        DescriptorCalls.register(table);
        LockCalls.register(table);
        IoctlCalls.register(table);
        PipeCalls.register(table);
        CopyCalls.register(table);
        SpliceCalls.register(table);
        AioCalls.register(table);
        CacheCalls.register(table);
        ExtendedAttributeCalls.register(table);
        InotifyCalls.register(table);
        MemoryFileCalls.register(table);
        NamespaceCalls.register(table);
    }
}
