package dev.littlecloud.machine.kvm;

import dev.littlecloud.sys.Ioctl;

/** Numbers and offsets of include/uapi/linux/kvm.h and arch/x86/include/uapi/asm/kvm.h. */
final class KvmApi {
    private static final int TYPE = 0xae;

    static final int API_VERSION = 12;

    static final long GET_API_VERSION = Ioctl.none(TYPE, 0x00);
    static final long CREATE_VM = Ioctl.none(TYPE, 0x01);
    static final long CHECK_EXTENSION = Ioctl.none(TYPE, 0x03);
    static final long GET_VCPU_MMAP_SIZE = Ioctl.none(TYPE, 0x04);
    static final long GET_SUPPORTED_CPUID = Ioctl.readWrite(TYPE, 0x05, 8);
    static final long CREATE_VCPU = Ioctl.none(TYPE, 0x41);
    static final long SET_NR_MMU_PAGES = Ioctl.none(TYPE, 0x44);
    static final long SET_USER_MEMORY_REGION = Ioctl.write(TYPE, 0x46, 32);
    static final long RUN = Ioctl.none(TYPE, 0x80);
    static final long GET_SREGS = Ioctl.read(TYPE, 0x83, 312);
    static final long SET_MSRS = Ioctl.write(TYPE, 0x89, 8);
    static final long SET_CPUID2 = Ioctl.write(TYPE, 0x90, 8);
    static final long GET_CPUID2 = Ioctl.readWrite(TYPE, 0x91, 8);
    static final long GET_TSC_KHZ = Ioctl.none(TYPE, 0xa3);
    static final int VCPU_EVENTS_BYTES = 64;
    static final long GET_VCPU_EVENTS = Ioctl.read(TYPE, 0x9f, VCPU_EVENTS_BYTES);
    static final long SET_VCPU_EVENTS = Ioctl.write(TYPE, 0xa0, VCPU_EVENTS_BYTES);
    static final long GET_XSAVE = Ioctl.read(TYPE, 0xa4, 4096);
    static final long SET_XSAVE = Ioctl.write(TYPE, 0xa5, 4096);
    static final long SET_XCRS = Ioctl.write(TYPE, 0xa7, 392);
    static final long SET_DEVICE_ATTR = Ioctl.write(TYPE, 0xe1, 24);
    static final long GET_DEVICE_ATTR = Ioctl.write(TYPE, 0xe2, 24);

    static final int CAP_USER_MEMORY = 3;
    static final int CAP_SYNC_REGS = 74;
    static final int CAP_READONLY_MEM = 81;
    static final int CAP_IMMEDIATE_EXIT = 136;

    static final int MEM_READONLY = 2;

    static final int EXIT_IO = 2;
    static final int EXIT_HLT = 5;
    static final int EXIT_MMIO = 6;
    static final int EXIT_SHUTDOWN = 8;
    static final int EXIT_FAIL_ENTRY = 9;
    static final int EXIT_INTR = 10;
    static final int EXIT_INTERNAL_ERROR = 17;
    static final int EXIT_SYSTEM_EVENT = 24;

    static final int SYNC_REGS = 1;
    static final int SYNC_SREGS = 2;

    // struct kvm_run
    static final int RUN_IMMEDIATE_EXIT = 1;
    static final int RUN_EXIT_REASON = 8;
    static final int RUN_IO_DIRECTION_SIZE_PORT = 32;
    static final int RUN_IO_COUNT = 36;
    static final int RUN_DETAIL = 32;
    static final int RUN_VALID_REGS = 288;
    static final int RUN_DIRTY_REGS = 296;
    static final int RUN_REGS = 304;
    static final int RUN_SREGS = 448;

    static final int IO_OUT = 1;

    static final int REGS_BYTES = 144;
    static final int SREGS_BYTES = 312;

    // struct kvm_sregs
    static final int SREGS_CS = 0;
    static final int SREGS_DS = 24;
    static final int SREGS_ES = 48;
    static final int SREGS_FS = 72;
    static final int SREGS_CR2 = 232;
    static final int SREGS_GS = 96;
    static final int SREGS_SS = 120;
    static final int SEGMENT_DPL = 16;
    static final int SREGS_TR = 144;
    static final int SREGS_LDT = 168;
    static final int SREGS_GDT = 192;
    static final int SREGS_IDT = 208;
    static final int SREGS_CR0 = 224;
    static final int SREGS_CR3 = 240;
    static final int SREGS_CR4 = 248;
    static final int SREGS_EFER = 264;

    static final int MSR_STAR = 0xc000_0081;
    static final int MSR_LSTAR = 0xc000_0082;
    static final int MSR_SYSCALL_MASK = 0xc000_0084;

    private KvmApi() {}
}
