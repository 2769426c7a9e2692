/* Instructions a program may try: what is privileged is a signal, and the process is all that ends. */
#include "../case.h"
#include <setjmp.h>
#include <ucontext.h>

static sigjmp_buf back;
static volatile siginfo_t seen;

static void jump_out(int number, siginfo_t *info, void *context) {
    (void)number, (void)context;
    seen = *info;
    siglongjmp(back, 1);
}

static void catch_all(void) {
    static const int numbers[] = {SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGFPE};
    static char stack[65536];
    stack_t alternate = {.ss_sp = stack, .ss_size = sizeof stack};
    OK(sigaltstack(&alternate, NULL));
    for (int i = 0; i < 5; i++) on_signal_info(numbers[i], jump_out, SA_ONSTACK);
}

/* The signal that the statement raises, 0 if none. */
#define SIGNAL_OF(...)                                           \
    ({                                                           \
        catch_all();                                             \
        seen.si_signo = 0;                                       \
        if (sigsetjmp(back, 1) == 0) { __VA_ARGS__; }            \
        seen.si_signo;                                           \
    })

#define RAISES(number, instructions) \
    CHECK_EQ(SIGNAL_OF(__asm__ volatile(instructions ::: "rax", "rcx", "rdx", "memory")), number)

CASE(interrupt_flag_instructions) {
    RAISES(SIGSEGV, "cli");
    RAISES(SIGSEGV, "sti");
    RAISES(SIGSEGV, "hlt");
}

CASE(port_instructions) {
    RAISES(SIGSEGV, "in $0x60, %%al");
    RAISES(SIGSEGV, "out %%al, $0x80");
    RAISES(SIGSEGV, "mov $0x3f8, %%edx\nin %%dx, %%al");
    RAISES(SIGSEGV, "mov $0xcf8, %%edx\nout %%eax, %%dx");
    CHECK_EQ(seen.si_code, SI_KERNEL);
}

CASE(every_port) {
    for (int port = 0; port < 256; port++) {
        int number = SIGNAL_OF(__asm__ volatile("outb %%al, %%dx" ::"a"(0), "d"(port)));
        if (number != SIGSEGV) FAIL("out to port 0x%x: signal %d", port, number);
        number = SIGNAL_OF(__asm__ volatile("inb %%dx, %%al" ::"d"(port) : "rax"));
        if (number != SIGSEGV) FAIL("in from port 0x%x: signal %d", port, number);
    }
}

CASE(string_port_instructions) {
    static char buffer[64];
    CHECK_EQ(SIGNAL_OF(__asm__ volatile("rep insb" ::"D"(buffer), "c"(64L), "d"(0x60) : "memory")), SIGSEGV);
    CHECK_EQ(SIGNAL_OF(__asm__ volatile("rep outsb" ::"S"(buffer), "c"(64L), "d"(0x60) : "memory")), SIGSEGV);
}

CASE(control_registers) {
    RAISES(SIGSEGV, "mov %%cr0, %%rax");
    RAISES(SIGSEGV, "mov %%cr3, %%rax");
    RAISES(SIGSEGV, "xor %%eax, %%eax\nmov %%rax, %%cr3");
    RAISES(SIGSEGV, "mov %%cr4, %%rax");
    RAISES(SIGSEGV, "mov %%dr7, %%rax");
    RAISES(SIGSEGV, "clts");
}

CASE(model_specific_registers) {
    RAISES(SIGSEGV, "mov $0xc0000080, %%ecx\nrdmsr");
    RAISES(SIGSEGV, "mov $0xc0000082, %%ecx\nxor %%eax, %%eax\nxor %%edx, %%edx\nwrmsr");
}

CASE(system_tables_and_caches) {
    static char table[16];
    CHECK_EQ(SIGNAL_OF(__asm__ volatile("lgdt %0" ::"m"(table))), SIGSEGV);
    CHECK_EQ(SIGNAL_OF(__asm__ volatile("lidt %0" ::"m"(table))), SIGSEGV);
    RAISES(SIGSEGV, "xor %%eax, %%eax\nltr %%ax");
    RAISES(SIGSEGV, "xor %%eax, %%eax\nlldt %%ax");
    RAISES(SIGSEGV, "invlpg (%%rsp)");
    RAISES(SIGSEGV, "wbinvd");
    RAISES(SIGSEGV, "swapgs");
    RAISES(SIGSEGV, "xor %%ecx, %%ecx\nxor %%edx, %%edx\nmov $3, %%eax\nxsetbv");
    RAISES(SIGSEGV, "sysretq");
}

CASE(software_interrupts) {
    RAISES(SIGSEGV, "int $0");
    RAISES(SIGSEGV, "int $2");
    RAISES(SIGSEGV, "int $6");
    RAISES(SIGSEGV, "int $8");
    RAISES(SIGSEGV, "int $13");
    RAISES(SIGSEGV, "int $14");
    RAISES(SIGSEGV, "int $18");
    RAISES(SIGSEGV, "int $32");
    RAISES(SIGSEGV, "int $0x81");
    RAISES(SIGSEGV, "int $0xef");
    RAISES(SIGSEGV, "int $255");
}

CASE(undefined_and_malformed_instructions) {
    RAISES(SIGILL, "ud2");
    RAISES(SIGILL, ".byte 0x06"); /* push %es, gone in 64-bit mode */
    RAISES(SIGILL, ".byte 0xf0, 0x90"); /* lock nop */
    RAISES(SIGILL, ".byte 0xf0, 0x89, 0xc0"); /* lock mov */
    RAISES(SIGSEGV, ".byte 0x66,0x66,0x66,0x66,0x66,0x66,0x66,0x66,0x66,0x66,0x66,0x66,0x66,0x66,0x66,0x90"); /* 16 bytes */
    RAISES(SIGTRAP, ".byte 0xf1"); /* int1 */
}

CASE(wild_jumps) {
    static const uint64_t targets[] = {0, 8, 0x1000, 0xfff, 0x7ffffffff000, 0x800000000000, 0x8000000000000000,
            0xffff800000000000, 0xffff888000000000, 0xffffffff81000000, 0xffffffffff5ff000, 0xffffffffffffffff};
    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
        int number = SIGNAL_OF(__asm__ volatile("jmp *%0" ::"r"(targets[i])));
        if (number != SIGSEGV) FAIL("jump to 0x%lx: signal %d", targets[i], number);
    }
}

CASE(jumps_over_all_of_the_upper_half) {
    for (uint64_t target = 0xffff800000000000; target >= 0xffff800000000000; target += 1UL << 40) {
        int number = SIGNAL_OF(__asm__ volatile("call *%0" ::"r"(target)));
        if (number != SIGSEGV) FAIL("call of 0x%lx: signal %d", target, number);
    }
}

CASE(wild_reads_and_writes) {
    static const uint64_t targets[] = {0, 0xfff, 0x7ffffffff000, 0x7fffffffffff, 0x800000000000, 0x8000000000000000,
            0xffff800000000000, 0xffff888000000000, 0xffffc90000000000, 0xffffffff81000000, 0xfffffffffffffff8};
    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
        CHECK_EQ(SIGNAL_OF((void)*(volatile char *)targets[i]), SIGSEGV);
        CHECK_EQ(SIGNAL_OF(*(volatile char *)targets[i] = 1), SIGSEGV);
    }
}

CASE(reading_all_of_the_upper_half) {
    for (uint64_t target = 0xffff800000000000; target >= 0xffff800000000000; target += 1UL << 38)
        CHECK_EQ(SIGNAL_OF((void)*(volatile char *)target), SIGSEGV);
}

CASE(kernel_selectors) {
    /* An attempt to return to a kernel code segment. */
    RAISES(SIGSEGV, "pushq $0x10\nlea 1f(%%rip), %%rax\npush %%rax\nlretq\n1:");
    RAISES(SIGSEGV, "mov %%ss, %%eax\npush %%rax\npush %%rsp\npushf\npushq $0x10\nlea 1f(%%rip), %%rax\npush %%rax\niretq\n1:");
    RAISES(SIGSEGV, "mov $0x10, %%eax\nmov %%eax, %%ss");
    RAISES(SIGSEGV, "mov $0xfff8, %%eax\nmov %%eax, %%ds");
}

CASE(harmless_selectors) {
    __asm__ volatile("xor %%eax, %%eax\nmov %%eax, %%ds\nmov %%eax, %%es" ::: "rax");
    CHECK_EQ(getppid(), getppid());
    unsigned short cs, ss;
    __asm__ volatile("mov %%cs, %0\nmov %%ss, %1" : "=r"(cs), "=r"(ss));
    CHECK_EQ(cs, 0x33); /* programs that build frames by hand rely on these */
    CHECK_EQ(ss, 0x2b);
}

CASE(flags_cannot_be_raised) {
    long flags;
    __asm__ volatile("pushf\norq $0x3000, (%%rsp)\nandq $~0x200, (%%rsp)\npopf\npushf\npop %0" : "=r"(flags)::"cc", "memory");
    CHECK_EQ(flags & 0x3000, 0);
    CHECK(flags & 0x200);
}

CASE(push_with_a_wild_stack_pointer) {
    RAISES(SIGSEGV, "xor %%esp, %%esp\npush %%rax");
    /* A stack address that is not canonical is a stack fault. */
    RAISES(SIGBUS, "mov $0x8000, %%rsp\nshl $32, %%rsp\nshl $16, %%rsp\npush %%rax");
}

CASE(fault_without_a_usable_stack_kills) {
    pid_t child = SPAWN({
        on_signal_info(SIGSEGV, jump_out, 0);
        __asm__ volatile("mov $0x1000, %%rsp\nmov 0, %%rax" ::: "rax", "memory");
    });
    wait_signal(child, SIGSEGV);
}

CASE(system_calls_with_wild_stack_pointers) {
    static const uint64_t pointers[] = {0, 0x8000000000000000, 0xffff888000000000, 7};
    for (int i = 0; i < 4; i++) {
        long result;
        __asm__ volatile("mov %%rsp, %%rbx\nmov %2, %%rsp\nsyscall\nmov %%rbx, %%rsp"
                : "=a"(result) : "a"(SYS_getpid), "r"(pointers[i]) : "rbx", "rcx", "r11", "memory");
        CHECK_EQ(result, getpid());
    }
}

CASE(registers_after_a_system_call) {
    uint64_t rcx, r11, next;
    long result;
    __asm__ volatile("lea 1f(%%rip), %3\nstc\nsyscall\n1: mov %%rcx, %1\nmov %%r11, %2"
            : "=a"(result), "=&r"(rcx), "=&r"(r11), "=&r"(next) : "a"(SYS_getpid) : "rcx", "r11", "memory", "cc");
    CHECK_EQ(result, getpid());
    CHECK_EQ(rcx, next); /* the syscall instruction leaves RIP and RFLAGS there */
    CHECK(r11 & 1);
    CHECK(r11 & 0x200);
}

CASE(arguments_survive_a_system_call) {
    register long rdi __asm__("rdi") = 11, rsi __asm__("rsi") = 12, rdx __asm__("rdx") = 13;
    register long r10 __asm__("r10") = 14, r8 __asm__("r8") = 15, r9 __asm__("r9") = 16;
    long result;
    __asm__ volatile("syscall" : "=a"(result), "+r"(rdi), "+r"(rsi), "+r"(rdx), "+r"(r10), "+r"(r8), "+r"(r9)
            : "a"(SYS_getpid) : "rcx", "r11", "memory");
    CHECK_EQ(result, getpid());
    CHECK_EQ(rdi, 11);
    CHECK_EQ(rsi, 12);
    CHECK_EQ(rdx, 13);
    CHECK_EQ(r10, 14);
    CHECK_EQ(r8, 15);
    CHECK_EQ(r9, 16);
}

CASE(upper_half_of_the_number_is_not_ignored) {
    long result;
    __asm__ volatile("syscall" : "=a"(result) : "a"(0x100000000L | SYS_getpid) : "rcx", "r11", "memory");
    /* The kernel looks at eax only. */
    CHECK_EQ(result, getpid());
}

CASE(direction_flag_and_system_calls) {
    char bytes[8] = "abcdefg";
    int ends[2];
    OK(pipe(ends));
    long result, flags;
    __asm__ volatile("std\nsyscall\npushf\npop %1\ncld" : "=a"(result), "=r"(flags)
            : "a"(SYS_write), "D"(ends[1]), "S"(bytes), "d"(7) : "rcx", "r11", "memory", "cc");
    CHECK_EQ(result, 7);
    CHECK(flags & 0x400);
}

CASE(alignment_check_flag) {
    static char bytes[64] __attribute__((aligned(64)));
    CHECK_EQ(SIGNAL_OF({
        __asm__ volatile("pushf\norq $0x40000, (%%rsp)\npopf\nmovl $1, %0\n" : "=m"(*(int *)(bytes + 1))::"cc", "memory");
    }), SIGBUS);
    CHECK_EQ(seen.si_code, BUS_ADRALN);
    __asm__ volatile("pushf\nandq $~0x40000, (%%rsp)\npopf" ::: "cc", "memory");
}

CASE(sysenter_is_no_way_in) {
    pid_t child = SPAWN(__asm__ volatile("mov $1, %%eax\nmov %%rsp, %%rbp\nsysenter" ::: "rax", "memory"));
    int status = wait_status(child);
    CHECK(WIFSIGNALED(status));
}

CASE(vsyscall_page_works_or_faults) {
    long (*volatile old_time)(long *) = (long (*)(long *))0xffffffffff600400;
    volatile long moment = 0;
    int number = SIGNAL_OF(moment = old_time(NULL));
    CHECK(number == SIGSEGV || (number == 0 && moment > 1700000000));
}

CASE(time_stamp_counter_and_identification) {
    unsigned long first, second;
    __asm__ volatile("rdtsc\nshl $32, %%rdx\nor %%rdx, %%rax" : "=a"(first)::"rdx");
    __asm__ volatile("rdtsc\nshl $32, %%rdx\nor %%rdx, %%rax" : "=a"(second)::"rdx");
    CHECK(second >= first);
    unsigned a = 0, b, c, d;
    __asm__ volatile("cpuid" : "+a"(a), "=b"(b), "=c"(c), "=d"(d));
    CHECK(a >= 1);
    a = 1;
    __asm__ volatile("cpuid" : "+a"(a), "=b"(b), "=c"(c), "=d"(d));
    CHECK(d & 1 << 26); /* SSE2 */
}

CASE(segment_base_instructions) {
    unsigned long base, old;
    __asm__ volatile("rdfsbase %0" : "=r"(old));
    CHECK(old != 0);
    static long words[2] = {5, 6};
    __asm__ volatile("wrgsbase %0" ::"r"(words));
    __asm__ volatile("mov %%gs:8, %0" : "=r"(base));
    CHECK_EQ(base, 6);
    for (int i = 0; i < 20; i++) getppid();
    __asm__ volatile("rdgsbase %0" : "=r"(base));
    CHECK_EQ(base, (unsigned long)words);
}

CASE(invalid_opcodes_in_a_storm) {
    /* Thousands of faults in a row: each is delivered, none is lost. */
    static volatile int count;
    void skip(int number, siginfo_t *info, void *context) {
        (void)number, (void)info;
        ((ucontext_t *)context)->uc_mcontext.gregs[REG_RIP] += 2;
        count++;
    }
    on_signal_info(SIGILL, skip, 0);
    for (int i = 0; i < 3000; i++) __asm__ volatile("ud2");
    CHECK_EQ(count, 3000);
}

CASE(random_bytes_as_code) {
    unsigned seed = 12345;
    unsigned char *code = OK(mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    for (int round = 0; round < 40; round++) {
        for (int i = 0; i < 4096; i++) {
            seed = seed * 1664525 + 1013904223;
            code[i] = seed >> 24;
            /* No system calls: what they would do is not the question here. */
            if (code[i] == 0x05 || code[i] == 0x34 || code[i] == 0xcd) code[i] = 0x90;
        }
        pid_t child = OK(fork());
        if (child == 0) {
            alarm(1);
            ((void (*)(void))code)();
            _exit(0);
        }
        wait_status(child); /* however it ended, it ended */
    }
}
