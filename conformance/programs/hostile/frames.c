/* Signal frames and stacks that a program makes up: what sigreturn(2) takes from them is checked. */
#include "../case.h"
#include <setjmp.h>
#include <ucontext.h>

static sigjmp_buf back;
static volatile int caught, code;
static char alternate[65536] __attribute__((aligned(64)));

static void jump_out(int number, siginfo_t *info, void *context) {
    (void)context;
    caught = number;
    code = info->si_code;
    siglongjmp(back, 1);
}

static void catch_faults(void) {
    static const int numbers[] = {SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGFPE};
    OK(sigaltstack(&(stack_t){.ss_sp = alternate, .ss_size = sizeof alternate}, NULL));
    for (int i = 0; i < 5; i++) on_signal_info(numbers[i], jump_out, SA_ONSTACK);
}

static void (*forge)(ucontext_t *);

static void forger(int number, siginfo_t *info, void *context) {
    (void)number, (void)info;
    forge(context);
}

/* The signal that a return through a forged frame raises, 0 if the program just went on. */
static int forged(void (*how)(ucontext_t *)) {
    catch_faults();
    forge = how;
    caught = 0;
    on_signal_info(SIGUSR1, forger, 0);
    if (sigsetjmp(back, 1) == 0) raise(SIGUSR1);
    return caught;
}

static void wild_rip(ucontext_t *frame) { frame->uc_mcontext.gregs[REG_RIP] = 0x8000000000000000; }
static void kernel_rip(ucontext_t *frame) { frame->uc_mcontext.gregs[REG_RIP] = 0xffffffff81000000; }
static void edge_rip(ucontext_t *frame) { frame->uc_mcontext.gregs[REG_RIP] = 0x7fffffffffff; }
static void hole_rip(ucontext_t *frame) { frame->uc_mcontext.gregs[REG_RIP] = 0x800000000000; }
static void null_rip(ucontext_t *frame) { frame->uc_mcontext.gregs[REG_RIP] = 0; }
static void wild_rsp(ucontext_t *frame) { frame->uc_mcontext.gregs[REG_RSP] = 0x8000000000000000; }
static void null_rsp(ucontext_t *frame) { frame->uc_mcontext.gregs[REG_RSP] = 0; }
static void trap_flag(ucontext_t *frame) { frame->uc_mcontext.gregs[REG_EFL] |= 0x100; }
static void all_flags(ucontext_t *frame) { frame->uc_mcontext.gregs[REG_EFL] = ~0x40900L; /* all but AC, TF, OF */ }
static void no_flags(ucontext_t *frame) { frame->uc_mcontext.gregs[REG_EFL] = 0; }
static void wild_state(ucontext_t *frame) { frame->uc_mcontext.fpregs = (void *)0x8000000000000000; }
static void low_state(ucontext_t *frame) { frame->uc_mcontext.fpregs = (void *)64; }
static void no_state(ucontext_t *frame) { frame->uc_mcontext.fpregs = NULL; }
static void bad_mxcsr(ucontext_t *frame) { frame->uc_mcontext.fpregs->mxcsr = -1; }

static uint64_t *header(ucontext_t *frame) { return (uint64_t *)((char *)frame->uc_mcontext.fpregs + 512); }
static void bad_features(ucontext_t *frame) { header(frame)[0] = ~0UL; }
static void bad_format(ucontext_t *frame) { header(frame)[1] = 1UL << 63 | 7; }
static void bad_reserved(ucontext_t *frame) { header(frame)[5] = ~0UL; }

static uint32_t *software(ucontext_t *frame) { return (uint32_t *)((char *)frame->uc_mcontext.fpregs + 464); }
static void huge_size(ucontext_t *frame) { software(frame)[1] = software(frame)[4] = 0x7fffffff; }
static void no_magic(ucontext_t *frame) { software(frame)[0] = 0; }

CASE(instruction_pointers) {
    CHECK_EQ(forged(wild_rip), SIGSEGV);
    CHECK_EQ(forged(kernel_rip), SIGSEGV);
    CHECK_EQ(forged(edge_rip), SIGSEGV);
    CHECK_EQ(forged(hole_rip), SIGSEGV);
    CHECK_EQ(forged(null_rip), SIGSEGV);
}

CASE(stack_pointers) {
    int number = forged(wild_rsp);
    CHECK(number == SIGSEGV || number == SIGBUS);
    CHECK_EQ(forged(null_rsp), SIGSEGV);
}

CASE(flags) {
    CHECK_EQ(forged(trap_flag), SIGTRAP);
    forged(all_flags);
    unsigned long now;
    __asm__ volatile("pushf\npop %0\ncld" : "=r"(now)::"cc");
    CHECK_EQ(now & 0x3000, 0); /* no I/O privilege */
    CHECK_EQ(now & 0x4000, 0); /* no nested task */
    CHECK_EQ(now & 0x20000, 0); /* no virtual 8086 mode */
    CHECK(now & 0x200);
    CHECK_EQ(forged(no_flags), 0);
    __asm__ volatile("pushf\npop %0" : "=r"(now)::"cc");
    CHECK(now & 0x200); /* interrupts stay on */
}

CASE(extended_states) {
    CHECK_EQ(forged(wild_state), SIGSEGV);
    CHECK_EQ(forged(low_state), SIGSEGV);
    CHECK_EQ(forged(no_state), 0);
    CHECK_EQ(forged(bad_mxcsr), SIGSEGV);
    forged(bad_format);
    forged(bad_reserved);
    forged(bad_features); /* refused, or those that there are */
    forged(huge_size); /* only the old part is taken, or nothing */
    forged(no_magic);
    double after = 1.5;
    __asm__ volatile("fninit\naddsd %0, %0" : "+x"(after));
    CHECK(after == 3.0);
}

CASE(return_without_a_frame) {
    pid_t child = SPAWN(__asm__ volatile("mov $0x1000, %%rsp\nmov $15, %%eax\nsyscall" ::: "rax", "memory"));
    wait_signal(child, SIGSEGV);
    child = SPAWN(__asm__ volatile("mov $0x8000, %%rsp\nshl $48, %%rsp\nmov $15, %%eax\nsyscall" ::: "rax", "memory"));
    wait_signal(child, SIGSEGV);
    catch_faults();
    caught = 0;
    if (sigsetjmp(back, 1) == 0) __asm__ volatile("mov $0x2000000000, %%rsp\nmov $15, %%eax\nsyscall" ::: "rax", "memory");
    CHECK_EQ(caught, SIGSEGV);
}

CASE(return_through_zeros) {
    static char zeros[8192] __attribute__((aligned(64)));
    pid_t child = SPAWN(__asm__ volatile("mov %0, %%rsp\nmov $15, %%eax\nsyscall" ::"r"(zeros + 64) : "rax", "memory"));
    wait_signal(child, SIGSEGV);
}

static volatile int depth;

static int __attribute__((noinline, noclone)) deeper(volatile char *above) {
    volatile char room[4096];
    room[0] = *above + 1;
    depth++;
    return deeper(room) + room[0];
}

CASE(stack_overflow_is_caught_on_another_stack) {
    catch_faults();
    for (int i = 0; i < 3; i++) {
        char start = 0;
        caught = depth = 0;
        if (sigsetjmp(back, 1) == 0) deeper(&start);
        CHECK_EQ(caught, SIGSEGV);
        CHECK(depth > 100);
    }
}

CASE(stack_overflow_without_another_stack_kills) {
    wait_signal(SPAWN({
        on_signal_info(SIGSEGV, jump_out, 0);
        char start = 0;
        deeper(&start);
    }), SIGSEGV);
}

static void again(int number) { raise(number); }

CASE(handlers_nest_until_the_stack_is_full) {
    wait_signal(SPAWN({
        struct rlimit { unsigned long now, most; } limit = {256 << 10, 256 << 10};
        OK(syscall(SYS_prlimit64, 0, 3 /* RLIMIT_STACK */, &limit, NULL));
        on_signal(SIGUSR1, again, SA_NODEFER);
        raise(SIGUSR1);
    }), SIGSEGV);
}

CASE(handlers_nest_until_the_other_stack_is_full) {
    static char small[16384] __attribute__((aligned(64)));
    wait_signal(SPAWN({
        OK(sigaltstack(&(stack_t){.ss_sp = small, .ss_size = sizeof small}, NULL));
        on_signal(SIGUSR1, again, SA_NODEFER | SA_ONSTACK);
        raise(SIGUSR1);
    }), SIGSEGV);
}

static void fault_again(int number, siginfo_t *info, void *context) {
    (void)number, (void)info, (void)context;
    *(volatile char *)0 = 1;
}

CASE(fault_in_the_handler_of_a_fault) {
    wait_signal(SPAWN({
        on_signal_info(SIGSEGV, fault_again, 0);
        *(volatile char *)0 = 1;
    }), SIGSEGV);
    wait_signal(SPAWN({
        on_signal_info(SIGSEGV, fault_again, SA_NODEFER); /* until the stack is full */
        *(volatile char *)0 = 1;
    }), SIGSEGV);
}

CASE(another_stack_in_wild_places) {
    static const uint64_t places[] = {0, 0x1000, 0x2000000000, 0x7fffffff0000, 0x800000000000, 0x8000000000000000,
            0xffff888000000000, 0xfffffffffffff000};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        wait_signal(SPAWN({
            OK(sigaltstack(&(stack_t){.ss_sp = (void *)places[i], .ss_size = 65536}, NULL));
            on_signal_info(SIGUSR1, jump_out, SA_ONSTACK);
            raise(SIGUSR1);
        }), SIGSEGV);
}

CASE(another_stack_is_checked) {
    stack_t stack = {.ss_sp = alternate, .ss_size = 100};
    CHECK_ERRNO(sigaltstack(&stack, NULL), ENOMEM);
    stack.ss_size = sizeof alternate;
    stack.ss_flags = 0x7f;
    CHECK_ERRNO(sigaltstack(&stack, NULL), EINVAL);
    stack.ss_flags = 0;
    stack.ss_size = ~0UL; /* wraps around, and is the caller's affair */
    OK(sigaltstack(&stack, NULL));
}

static void change_stack(int number) {
    (void)number;
    stack_t stack = {.ss_sp = alternate, .ss_size = sizeof alternate};
    caught = sigaltstack(&stack, NULL) == -1 ? errno : 0;
}

CASE(another_stack_cannot_change_under_a_handler) {
    catch_faults();
    on_signal(SIGUSR1, change_stack, SA_ONSTACK);
    caught = 0;
    raise(SIGUSR1);
    CHECK_EQ(caught, EPERM);
}

CASE(a_handler_where_no_code_is) {
    static const uint64_t places[] = {2, 0x2000000000, 0x800000000000, 0x8000000000000000, 0xffffffff81000000};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        catch_faults();
        on_signal(SIGUSR1, (void (*)(int))places[i], 0);
        caught = 0;
        if (sigsetjmp(back, 1) == 0) raise(SIGUSR1);
        CHECK_EQ(caught, SIGSEGV);
    }
}

CASE(a_signal_on_a_wild_stack_is_a_fault) {
    /* signal(7): where no frame can be put, SIGSEGV comes instead, and may have a stack of its own. */
    catch_faults();
    on_signal(SIGUSR1, again, 0);
    caught = 0;
    if (sigsetjmp(back, 1) == 0)
        __asm__ volatile("mov %%rsp, %%rbx\nmov $0x1000, %%rsp\nsyscall\nmov %%rbx, %%rsp"
                :: "a"(SYS_tgkill), "D"(getpid()), "S"(gettid()), "d"(SIGUSR1) : "rbx", "rcx", "r11", "memory");
    CHECK_EQ(caught, SIGSEGV);
}

/* ---- Frames of random words */

static uint64_t state;

static uint64_t next(void) {
    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;
    return state * 2685821657736338717ULL;
}

static uint64_t strange(void) {
    static const uint64_t values[] = {0, 1, 8, 0xfff, 0x10000, 0x7ffffffff000, 0x800000000000, 0x8000000000000000,
            0xffff800000000000, 0xffffffff81000000, -1UL, -8UL};
    uint64_t one = next();
    return one % 3 == 0 ? next() : values[one / 3 % (sizeof values / sizeof *values)];
}

static void scramble(ucontext_t *frame) {
    /* One to four words of the context and what is above it: registers, selectors, mask, state. */
    char *base = (char *)frame;
    long bytes = next() % 2 ? 432 : 1400;
    for (int i = next() % 4; i >= 0; i--) {
        long at = next() % (bytes / 8) * 8;
        *(uint64_t *)(base + at) = strange();
    }
    if (next() % 4 == 0) frame->uc_mcontext.gregs[REG_EFL] = next() & ~0x100UL;
    if (next() % 4 == 0) ((char *)frame->uc_mcontext.gregs)[18 * 8 + next() % 8] = next(); /* selectors */
    uint64_t rip = frame->uc_mcontext.gregs[REG_RIP];
    if (rip > 0x1000 && rip < 0x700000000000 && next() % 2) frame->uc_mcontext.gregs[REG_RIP] = strange();
}

CASE(frames_of_random_words) {
    for (uint64_t seed = 20261121; seed < 20261121 + 8; seed++) {
        pid_t child = SPAWN({
            close(2); /* what fails here is no news */
            alarm(1); /* some ends in a loop of its own */
            state = seed;
            for (int i = 0; i < 150; i++) forged(scramble);
        });
        wait_status(child); /* however it ended, it ended */
    }
}
