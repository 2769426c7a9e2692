/* System calls of a tracee; ptrace(2), "Syscall-stops". */
#include "trace.h"


/* Brings a tracee to the entry of its next call. */
static struct user_regs_struct to_entry(pid_t tracee) {
    go_on(PTRACE_SYSCALL, tracee, 0);
    CHECK_EQ(wait_stop(tracee), SYSGOOD);
    return registers_of(tracee);
}

static struct user_regs_struct to_call(pid_t tracee, long number) {
    while (1) {
        struct user_regs_struct all = to_entry(tracee);
        if ((long)all.orig_rax == number) return all;
        to_entry(tracee);
    }
}

CASE(entry_and_exit_are_seen) {
    pid_t child = TRACED({
        if (syscall(SYS_getppid) != getppid()) _exit(1);
        _exit(7);
    });
    OK(ptrace(PTRACE_SETOPTIONS, child, 0, PTRACE_O_TRACESYSGOOD));
    struct user_regs_struct at = to_call(child, SYS_getppid);
    CHECK_EQ(at.rax, -ENOSYS);
    CHECK_EQ(at.rcx, at.rip);
    CHECK_EQ(at.r11, at.eflags);
    CHECK_EQ(at.cs, 0x33);
    CHECK_EQ(at.ss, 0x2b);
    long message;
    OK(ptrace(PTRACE_GETEVENTMSG, child, 0, &message));
    CHECK_EQ(message, 1);
    siginfo_t info;
    OK(ptrace(PTRACE_GETSIGINFO, child, 0, &info));
    CHECK_EQ(info.si_signo, SIGTRAP);
    CHECK_EQ(info.si_code, SYSGOOD);
    CHECK_EQ(info.si_pid, child);
    struct user_regs_struct after = to_entry(child);
    CHECK_EQ(after.rax, getpid());
    CHECK_EQ(after.orig_rax, SYS_getppid);
    CHECK_EQ(after.rip, at.rip);
    OK(ptrace(PTRACE_GETEVENTMSG, child, 0, &message));
    CHECK_EQ(message, 2);
    go_on(PTRACE_CONT, child, 0);
    wait_exit(child, 7);
}

/* Only its lower half says which call it is; tracers see all of it. */
CASE(number_is_seen_with_its_upper_half) {
    pid_t child = TRACED({
        long result;
        asm volatile("syscall"
                     : "=a"(result)
                     : "a"(0x8000000100000000 | SYS_getppid)
                     : "rcx", "r11", "memory");
        _exit(result == getppid() ? 7 : 1);
    });
    OK(ptrace(PTRACE_SETOPTIONS, child, 0, PTRACE_O_TRACESYSGOOD));
    struct user_regs_struct at;
    do at = to_entry(child);
    while ((int)at.orig_rax != SYS_getppid);
    CHECK_EQ(at.orig_rax, 0x8000000100000000 | SYS_getppid);
    uint64_t info[16];
    CHECK_EQ(ptrace(0x420e, child, sizeof info, info), 80);
    CHECK_EQ(info[3], SYS_getppid);
    CHECK_EQ(to_entry(child).orig_rax, 0x8000000100000000 | SYS_getppid);
    go_on(PTRACE_CONT, child, 0);
    wait_exit(child, 7);
}

CASE(call_is_skipped_changed_and_its_result_replaced) {
    pid_t child = TRACED({
        if (syscall(SYS_getppid) != 4711) _exit(1);
        if (syscall(SYS_getppid) != getpid()) _exit(2);
        if (syscall(SYS_getppid) != 12) _exit(3);
        errno = 0;
        if (syscall(SYS_getppid) != -1 || errno != ENOSYS) _exit(4);
        if (syscall(SYS_getppid, 1, 2, 3) != 3) _exit(5);
    });
    OK(ptrace(PTRACE_SETOPTIONS, child, 0, PTRACE_O_TRACESYSGOOD));
    struct user_regs_struct at = to_call(child, SYS_getppid);
    at.orig_rax = -1;
    at.rax = 4711;
    OK(ptrace(PTRACE_SETREGS, child, 0, &at));
    CHECK_EQ(to_entry(child).rax, 4711);
    at = to_call(child, SYS_getppid);
    OK(ptrace(PTRACE_POKEUSER, child, offsetof(struct user, regs.orig_rax), SYS_getpid));
    CHECK_EQ(to_entry(child).rax, child);
    to_call(child, SYS_getppid);
    at = to_entry(child);
    at.rax = 12;
    OK(ptrace(PTRACE_SETREGS, child, 0, &at));
    to_call(child, SYS_getppid);
    OK(ptrace(PTRACE_POKEUSER, child, offsetof(struct user, regs.orig_rax), 100000));
    CHECK_EQ(to_entry(child).rax, -ENOSYS);
    /* The arguments are looked at when the tracer is done. */
    at = to_call(child, SYS_getppid);
    int ends[2];
    (void)ends;
    at.orig_rax = SYS_lseek;
    at.rdi = 12345;
    OK(ptrace(PTRACE_SETREGS, child, 0, &at));
    at = to_entry(child);
    CHECK_EQ(at.rax, -EBADF);
    at.rax = 3;
    OK(ptrace(PTRACE_SETREGS, child, 0, &at));
    go_on(PTRACE_CONT, child, 0);
    wait_ok(child);
}

CASE(info_of_a_call) {
    pid_t child = TRACED({
        syscall(SYS_lseek, -1, 2, 3, 4, 5, 6);
        syscall(SYS_getpid);
    });
    struct {
        uint8_t op, pad[3];
        uint32_t arch;
        uint64_t ip, sp;
        uint64_t rest[8];
    } info;
    memset(&info, 0xff, sizeof info);
    CHECK_EQ(ptrace(0x420e, child, sizeof info, &info), 24);
    CHECK_EQ(info.op, 0);
    CHECK_EQ(info.arch, 0xC000003E);
    OK(ptrace(PTRACE_SETOPTIONS, child, 0, PTRACE_O_TRACESYSGOOD));
    struct user_regs_struct at = to_call(child, SYS_lseek);
    CHECK_EQ(ptrace(0x420e, child, sizeof info, &info), 80);
    CHECK_EQ(info.op, 1);
    CHECK_EQ(info.ip, at.rip);
    CHECK_EQ(info.sp, at.rsp);
    CHECK_EQ(info.rest[0], SYS_lseek);
    CHECK_EQ((int)info.rest[1], -1);
    for (int i = 2; i <= 6; i++) CHECK_EQ(info.rest[i], i);
    to_entry(child);
    CHECK_EQ(ptrace(0x420e, child, 24, &info), 33);
    CHECK_EQ(info.op, 2);
    CHECK_EQ(ptrace(0x420e, child, sizeof info, &info), 33);
    CHECK_EQ((int64_t)info.rest[0], -EBADF);
    CHECK_EQ(info.rest[1] & 0xff, 1);
    end_tracee(child);
}

static void nothing(int number) { (void)number; }

/* A call that a signal interrupts ends first, then the signal is delivered. */
CASE(interrupted_call_is_restarted_or_not) {
    int ends[2];
    OK(pipe(ends));
    pid_t child = TRACED({
        on_signal(SIGUSR1, nothing, SA_RESTART);
        on_signal(SIGUSR2, nothing, 0);
        char byte;
        if (read(ends[0], &byte, 1) != 1 || byte != 'x') _exit(1);
        if (read(ends[0], &byte, 1) != -1 || errno != EINTR) _exit(2);
    });
    OK(ptrace(PTRACE_SETOPTIONS, child, 0, PTRACE_O_TRACESYSGOOD));
    struct user_regs_struct at = to_call(child, SYS_read);
    go_on(PTRACE_SYSCALL, child, 0);
    AWAIT_SLEEPING(child);
    /* Ignored by default, and seen by the tracer. */
    OK(kill(child, SIGCHLD));
    CHECK_EQ(wait_stop(child), SYSGOOD);
    CHECK_EQ((long)registers_of(child).rax, -512);
    go_on(PTRACE_SYSCALL, child, 0);
    CHECK_EQ(wait_stop(child), SIGCHLD);
    CHECK_EQ((long)registers_of(child).rax, -512);
    CHECK_EQ(registers_of(child).orig_rax, SYS_read);
    CHECK_EQ(registers_of(child).rip, at.rip);
    go_on(PTRACE_SYSCALL, child, SIGCHLD);
    CHECK_EQ(wait_stop(child), SYSGOOD);
    CHECK_EQ(registers_of(child).orig_rax, SYS_read);
    CHECK_EQ((long)registers_of(child).rax, -ENOSYS);
    go_on(PTRACE_CONT, child, 0);
    AWAIT_SLEEPING(child);
    OK(kill(child, SIGUSR1));
    CHECK_EQ(wait_stop(child), SIGUSR1);
    go_on(PTRACE_CONT, child, SIGUSR1);
    CHECK_EQ(write(ends[1], "x", 1), 1);
    AWAIT_SLEEPING(child);
    OK(kill(child, SIGUSR2));
    CHECK_EQ(wait_stop(child), SIGUSR2);
    go_on(PTRACE_CONT, child, SIGUSR2);
    wait_ok(child);
}

CASE(sleep_goes_on_after_a_stop) {
    pid_t child = TRACED({
        int64_t start = now_ns();
        struct timespec time = {0, 300000000};
        if (nanosleep(&time, NULL) != 0) _exit(1);
        if (now_ns() - start < 300000000) _exit(2);
        if (poll(NULL, 0, 50) != 0) _exit(3);
    });
    OK(ptrace(PTRACE_SETOPTIONS, child, 0, PTRACE_O_TRACESYSGOOD));
    go_on(PTRACE_SYSCALL, child, 0);
    int is_entry = 1;
    while (1) {
        CHECK_EQ(wait_stop(child), SYSGOOD);
        struct user_regs_struct at = registers_of(child);
        if (is_entry && (at.orig_rax == SYS_nanosleep || at.orig_rax == SYS_clock_nanosleep)) break;
        is_entry = !is_entry;
        go_on(PTRACE_SYSCALL, child, 0);
    }
    go_on(PTRACE_SYSCALL, child, 0);
    OK(kill(child, SIGWINCH));
    CHECK_EQ(wait_stop(child), SYSGOOD);
    CHECK_EQ((long)registers_of(child).rax, -516);
    go_on(PTRACE_SYSCALL, child, 0);
    CHECK_EQ(wait_stop(child), SIGWINCH);
    go_on(PTRACE_SYSCALL, child, 0);
    CHECK_EQ(wait_stop(child), SYSGOOD);
    CHECK_EQ(registers_of(child).orig_rax, SYS_restart_syscall);
    go_on(PTRACE_CONT, child, 0);
    wait_ok(child);
}

/* The flags and numbers of calls that a tracer may set are as wild as those of a program. */
CASE(wild_numbers_of_calls) {
    static const long numbers[] = {-1, -2, 512, 1 << 20, INT_MAX, INT_MIN, LONG_MAX, 0x100000000};
    pid_t child = TRACED({ while (1) syscall(SYS_getppid, -1); });
    OK(ptrace(PTRACE_SETOPTIONS, child, 0, PTRACE_O_TRACESYSGOOD));
    for (unsigned i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        to_call(child, SYS_getppid);
        OK(ptrace(PTRACE_POKEUSER, child, offsetof(struct user, regs.orig_rax), numbers[i]));
        long result = to_entry(child).rax;
        CHECK_EQ(result, numbers[i] == 0x100000000 ? -EBADF : -ENOSYS);
    }
    end_tracee(child);
}
