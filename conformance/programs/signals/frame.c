/* build: static dynamic
 * The signal frame: ucontext, floating point and AVX state, edits honoured by sigreturn(2),
 * alternate stacks, and the siginfo of CPU exceptions. */
#include "../case.h"
#include <cpuid.h>
#include <sched.h>
#include <setjmp.h>
#include <ucontext.h>

static volatile int calls;
static volatile siginfo_t seen;
static sigjmp_buf back;
static volatile long trap;

static void jump_out(int number, siginfo_t *info, void *context) {
    (void)number;
    seen = *info;
    trap = ((ucontext_t *)context)->uc_mcontext.gregs[REG_TRAPNO];
    siglongjmp(back, 1);
}

/* Runs the statement, which must raise the signal. */
#define RAISES(signal_number, statement)                         \
    do {                                                         \
        on_signal_info(signal_number, jump_out, 0);              \
        if (sigsetjmp(back, 1) == 0) {                           \
            statement;                                           \
            FAIL("no %s", #signal_number);                       \
        }                                                        \
        CHECK_EQ(seen.si_signo, signal_number);                  \
    } while (0)

CASE(division_by_zero_is_sigfpe) {
    volatile int ten = 10, zero = 0, result;
    RAISES(SIGFPE, result = ten / zero);
    (void)result;
    CHECK_EQ(seen.si_code, FPE_INTDIV);
    CHECK_EQ(trap, 0);
    CHECK(seen.si_addr != NULL);
}

CASE(undefined_instruction_is_sigill) {
    RAISES(SIGILL, __asm__ volatile("ud2"));
    CHECK_EQ(seen.si_code, ILL_ILLOPN);
    CHECK_EQ(trap, 6);
}

CASE(breakpoint_is_sigtrap) {
    RAISES(SIGTRAP, __asm__ volatile("int3"));
    CHECK_EQ(seen.si_code, SI_KERNEL);
    CHECK_EQ(trap, 3);
}

static volatile long trap_address;
static void after_int3(int number, siginfo_t *info, void *context) {
    (void)number, (void)info;
    trap_address = ((ucontext_t *)context)->uc_mcontext.gregs[REG_RIP];
}

CASE(breakpoint_continues_after_the_instruction) {
    on_signal_info(SIGTRAP, after_int3, 0);
    long address;
    __asm__ volatile("lea 1f(%%rip), %0\nint3\n1:" : "=r"(address));
    CHECK_EQ(trap_address, address);
}

static volatile int steps;
static void step_handler(int number, siginfo_t *info, void *context) {
    (void)number;
    ucontext_t *machine = context;
    CHECK_EQ(info->si_code, TRAP_TRACE);
    if (++steps == 5) machine->uc_mcontext.gregs[REG_EFL] &= ~0x100L;
}

CASE(trap_flag_single_steps) {
    on_signal_info(SIGTRAP, step_handler, 0);
    __asm__ volatile("pushf\norq $0x100, (%%rsp)\npopf\nnop\nnop\nnop\nnop\nnop\nnop\nnop" ::: "cc", "memory");
    CHECK_EQ(steps, 5);
}

CASE(floating_point_exception_when_unmasked) {
    unsigned control = 0x1f80 & ~(1 << 9); /* unmask division by zero */
    volatile float zero = 0, result;
    __asm__ volatile("ldmxcsr %0" ::"m"(control));
    RAISES(SIGFPE, result = 1.0f / zero);
    (void)result;
    CHECK_EQ(seen.si_code, FPE_FLTDIV);
    CHECK_EQ(trap, 19);
}

CASE(stack_segment_or_alignment_faults_are_signals) {
    /* movaps to an unaligned address is a general protection fault. */
    static char bytes[64] __attribute__((aligned(64)));
    RAISES(SIGSEGV, __asm__ volatile("movaps %%xmm0, %0" : "=m"(bytes[1])));
    CHECK_EQ(seen.si_code, SI_KERNEL);
    CHECK_EQ(trap, 13);
}

static void skip_ud2(int number, siginfo_t *info, void *context) {
    (void)number, (void)info;
    ucontext_t *machine = context;
    machine->uc_mcontext.gregs[REG_RIP] += 2;
    machine->uc_mcontext.gregs[REG_RAX] = 0x1122334455667788;
    machine->uc_mcontext.gregs[REG_R15] = 15;
    machine->uc_mcontext.gregs[REG_RBX] = 3;
}

CASE(edited_registers_are_honoured) {
    on_signal_info(SIGILL, skip_ud2, 0);
    long rax = 1, r15, rbx;
    __asm__ volatile("mov $9, %%r15\nmov $8, %%rbx\nud2\nmov %%r15, %1\nmov %%rbx, %2"
            : "+a"(rax), "=r"(r15), "=r"(rbx)::"r15", "rbx");
    CHECK_EQ(rax, 0x1122334455667788);
    CHECK_EQ(r15, 15);
    CHECK_EQ(rbx, 3);
}

CASE(all_registers_survive_a_handler) {
    on_signal_info(SIGTRAP, after_int3, 0);
    uint64_t in[14], out[14];
    for (int i = 0; i < 14; i++) in[i] = 0x0101010101010101 * (i + 1);
    __asm__ volatile(
            "push %%rbp\n"
            "push %1\n"
            "mov 0(%0), %%rax\nmov 8(%0), %%rbx\nmov 16(%0), %%rcx\nmov 24(%0), %%rdx\n"
            "mov 32(%0), %%rdi\nmov 40(%0), %%rbp\nmov 48(%0), %%r8\nmov 56(%0), %%r9\n"
            "mov 64(%0), %%r10\nmov 72(%0), %%r11\nmov 80(%0), %%r12\nmov 88(%0), %%r13\n"
            "mov 96(%0), %%r14\nmov 104(%0), %%r15\n"
            "stc\n"
            "int3\n"
            "xchg %%rsi, (%%rsp)\n"
            "mov %%rax, 0(%%rsi)\nmov %%rbx, 8(%%rsi)\nmov %%rcx, 16(%%rsi)\nmov %%rdx, 24(%%rsi)\n"
            "mov %%rdi, 32(%%rsi)\nmov %%rbp, 40(%%rsi)\nmov %%r8, 48(%%rsi)\nmov %%r9, 56(%%rsi)\n"
            "mov %%r10, 64(%%rsi)\nmov %%r11, 72(%%rsi)\nmov %%r12, 80(%%rsi)\nmov %%r13, 88(%%rsi)\n"
            "mov %%r14, 96(%%rsi)\nmov %%r15, 104(%%rsi)\n"
            "pop %%rsi\n"
            "pop %%rbp\n"
            :
            : "S"(in), "d"(out)
            : "rax", "rbx", "rcx", "rdi", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15", "cc", "memory");
    for (int i = 0; i < 14; i++) CHECK_EQ(out[i], in[i]);
}

static char red_zone_seen[128];
static void scribble(int number) {
    (void)number;
    volatile char waste[2000];
    memset((void *)waste, 0xee, sizeof waste);
    calls++;
}

/* The System V ABI lets a leaf function use 128 bytes below its stack pointer. */
CASE(red_zone_is_not_touched) {
    on_signal(SIGTRAP, scribble, 0);
    long first, last;
    __asm__ volatile(
            "movq $0x5a5a, -8(%%rsp)\nmovq $0x6b6b, -128(%%rsp)\nint3\n"
            "mov -8(%%rsp), %0\nmov -128(%%rsp), %1\n"
            : "=&r"(first), "=&r"(last)::"memory");
    CHECK_EQ(first, 0x5a5a);
    CHECK_EQ(last, 0x6b6b);
    CHECK_EQ(calls, 1);
    (void)red_zone_seen;
}

static volatile uintptr_t handler_frame;
static void note_frame(int number, siginfo_t *info, void *context) {
    (void)number, (void)info, (void)context;
    handler_frame = (uintptr_t)__builtin_frame_address(0);
    calls++;
}

CASE(handler_is_entered_with_an_aligned_stack) {
    on_signal_info(SIGUSR1, note_frame, 0);
    for (int shift = 0; shift < 4; shift++) {
        __attribute__((unused)) volatile char pad[shift * 8 + 1];
        (void)pad;
        raise(SIGUSR1);
        CHECK_EQ(handler_frame % 16, 0); /* the frame pointer pushed after the return address */
    }
}

static void mask_edit(int number, siginfo_t *info, void *context) {
    (void)number, (void)info;
    sigaddset(&((ucontext_t *)context)->uc_sigmask, SIGUSR2);
}

CASE(edited_mask_is_restored_by_sigreturn) {
    on_signal_info(SIGUSR1, mask_edit, 0);
    raise(SIGUSR1);
    sigset_t now;
    sigprocmask(SIG_BLOCK, NULL, &now);
    CHECK(sigismember(&now, SIGUSR2));
    CHECK(!sigismember(&now, SIGUSR1));
}

static char other_stack[32768] __attribute__((aligned(16)));
static volatile int on_other;
static void on_other_stack(void) {
    char here;
    on_other = &here > other_stack && &here < other_stack + sizeof other_stack;
    siglongjmp(back, 1);
}

static void redirect(int number, siginfo_t *info, void *context) {
    (void)number, (void)info;
    ucontext_t *machine = context;
    machine->uc_mcontext.gregs[REG_RIP] = (long)on_other_stack;
    machine->uc_mcontext.gregs[REG_RSP] = (long)(other_stack + sizeof other_stack - 8);
}

/* What the Go runtime does to pre-empt a goroutine. */
CASE(edited_rip_and_rsp_are_honoured) {
    on_signal_info(SIGURG, redirect, 0);
    if (sigsetjmp(back, 1) == 0) {
        raise(SIGURG);
        FAIL("the handler's edit was ignored");
    }
    CHECK_EQ(on_other, 1);
}

static void edit_xmm(int number, siginfo_t *info, void *context) {
    (void)number, (void)info;
    ucontext_t *machine = context;
    CHECK(machine->uc_mcontext.fpregs != NULL);
    CHECK_EQ((uintptr_t)machine->uc_mcontext.fpregs % 16, 0);
    CHECK_EQ(machine->uc_mcontext.fpregs->_xmm[3].element[0], 0x33333333);
    machine->uc_mcontext.fpregs->_xmm[3].element[0] = 0x44444444;
}

CASE(edited_xmm_register_is_honoured) {
    on_signal_info(SIGTRAP, edit_xmm, 0);
    unsigned in[4] = {0x33333333, 1, 2, 3}, out[4];
    __asm__ volatile("movups %1, %%xmm3\nint3\nmovups %%xmm3, %0" : "=m"(out) : "m"(in) : "xmm3");
    CHECK_EQ(out[0], 0x44444444);
    CHECK_EQ(out[3], 3);
}

static void clobber_vectors(int number) {
    (void)number;
    __asm__ volatile("pxor %%xmm0, %%xmm0\npxor %%xmm7, %%xmm7\npxor %%xmm15, %%xmm15\nfninit"
            ::: "xmm0", "xmm7", "xmm15");
    unsigned mxcsr = 0x1f80 | 0x6000;
    __asm__ volatile("ldmxcsr %0" ::"m"(mxcsr));
    calls++;
}

CASE(sse_state_and_mxcsr_survive_a_handler) {
    on_signal(SIGTRAP, clobber_vectors, 0);
    unsigned in[4] = {11, 22, 33, 44}, out[3][4], before = 0x1f80 | 0x2000, after;
    __asm__ volatile("ldmxcsr %0" ::"m"(before));
    __asm__ volatile(
            "movups %4, %%xmm0\nmovups %4, %%xmm7\nmovups %4, %%xmm15\nint3\n"
            "movups %%xmm0, %0\nmovups %%xmm7, %1\nmovups %%xmm15, %2\nstmxcsr %3"
            : "=m"(out[0]), "=m"(out[1]), "=m"(out[2]), "=m"(after) : "m"(in) : "xmm0", "xmm7", "xmm15");
    for (int i = 0; i < 3; i++) CHECK_MEM(out[i], in, 16);
    CHECK_EQ(after, before);
}

CASE(x87_state_survives_a_handler) {
    on_signal(SIGTRAP, clobber_vectors, 0);
    double pi;
    __asm__ volatile("fldpi\nint3\nfstpl %0" : "=m"(pi));
    CHECK(pi > 3.14159 && pi < 3.1416);
}

static int has_avx(void) {
    unsigned a, b, c, d;
    return __get_cpuid(1, &a, &b, &c, &d) && (c & bit_OSXSAVE) && (c & bit_AVX);
}

__attribute__((target("avx"))) static void clobber_avx(int number) {
    (void)number;
    __asm__ volatile("vzeroall" ::: "xmm0", "xmm1", "xmm15");
    calls++;
}

/* The JVM tests this at start. */
__attribute__((target("avx"))) static void avx_over_handler(void (*handler)(int)) {
    on_signal(SIGTRAP, handler, 0);
    uint64_t in[4] = {1, 2, 0x3333333333333333, 0x4444444444444444}, out[2][4];
    __asm__ volatile(
            "vmovups %2, %%ymm1\nvmovups %2, %%ymm15\nint3\nvmovups %%ymm1, %0\nvmovups %%ymm15, %1\nvzeroupper"
            : "=m"(out[0]), "=m"(out[1]) : "m"(in) : "xmm1", "xmm15");
    CHECK_MEM(out[0], in, 32);
    CHECK_MEM(out[1], in, 32);
    CHECK_EQ(calls, 1);
}

CASE(avx_upper_halves_survive_a_handler) {
    if (!has_avx()) case_skip("no AVX");
    avx_over_handler(clobber_avx);
}

static void make_calls(int number) {
    (void)number;
    for (int i = 0; i < 10; i++) getppid();
    clobber_avx(number);
    sched_yield();
}

CASE(avx_upper_halves_survive_system_calls_in_a_handler) {
    if (!has_avx()) case_skip("no AVX");
    avx_over_handler(make_calls);
}

CASE(avx_state_survives_system_calls_and_switches) {
    if (!has_avx()) case_skip("no AVX");
    pid_t child = SPAWN({
        for (int i = 0; i < 200; i++) {
            clobber_avx(0);
            sched_yield();
        }
    });
    for (int i = 0; i < 200; i++) {
        uint64_t in[4] = {i, 2, 3, i * 7}, out[4];
        long result;
        __asm__ volatile("vmovups %2, %%ymm9\nsyscall\nvmovups %%ymm9, %0"
                : "=m"(out), "=a"(result) : "m"(in), "a"(SYS_sched_yield) : "rcx", "r11", "xmm9", "memory");
        CHECK_MEM(out, in, 32);
    }
    wait_ok(child);
}

static void check_xstate(int number, siginfo_t *info, void *context) {
    (void)number, (void)info;
    ucontext_t *machine = context;
    char *area = (char *)machine->uc_mcontext.fpregs;
    unsigned magic1, extended_size, magic2;
    memcpy(&magic1, area + 464, 4);
    memcpy(&extended_size, area + 468, 4);
    CHECK_EQ(magic1, 0x46505853); /* FP_XSTATE_MAGIC1, <asm/sigcontext.h> */
    memcpy(&magic2, area + extended_size - 4, 4);
    CHECK_EQ(magic2, 0x46505845); /* FP_XSTATE_MAGIC2 */
    CHECK(machine->uc_flags & 1);  /* UC_FP_XSTATE */
    CHECK_EQ((uintptr_t)area % 64, 0);
    calls++;
}

CASE(frame_describes_its_extended_state) {
    if (!has_avx()) case_skip("no AVX");
    on_signal_info(SIGUSR1, check_xstate, 0);
    raise(SIGUSR1);
    CHECK_EQ(calls, 1);
}

static char alternate[65536];
static volatile int was_alternate;
static void note_stack(int number, siginfo_t *info, void *context) {
    (void)number, (void)info;
    char here;
    was_alternate = &here >= alternate && &here < alternate + sizeof alternate;
    stack_t now;
    OK(sigaltstack(NULL, &now));
    if (was_alternate) {
        CHECK(now.ss_flags & SS_ONSTACK);
        CHECK_ERRNO(sigaltstack(&now, NULL), EPERM);
    }
    CHECK_EQ(((ucontext_t *)context)->uc_stack.ss_sp, alternate);
    calls++;
}

CASE(onstack_handler_uses_the_alternate_stack) {
    stack_t stack = {.ss_sp = alternate, .ss_size = sizeof alternate}, old;
    OK(sigaltstack(&stack, &old));
    CHECK_EQ(old.ss_flags, SS_DISABLE);
    on_signal_info(SIGUSR1, note_stack, SA_ONSTACK);
    raise(SIGUSR1);
    CHECK_EQ(was_alternate, 1);
    on_signal_info(SIGUSR1, note_stack, 0);
    raise(SIGUSR1);
    CHECK_EQ(was_alternate, 0);
    OK(sigaltstack(NULL, &old));
    CHECK_EQ(old.ss_flags, 0);
    CHECK_EQ(old.ss_sp, alternate);
    CHECK_EQ(old.ss_size, sizeof alternate);
    CHECK_EQ(calls, 2);
}

CASE(alternate_stack_arguments) {
    stack_t small = {.ss_sp = alternate, .ss_size = 100}, bad = {.ss_sp = alternate, .ss_size = sizeof alternate, .ss_flags = 77};
    CHECK_ERRNO(sigaltstack(&small, NULL), ENOMEM);
    CHECK_ERRNO(sigaltstack(&bad, NULL), EINVAL);
    CHECK_ERRNO(sigaltstack((stack_t *)8, NULL), EFAULT);
    stack_t off = {.ss_flags = SS_DISABLE}, now;
    OK(sigaltstack(&off, NULL));
    OK(sigaltstack(NULL, &now));
    CHECK_EQ(now.ss_flags, SS_DISABLE);
}

CASE(alternate_stack_is_not_inherited_by_threads_but_by_fork) {
    stack_t stack = {.ss_sp = alternate, .ss_size = sizeof alternate};
    OK(sigaltstack(&stack, NULL));
    IN_CHILD({
        stack_t now;
        OK(sigaltstack(NULL, &now));
        CHECK_EQ(now.ss_sp, alternate);
    });
}

CASE(forged_frame_with_bad_selectors_is_fatal_or_repaired) {
    /* A frame whose code segment is the kernel's must never give privilege. */
    void forge(int number, siginfo_t *info, void *context) {
        (void)number, (void)info;
        ucontext_t *machine = context;
        unsigned short *selectors = (unsigned short *)&machine->uc_mcontext.gregs[REG_CSGSFS];
        selectors[0] = 0x10;
    }
    pid_t child = SPAWN({
        on_signal_info(SIGUSR1, forge, 0);
        raise(SIGUSR1);
        unsigned short cs;
        __asm__ volatile("mov %%cs, %0" : "=r"(cs));
        CHECK_EQ(cs & 3, 3);
    });
    int status = wait_status(child);
    CHECK(status == 0 || (WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV));
}

CASE(frame_pointing_to_nowhere_is_sigsegv) {
    pid_t child = SPAWN({
        __asm__ volatile("mov $0x1000, %%rsp\nmov $15, %%eax\nsyscall" ::: "memory");
    });
    wait_signal(child, SIGSEGV);
}

CASE(non_canonical_rip_in_the_frame_is_sigsegv) {
    void wild(int number, siginfo_t *info, void *context) {
        (void)number, (void)info;
        ((ucontext_t *)context)->uc_mcontext.gregs[REG_RIP] = 0x8000000000000000;
    }
    pid_t child = SPAWN({
        on_signal_info(SIGUSR1, wild, 0);
        raise(SIGUSR1);
    });
    wait_signal(child, SIGSEGV);
}

CASE(flags_restored_are_the_harmless_ones) {
    void flags(int number, siginfo_t *info, void *context) {
        (void)number, (void)info;
        /* Asks for IOPL 3, interrupts off, NT and carry. */
        long *word = (long *)&((ucontext_t *)context)->uc_mcontext.gregs[REG_EFL];
        *word = (*word & ~0x200L) | 0x3000 | 0x4000 | 1;
    }
    on_signal_info(SIGTRAP, flags, 0);
    long now;
    unsigned char carry;
    __asm__ volatile("clc\nint3\nsetc %1\npushf\npop %0" : "=r"(now), "=q"(carry)::"cc", "memory");
    CHECK_EQ(carry, 1);
    CHECK(now & 0x200);
}

static void longjmp_away(int number) {
    (void)number;
    siglongjmp(back, 1);
}

CASE(leaving_handlers_by_siglongjmp_many_times) {
    on_signal(SIGUSR1, longjmp_away, 0);
    for (volatile int i = 0; i < 1000; i++) {
        if (sigsetjmp(back, 1) == 0) {
            raise(SIGUSR1);
            FAIL("did not jump");
        }
    }
}

CASE(makecontext_and_swapcontext) {
    static ucontext_t main_context, other;
    static char stack[32768];
    static int visited;
    void visit(void) { visited++; }
    OK(getcontext(&other));
    other.uc_stack.ss_sp = stack;
    other.uc_stack.ss_size = sizeof stack;
    other.uc_link = &main_context;
    makecontext(&other, visit, 0);
    OK(swapcontext(&main_context, &other));
    CHECK_EQ(visited, 1);
}
