/* Memory and registers of tracees. */
#include "trace.h"

static volatile long word = 0x1122334455667788;
static const long constant = 0x0102030405060708;

__attribute__((noinline)) static int answer(void) {
    __asm__ volatile("");
    return 42;
}

CASE(memory_is_read_and_written) {
    void *closed = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(closed != MAP_FAILED);
    *(long *)closed = 77;
    OK(mprotect(closed, 4096, PROT_NONE));
    void *fresh = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    pid_t child = TRACED({
        if (word != 99 || *(volatile long *)&constant != 5) _exit(1);
        mprotect(closed, 4096, PROT_READ);
        if (*(volatile long *)closed != 78) _exit(2);
    });
    errno = 0;
    CHECK_EQ(ptrace(PTRACE_PEEKDATA, child, &word, 0), 0x1122334455667788);
    CHECK_EQ(errno, 0);
    CHECK_EQ(ptrace(PTRACE_PEEKDATA, child, &constant, 0), 0x0102030405060708);
    CHECK_EQ(ptrace(PTRACE_PEEKDATA, child, closed, 0), 77);
    CHECK_EQ(ptrace(PTRACE_PEEKDATA, child, fresh, 0), 0);
    OK(ptrace(PTRACE_POKEDATA, child, &word, 99));
    OK(ptrace(PTRACE_POKEDATA, child, &constant, 5));
    OK(ptrace(PTRACE_POKEDATA, child, closed, 78));
    CHECK_EQ(constant, 0x0102030405060708);
    CHECK_ERRNO(ptrace(PTRACE_PEEKDATA, child, 16, 0), EIO);
    CHECK_ERRNO(ptrace(PTRACE_PEEKDATA, child, -8L, 0), EIO);
    CHECK_ERRNO(ptrace(PTRACE_PEEKDATA, child, 0xffffff0000000000, 0), EIO);
    CHECK_ERRNO(ptrace(PTRACE_PEEKDATA, child, 0x1234567890abcdef, 0), EIO);
    CHECK_ERRNO(ptrace(PTRACE_POKEDATA, child, 16, 0), EIO);
    CHECK_ERRNO(ptrace(PTRACE_POKEDATA, child, 0xffffff0000000000, 0), EIO);
    go_on(PTRACE_CONT, child, 0);
    wait_ok(child);
}

/* What others may see, too, is not written where the tracee may not write. */
CASE(shared_memory_without_the_right_to_write_stays) {
    char path[] = "shared";
    int fd = OK(open(path, O_RDWR | O_CREAT, 0600));
    OK(ftruncate(fd, 4096));
    void *shared = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);
    CHECK(shared != MAP_FAILED);
    pid_t child = TRACED({ pause(); });
    CHECK_EQ(ptrace(PTRACE_PEEKDATA, child, shared, 0), 0);
    CHECK_ERRNO(ptrace(PTRACE_POKEDATA, child, shared, 1), EIO);
    CHECK_EQ(*(volatile long *)shared, 0);
    end_tracee(child);
}

CASE(memory_file_writes_what_is_read_only) {
    pid_t child = TRACED({
        if (*(volatile long *)&constant != 6) _exit(1);
    });
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/mem", child);
    int fd = OK(open(path, O_RDWR));
    long value = 6, got = 0;
    CHECK_EQ(pwrite(fd, &value, 8, (off_t)&constant), 8);
    CHECK_EQ(pread(fd, &got, 8, (off_t)&constant), 8);
    CHECK_EQ(got, 6);
    CHECK_ERRNO(pread(fd, &got, 8, 16), EIO);
    go_on(PTRACE_CONT, child, 0);
    wait_ok(child);
}

CASE(breakpoint_stops_and_is_taken_back) {
    pid_t child = TRACED({
        if (answer() != 42) _exit(1);
        if (answer() != 42) _exit(2);
    });
    long original = ptrace(PTRACE_PEEKTEXT, child, answer, 0);
    OK(ptrace(PTRACE_POKETEXT, child, answer, (original & ~0xff) | 0xcc));
    CHECK_EQ(*(unsigned char *)answer, original & 0xff);
    go_on(PTRACE_CONT, child, 0);
    CHECK_EQ(wait_stop(child), SIGTRAP);
    siginfo_t info;
    OK(ptrace(PTRACE_GETSIGINFO, child, 0, &info));
    CHECK_EQ(info.si_code, SI_KERNEL);
    struct user_regs_struct at = registers_of(child);
    CHECK_EQ(at.rip, (long)answer + 1);
    CHECK_EQ((long)at.orig_rax, -1);
    at.rip = (long)answer;
    OK(ptrace(PTRACE_SETREGS, child, 0, &at));
    OK(ptrace(PTRACE_POKETEXT, child, answer, original));
    go_on(PTRACE_SINGLESTEP, child, 0);
    CHECK_EQ(wait_stop(child), SIGTRAP);
    OK(ptrace(PTRACE_GETSIGINFO, child, 0, &info));
    CHECK_EQ(info.si_code, TRAP_TRACE);
    at = registers_of(child);
    CHECK((long)at.rip != (long)answer);
    CHECK_EQ(at.eflags & 0x100, 0);
    OK(ptrace(PTRACE_POKETEXT, child, answer, (original & ~0xff) | 0xcc));
    go_on(PTRACE_CONT, child, 0);
    CHECK_EQ(wait_stop(child), SIGTRAP);
    CHECK_EQ(registers_of(child).rip, (long)answer + 1);
    OK(ptrace(PTRACE_POKETEXT, child, answer, original));
    OK(ptrace(PTRACE_POKEUSER, child, offsetof(struct user, regs.rip), answer));
    go_on(PTRACE_CONT, child, 0);
    wait_ok(child);
}

/* A site that made many calls, whose bytes a debugger must find as the file has them. */
CASE(code_of_a_busy_call_is_the_programs_own) {
    extern long syscall(long number, ...);
    pid_t child = TRACED({
        for (int i = 0; i < 3000; i++) syscall(SYS_getppid);
        raise(SIGUSR1);
        for (int i = 0; i < 3000; i++) if (syscall(SYS_getppid) != getppid()) _exit(1);
    });
    go_on(PTRACE_CONT, child, 0);
    CHECK_EQ(wait_stop(child), SIGUSR1);
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/mem", child);
    int fd = OK(open(path, O_RDONLY));
    unsigned char code[64];
    CHECK_EQ(pread(fd, code, sizeof code, (off_t)syscall), sizeof code);
    int found = 0;
    for (int i = 0; i < 63; i++) found |= code[i] == 0x0f && code[i + 1] == 0x05;
    CHECK(found);
    for (int i = 0; i < 64; i += 8) {
        long same;
        memcpy(&same, code + i, 8);
        OK(ptrace(PTRACE_POKETEXT, child, (char *)syscall + i, same));
    }
    go_on(PTRACE_CONT, child, 0);
    wait_ok(child);
}

static volatile int handled;
static void handler(int number) { handled = number; }

CASE(steps_go_through_calls_and_into_handlers) {
    pid_t child = TRACED({
        on_signal(SIGUSR1, handler, 0);
        raise(SIGUSR2);
        int result;
        __asm__ volatile("mov %1, %%eax\nsyscall\nnop\nnop" : "=&a"(result) : "i"(SYS_getppid) : "rcx", "r11", "memory");
        if (result != getppid()) _exit(1);
        for (volatile int i = 0; i < 1000; i++) {}
        if (handled != SIGUSR1) _exit(2);
    });
    go_on(PTRACE_CONT, child, 0);
    CHECK_EQ(wait_stop(child), SIGUSR2);
    int steps = 0, call_seen = 0;
    siginfo_t info;
    while (steps < 5000 && !call_seen) {
        struct user_regs_struct before = registers_of(child);
        long code = ptrace(PTRACE_PEEKTEXT, child, before.rip, 0) & 0xffff;
        go_on(PTRACE_SINGLESTEP, child, 0);
        CHECK_EQ(wait_stop(child), SIGTRAP);
        OK(ptrace(PTRACE_GETSIGINFO, child, 0, &info));
        struct user_regs_struct after = registers_of(child);
        if (code == 0x050f) {
            CHECK_EQ(after.rip, before.rip + 2);
            CHECK_EQ(info.si_code, TRAP_BRKPT);
            CHECK_EQ(after.orig_rax, before.rax);
            call_seen = before.rax == SYS_getppid;
            if (call_seen) CHECK_EQ(after.rax, getpid());
        } else {
            CHECK_EQ(info.si_code, TRAP_TRACE);
            CHECK_EQ((long)after.orig_rax, -1);
        }
        CHECK_EQ(after.eflags & 0x100, 0);
        steps++;
    }
    CHECK(call_seen);
    OK(kill(child, SIGUSR1));
    go_on(PTRACE_SINGLESTEP, child, 0);
    CHECK_EQ(wait_stop(child), SIGUSR1);
    go_on(PTRACE_SINGLESTEP, child, SIGUSR1);
    CHECK_EQ(wait_stop(child), SIGTRAP);
    CHECK_EQ(registers_of(child).rip, (long)handler);
    go_on(PTRACE_CONT, child, 0);
    wait_ok(child);
}

CASE(general_registers_are_read_and_set) {
    pid_t child = TRACED({
        long sum;
        __asm__ volatile("int3\nlea (%%r12,%%r13), %0" : "=r"(sum) : : "r12", "r13", "r14", "r15", "rbx", "memory");
        if (sum != 300) _exit(1);
    });
    go_on(PTRACE_CONT, child, 0);
    CHECK_EQ(wait_stop(child), SIGTRAP);
    struct user_regs_struct at = registers_of(child), again;
    at.r12 = 100;
    at.r13 = 200;
    at.r14 = 0x1234567890abcdef;
    struct iovec part = {&at, sizeof at};
    OK(ptrace(PTRACE_SETREGSET, child, NT_PRSTATUS, &part));
    struct iovec all = {&again, sizeof again + 64};
    char room[sizeof again + 64];
    all.iov_base = room;
    OK(ptrace(PTRACE_GETREGSET, child, NT_PRSTATUS, &all));
    CHECK_EQ(all.iov_len, sizeof again);
    CHECK_MEM(room, &at, sizeof at);
    all.iov_len = 13;
    CHECK_ERRNO(ptrace(PTRACE_GETREGSET, child, NT_PRSTATUS, &all), EINVAL);
    all.iov_len = 16;
    OK(ptrace(PTRACE_GETREGSET, child, NT_PRSTATUS, &all));
    CHECK_EQ(all.iov_len, 16);
    CHECK_ERRNO(ptrace(PTRACE_GETREGSET, child, 0x7777, &all), EINVAL);
    CHECK_EQ(ptrace(PTRACE_PEEKUSER, child, offsetof(struct user, regs.r14), 0), at.r14);
    CHECK_ERRNO(ptrace(PTRACE_PEEKUSER, child, 4, 0), EIO);
    CHECK_ERRNO(ptrace(PTRACE_PEEKUSER, child, 4096, 0), EIO);
    CHECK_ERRNO(ptrace(PTRACE_PEEKUSER, child, -8, 0), EIO);
    CHECK_ERRNO(ptrace(PTRACE_POKEUSER, child, sizeof(struct user_regs_struct), 0), EIO);
    go_on(PTRACE_CONT, child, 0);
    wait_ok(child);
}

CASE(floating_registers_are_read_and_set) {
    pid_t child = TRACED({
        double value = 1.5;
        __asm__ volatile("movsd %0, %%xmm7\nint3\nmovsd %%xmm7, %0" : "+m"(value) : : "xmm7");
        if (value != 2.5) _exit(1);
        __asm__ volatile("movsd %0, %%xmm7\nint3\nmovsd %%xmm7, %0" : "+m"(value) : : "xmm7");
        if (value != 3.5) _exit(2);
    });
    go_on(PTRACE_CONT, child, 0);
    CHECK_EQ(wait_stop(child), SIGTRAP);
    struct user_fpregs_struct state;
    OK(ptrace(PTRACE_GETFPREGS, child, 0, &state));
    double value;
    memcpy(&value, &state.xmm_space[7 * 4], 8);
    CHECK(value == 1.5);
    CHECK_EQ(state.mxcsr, 0x1f80);
    CHECK_EQ(state.cwd, 0x37f);
    value = 2.5;
    memcpy(&state.xmm_space[7 * 4], &value, 8);
    OK(ptrace(PTRACE_SETFPREGS, child, 0, &state));
    state.mxcsr = 0xffffffff;
    CHECK_ERRNO(ptrace(PTRACE_SETFPREGS, child, 0, &state), EINVAL);
    go_on(PTRACE_CONT, child, 0);
    CHECK_EQ(wait_stop(child), SIGTRAP);
    static char area[16384];
    struct iovec all = {area, sizeof area};
    OK(ptrace(PTRACE_GETREGSET, child, NT_X86_XSTATE, &all));
    CHECK(all.iov_len >= 576);
    CHECK((area[464] & 3) == 3);
    value = 3.5;
    memcpy(area + 160 + 7 * 16, &value, 8);
    area[512] |= 3;
    OK(ptrace(PTRACE_SETREGSET, child, NT_X86_XSTATE, &all));
    struct iovec less = {area, 576 - 8};
    CHECK_ERRNO(ptrace(PTRACE_SETREGSET, child, NT_X86_XSTATE, &less), EFAULT);
    area[520] = 1;
    CHECK_ERRNO(ptrace(PTRACE_SETREGSET, child, NT_X86_XSTATE, &all), EINVAL);
    area[520] = 0;
    area[519] = 0x40;
    CHECK_ERRNO(ptrace(PTRACE_SETREGSET, child, NT_X86_XSTATE, &all), EINVAL);
    go_on(PTRACE_CONT, child, 0);
    wait_ok(child);
}

/* Whatever a tracer sets, the tracee at most ends by it. */
CASE(wild_registers_end_the_tracee_at_most) {
    static const unsigned long places[] = {0, 1, 0x7fffffffffff, 0x800000000000, 0xffff800000000000,
            0xffffff0000000000, 0xffffff0000000010, 0xffffff0000000100, ~0UL, 0x1234567890abcdef, 0xf000, 0xe000};
    for (unsigned i = 0; i < sizeof places / sizeof *places; i++) {
        pid_t child = TRACED({ while (1) {} });
        struct user_regs_struct at = registers_of(child);
        at.rip = places[i];
        at.rsp = ~places[i];
        at.eflags = ~0UL & ~0x100UL;
        at.orig_rax = -1;
        OK(ptrace(PTRACE_SETREGS, child, 0, &at));
        go_on(PTRACE_CONT, child, 0);
        int stop = wait_stop(child);
        CHECK(stop == SIGSEGV || stop == SIGBUS || stop == SIGILL || stop == SIGTRAP);
        end_tracee(child);
    }
    pid_t child = TRACED({ while (1) {} });
    static const int fields[] = {offsetof(struct user, regs.cs), offsetof(struct user, regs.ss)};
    for (int i = 0; i < 2; i++) {
        CHECK_ERRNO(ptrace(PTRACE_POKEUSER, child, fields[i], 0), EIO);
        CHECK_ERRNO(ptrace(PTRACE_POKEUSER, child, fields[i], 0x10), EIO);
        CHECK_ERRNO(ptrace(PTRACE_POKEUSER, child, fields[i], 0x18), EIO);
    }
    CHECK_ERRNO(ptrace(PTRACE_POKEUSER, child, offsetof(struct user, regs.ds), 0x10), EIO);
    CHECK_ERRNO(ptrace(PTRACE_POKEUSER, child, offsetof(struct user, regs.fs_base), 1L << 63), EIO);
    CHECK_ERRNO(ptrace(PTRACE_POKEUSER, child, offsetof(struct user, regs.gs_base), 0x800000000000), EIO);
    OK(ptrace(PTRACE_POKEUSER, child, offsetof(struct user, regs.eflags), ~0UL & ~0x100UL));
    unsigned long flags = ptrace(PTRACE_PEEKUSER, child, offsetof(struct user, regs.eflags), 0);
    CHECK_EQ(flags & 0x3202, 0x202); /* IOPL stays 0, the interrupt flag set */
    end_tracee(child);
}

CASE(bad_pointers_of_the_tracer) {
    pid_t child = TRACED({ pause(); });
    CHECK_ERRNO(ptrace(PTRACE_GETREGS, child, 0, 8), EFAULT);
    CHECK_ERRNO(ptrace(PTRACE_SETREGS, child, 0, 8), EFAULT);
    CHECK_ERRNO(ptrace(PTRACE_GETFPREGS, child, 0, 8), EFAULT);
    CHECK_ERRNO(ptrace(PTRACE_SETFPREGS, child, 0, 8), EFAULT);
    CHECK_ERRNO(ptrace(PTRACE_GETREGSET, child, NT_PRSTATUS, 8), EFAULT);
    CHECK_ERRNO(ptrace(PTRACE_SETREGSET, child, NT_X86_XSTATE, 8), EFAULT);
    struct iovec bad = {(void *)8, 1 << 20};
    CHECK_ERRNO(ptrace(PTRACE_GETREGSET, child, NT_X86_XSTATE, &bad), EFAULT);
    CHECK_ERRNO(ptrace(PTRACE_SETREGSET, child, NT_PRSTATUS, &bad), EFAULT);
    bad.iov_len = -8;
    CHECK_ERRNO(ptrace(PTRACE_GETREGSET, child, NT_PRSTATUS, &bad), EFAULT);
    CHECK_ERRNO(ptrace(PTRACE_GETSIGINFO, child, 0, 8), EFAULT);
    CHECK_ERRNO(ptrace(PTRACE_SETSIGINFO, child, 0, 8), EFAULT);
    CHECK_ERRNO(ptrace(PTRACE_GETEVENTMSG, child, 0, 8), EFAULT);
    CHECK_ERRNO(ptrace(PTRACE_GETSIGMASK, child, 8, 8), EFAULT);
    CHECK_ERRNO(ptrace(PTRACE_SETSIGMASK, child, 8, 8), EFAULT);
    CHECK_ERRNO(ptrace(PTRACE_PEEKSIGINFO, child, 8, 8), EFAULT);
    CHECK_ERRNO(ptrace(0x420e, child, 100, 8), EFAULT);
    end_tracee(child);
}

#define DEBUG_REGISTER(number) offsetof(struct user, u_debugreg[number])

static volatile long watched;

/* Debug registers; the processor's manual, volume 3, 18.2. */
CASE(watched_memory_traps_where_it_is_written) {
    pid_t child = TRACED({
        watched = 1;
        watched = 2;
        pause();
    });
    CHECK_EQ(ptrace(PTRACE_PEEKUSER, child, DEBUG_REGISTER(7), 0), 0);
    OK(ptrace(PTRACE_POKEUSER, child, DEBUG_REGISTER(1), &watched));
    OK(ptrace(PTRACE_POKEUSER, child, DEBUG_REGISTER(7), 0x900004));
    CHECK_EQ(ptrace(PTRACE_PEEKUSER, child, DEBUG_REGISTER(1), 0), (long)&watched);
    CHECK_EQ(ptrace(PTRACE_PEEKUSER, child, DEBUG_REGISTER(7), 0), 0x900004);
    for (int i = 1; i <= 2; i++) {
        go_on(PTRACE_CONT, child, 0);
        CHECK_EQ(wait_stop(child), SIGTRAP);
        siginfo_t info;
        OK(ptrace(PTRACE_GETSIGINFO, child, 0, &info));
        CHECK_EQ(info.si_code, 4 /* TRAP_HWBKPT */);
        CHECK_EQ((long)info.si_addr, registers_of(child).rip);
        CHECK_EQ(ptrace(PTRACE_PEEKUSER, child, DEBUG_REGISTER(6), 0) & 0xf, 2);
        CHECK_EQ(ptrace(PTRACE_PEEKDATA, child, &watched, 0), i);
        OK(ptrace(PTRACE_POKEUSER, child, DEBUG_REGISTER(6), 0));
    }
    OK(ptrace(PTRACE_POKEUSER, child, DEBUG_REGISTER(7), 0));
    go_on(PTRACE_CONT, child, 0);
    AWAIT_SLEEPING(child);
    watched = 3;
    CHECK_EQ(watched, 3);
    end_tracee(child);
}

CASE(breakpoint_register_stops_before_the_instruction) {
    pid_t child = TRACED({
        if (answer() != 42) _exit(1);
        if (answer() != 42) _exit(2);
    });
    OK(ptrace(PTRACE_POKEUSER, child, DEBUG_REGISTER(0), answer));
    OK(ptrace(PTRACE_POKEUSER, child, DEBUG_REGISTER(7), 1));
    for (int i = 0; i < 2; i++) {
        go_on(PTRACE_CONT, child, 0);
        CHECK_EQ(wait_stop(child), SIGTRAP);
        CHECK_EQ(registers_of(child).rip, (long)answer);
    }
    go_on(PTRACE_CONT, child, 0);
    wait_ok(child);
}

CASE(wild_debug_registers_are_refused) {
    pid_t child = TRACED({ pause(); });
    CHECK_ERRNO(ptrace(PTRACE_POKEUSER, child, DEBUG_REGISTER(0), 0xffff800000000000), EINVAL);
    CHECK_ERRNO(ptrace(PTRACE_POKEUSER, child, DEBUG_REGISTER(0), 1L << 52), EINVAL);
    CHECK_ERRNO(ptrace(PTRACE_POKEUSER, child, DEBUG_REGISTER(4), 0), EIO);
    CHECK_ERRNO(ptrace(PTRACE_POKEUSER, child, DEBUG_REGISTER(5), 0), EIO);
    OK(ptrace(PTRACE_POKEUSER, child, DEBUG_REGISTER(0), &watched));
    CHECK_ERRNO(ptrace(PTRACE_POKEUSER, child, DEBUG_REGISTER(7), 0x20001), EINVAL);
    CHECK_ERRNO(ptrace(PTRACE_POKEUSER, child, DEBUG_REGISTER(7), 0xc0001), EINVAL);
    OK(ptrace(PTRACE_POKEUSER, child, DEBUG_REGISTER(7), 0x90001));
    CHECK_ERRNO(ptrace(PTRACE_POKEUSER, child, DEBUG_REGISTER(0), (char *)&watched + 1), EINVAL);
    OK(ptrace(PTRACE_POKEUSER, child, DEBUG_REGISTER(7), 0x2000)); /* general detect, not given */
    end_tracee(child);
}

/* A tracer may end at any moment of what it traces. */
CASE(program_outlives_the_tracer_that_watches_it) {
    volatile long *rounds = shared_page();
    pid_t target = SPAWN({ while (1) rounds[0]++; });
    AWAIT(rounds[0] > 0);
    for (int i = 0; i < 5; i++) {
        IN_CHILD({
            OK(ptrace(PTRACE_SEIZE, target, 0, 0));
            OK(ptrace(PTRACE_INTERRUPT, target, 0, 0));
            CHECK_EQ(wait_stop(target), SIGTRAP | PTRACE_EVENT_STOP << 8);
            OK(ptrace(PTRACE_POKEUSER, target, DEBUG_REGISTER(0), &watched));
            OK(ptrace(PTRACE_POKEUSER, target, DEBUG_REGISTER(7), 0x90001));
            long before = rounds[0];
            go_on(PTRACE_CONT, target, 0);
            AWAIT(rounds[0] > before + 2);
        });
        long after = rounds[0];
        AWAIT(rounds[0] > after + 1000);
    }
    OK(kill(target, SIGTERM));
    wait_signal(target, SIGTERM);
}
