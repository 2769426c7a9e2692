/* Stops of tracees and what is told of them; ptrace(2), wait(2). */
#include "trace.h"
#include <pthread.h>

CASE(signal_is_seen_dropped_changed_and_delivered) {
    pid_t child = TRACED({
        sigset_t set;
        sigemptyset(&set);
        sigaddset(&set, SIGUSR1);
        sigaddset(&set, SIGUSR2);
        sigprocmask(SIG_BLOCK, &set, NULL);
        raise(SIGUSR1);
        siginfo_t info;
        raise(SIGTERM);
        if (sigwaitinfo(&set, &info) != SIGUSR1) _exit(1);
        raise(SIGHUP);
        if (sigwaitinfo(&set, &info) != SIGUSR2 || info.si_code != SI_USER) _exit(2);
        if (info.si_pid != getppid()) _exit(3);
        raise(SIGINT);
    });
    go_on(PTRACE_CONT, child, 0);
    CHECK_EQ(wait_stop(child), SIGTERM);
    siginfo_t info;
    OK(ptrace(PTRACE_GETSIGINFO, child, 0, &info));
    CHECK_EQ(info.si_signo, SIGTERM);
    CHECK_EQ(info.si_code, SI_TKILL);
    CHECK_EQ(info.si_pid, child);
    go_on(PTRACE_CONT, child, 0);
    CHECK_EQ(wait_stop(child), SIGHUP);
    go_on(PTRACE_CONT, child, SIGUSR2);
    CHECK_EQ(wait_stop(child), SIGINT);
    go_on(PTRACE_CONT, child, SIGINT);
    wait_signal(child, SIGINT);
}

static volatile siginfo_t seen;
static void see(int number, siginfo_t *info, void *context) {
    (void)number, (void)context;
    seen = *info;
}

CASE(details_of_a_signal_are_replaced) {
    pid_t child = TRACED({
        on_signal_info(SIGUSR1, see, 0);
        raise(SIGUSR1);
        if (seen.si_value.sival_int != 99 || seen.si_code != SI_QUEUE) _exit(1);
    });
    go_on(PTRACE_CONT, child, 0);
    CHECK_EQ(wait_stop(child), SIGUSR1);
    siginfo_t info;
    OK(ptrace(PTRACE_GETSIGINFO, child, 0, &info));
    info.si_code = SI_QUEUE;
    info.si_value.sival_int = 99;
    OK(ptrace(PTRACE_SETSIGINFO, child, 0, &info));
    go_on(PTRACE_CONT, child, SIGUSR1);
    wait_ok(child);
}

CASE(attach_stops_and_detach_lets_go) {
    int ends[2];
    OK(pipe(ends));
    pid_t child = SPAWN({
        char byte;
        if (read(ends[0], &byte, 1) != 1) _exit(1);
        raise(SIGUSR1);
    });
    AWAIT_SLEEPING(child);
    CHECK_EQ(tracer_of(child), 0);
    CHECK_ERRNO(ptrace(PTRACE_CONT, child, 0, 0), ESRCH);
    OK(ptrace(PTRACE_ATTACH, child, 0, 0));
    CHECK_EQ(wait_stop(child), SIGSTOP);
    CHECK_EQ(tracer_of(child), getpid());
    char name[24];
    snprintf(name, sizeof name, "%d", child);
    CHECK_EQ(task_state(name), 't');
    CHECK_EQ(registers_of(child).orig_rax, SYS_read);
    CHECK_ERRNO(ptrace(PTRACE_ATTACH, child, 0, 0), EPERM);
    CHECK_ERRNO(ptrace(PTRACE_DETACH, child, 0, 65), EIO);
    OK(ptrace(PTRACE_DETACH, child, 0, 0));
    CHECK_EQ(tracer_of(child), 0);
    CHECK_EQ(write(ends[1], "x", 1), 1);
    wait_signal(child, SIGUSR1);
}

CASE(detach_with_a_signal_delivers_it) {
    pid_t child = TRACED({ pause(); });
    OK(ptrace(PTRACE_DETACH, child, 0, SIGTERM));
    wait_signal(child, SIGTERM);
}

CASE(requests_need_a_stop) {
    pid_t child = TRACED({ pause(); });
    struct user_regs_struct all;
    go_on(PTRACE_CONT, child, 0);
    CHECK_ERRNO(ptrace(PTRACE_GETREGS, child, 0, &all), ESRCH);
    CHECK_ERRNO(ptrace(PTRACE_CONT, child, 0, 0), ESRCH);
    CHECK_ERRNO(ptrace(PTRACE_PEEKDATA, child, &all, 0), ESRCH);
    CHECK_ERRNO(ptrace(PTRACE_DETACH, child, 0, 0), ESRCH);
    CHECK_ERRNO(ptrace(PTRACE_GETREGS, 1 << 22, 0, &all), ESRCH);
    OK(kill(child, SIGUSR1));
    CHECK_EQ(wait_stop(child), SIGUSR1);
    CHECK_ERRNO(ptrace(PTRACE_CONT, child, 0, 65), EIO);
    CHECK_ERRNO(ptrace(9999, child, 0, 0), EIO);
    CHECK_ERRNO(ptrace(PTRACE_SETOPTIONS, child, 0, 1 << 30), EINVAL);
    CHECK_ERRNO(ptrace(PTRACE_INTERRUPT, child, 0, 0), EIO);
    CHECK_ERRNO(ptrace(PTRACE_LISTEN, child, 0, 0), EIO);
    OK(ptrace(PTRACE_KILL, child, 0, 0));
    wait_signal(child, SIGKILL);
}

CASE(traceme_twice_or_one_of_the_own_threads_is_refused) {
    pid_t child = TRACED({
        if (ptrace(PTRACE_TRACEME, 0, 0, 0) != -1 || errno != EPERM) _exit(1);
        if (ptrace(PTRACE_ATTACH, getpid(), 0, 0) != -1 || errno != EPERM) _exit(2);
    });
    go_on(PTRACE_CONT, child, 0);
    wait_ok(child);
}

/* A stop of the process is told of without details. */
CASE(group_stop_has_no_details) {
    pid_t child = TRACED({ raise(SIGTSTP); });
    go_on(PTRACE_CONT, child, 0);
    CHECK_EQ(wait_stop(child), SIGTSTP);
    siginfo_t info;
    OK(ptrace(PTRACE_GETSIGINFO, child, 0, &info));
    OK(setpgid(child, child));
    go_on(PTRACE_CONT, child, SIGSTOP);
    CHECK_EQ(wait_stop(child), SIGSTOP);
    CHECK_ERRNO(ptrace(PTRACE_GETSIGINFO, child, 0, &info), EINVAL);
    go_on(PTRACE_CONT, child, 0);
    wait_ok(child);
}

CASE(seized_process_is_interrupted_without_a_signal) {
    pid_t child = SPAWN({ while (1) pause(); });
    AWAIT_SLEEPING(child);
    CHECK_ERRNO(ptrace(PTRACE_SEIZE, child, 1, 0), EIO);
    OK(ptrace(PTRACE_SEIZE, child, 0, PTRACE_O_TRACESYSGOOD));
    CHECK_EQ(waitpid(child, NULL, WNOHANG | __WALL), 0);
    OK(ptrace(PTRACE_INTERRUPT, child, 0, 0));
    CHECK_EQ(wait_stop(child), SIGTRAP | PTRACE_EVENT_STOP << 8);
    siginfo_t info;
    OK(ptrace(PTRACE_GETSIGINFO, child, 0, &info));
    CHECK_EQ(info.si_code, SIGTRAP | PTRACE_EVENT_STOP << 8);
    go_on(PTRACE_SYSCALL, child, 0);
    CHECK_EQ(wait_stop(child), SYSGOOD);
    CHECK_EQ((long)registers_of(child).rax, -ENOSYS);
    end_tracee(child);
}

CASE(listening_process_hears_of_the_end_of_its_stop) {
    pid_t child = SPAWN({ while (1) pause(); });
    AWAIT_SLEEPING(child);
    OK(ptrace(PTRACE_SEIZE, child, 0, 0));
    OK(kill(child, SIGSTOP));
    CHECK_EQ(wait_stop(child), SIGSTOP);
    go_on(PTRACE_CONT, child, SIGSTOP);
    CHECK_EQ(wait_stop(child), SIGSTOP | PTRACE_EVENT_STOP << 8);
    OK(ptrace(PTRACE_LISTEN, child, 0, 0));
    struct user_regs_struct all;
    CHECK_ERRNO(ptrace(PTRACE_GETREGS, child, 0, &all), ESRCH);
    CHECK_EQ(waitpid(child, NULL, WNOHANG | __WALL), 0);
    OK(kill(child, SIGCONT));
    CHECK_EQ(wait_stop(child), SIGTRAP | PTRACE_EVENT_STOP << 8);
    go_on(PTRACE_CONT, child, 0);
    CHECK_EQ(wait_stop(child), SIGCONT);
    end_tracee(child);
}

CASE(stopped_process_can_be_seized) {
    pid_t child = SPAWN({ while (1) pause(); });
    AWAIT_SLEEPING(child);
    OK(kill(child, SIGSTOP));
    int status;
    CHECK_EQ(waitpid(child, &status, WUNTRACED), child);
    OK(ptrace(PTRACE_SEIZE, child, 0, 0));
    CHECK_EQ(wait_stop(child), SIGSTOP | PTRACE_EVENT_STOP << 8);
    OK(ptrace(PTRACE_DETACH, child, 0, 0));
    char name[24];
    snprintf(name, sizeof name, "%d", child);
    AWAIT(task_state(name) == 'T');
    OK(kill(child, SIGCONT));
    AWAIT(task_state(name) == 'S');
    OK(kill(child, SIGKILL));
    wait_signal(child, SIGKILL);
}

CASE(waitid_tells_of_traps) {
    pid_t child = TRACED({ raise(SIGUSR1); });
    go_on(PTRACE_CONT, child, 0);
    siginfo_t info;
    OK(waitid(P_PID, child, &info, WSTOPPED | WEXITED | WNOWAIT));
    CHECK_EQ(info.si_code, CLD_TRAPPED);
    CHECK_EQ(info.si_status, SIGUSR1);
    CHECK_EQ(info.si_pid, child);
    OK(waitid(P_ALL, 0, &info, WSTOPPED));
    CHECK_EQ(info.si_status, SIGUSR1);
    memset(&info, 0xff, sizeof info);
    OK(waitid(P_PID, child, &info, WSTOPPED | WNOHANG));
    CHECK_EQ(info.si_pid, 0);
    go_on(PTRACE_CONT, child, 0);
    wait_ok(child);
}

static volatile int told, told_code, told_status;
static void child_told(int number, siginfo_t *info, void *context) {
    (void)number, (void)context;
    told = info->si_pid;
    told_code = info->si_code;
    told_status = info->si_status;
}

CASE(tracer_gets_sigchld_for_each_stop) {
    on_signal_info(SIGCHLD, child_told, SA_RESTART);
    pid_t child = TRACED({ raise(SIGUSR1); });
    AWAIT(told == child);
    told = 0;
    go_on(PTRACE_CONT, child, 0);
    CHECK_EQ(wait_stop(child), SIGUSR1);
    AWAIT(told == child);
    CHECK_EQ(told_code, CLD_TRAPPED);
    CHECK_EQ(told_status, SIGUSR1);
    go_on(PTRACE_CONT, child, 0);
    wait_ok(child);
}

/* Whose parent is another hears of its end after its tracer. */
CASE(tracer_waits_before_the_parent_does) {
    int ends[2], back[2];
    OK(pipe(ends));
    OK(pipe(back));
    pid_t child = OK(fork());
    if (child == 0) {
        pid_t own = SPAWN({ pause(); });
        CHECK_EQ(write(ends[1], &own, sizeof own), sizeof own);
        char byte;
        CHECK_EQ(read(back[0], &byte, 1), 1);
        int status;
        CHECK_EQ(waitpid(own, &status, WNOHANG), 0);
        CHECK_EQ(write(ends[1], "x", 1), 1);
        CHECK_EQ(waitpid(own, &status, 0), own);
        CHECK(WIFSIGNALED(status));
        _exit(WTERMSIG(status));
    }
    pid_t other;
    CHECK_EQ(read(ends[0], &other, sizeof other), sizeof other);
    OK(ptrace(PTRACE_ATTACH, other, 0, 0));
    CHECK_EQ(wait_stop(other), SIGSTOP);
    go_on(PTRACE_CONT, other, 0);
    OK(kill(other, SIGTERM));
    CHECK_EQ(wait_stop(other), SIGTERM);
    go_on(PTRACE_CONT, other, SIGTERM);
    siginfo_t info;
    OK(waitid(P_PID, other, &info, WEXITED | WNOWAIT));
    CHECK_EQ(write(back[1], "x", 1), 1);
    char byte;
    CHECK_EQ(read(ends[0], &byte, 1), 1);
    int status;
    CHECK_EQ(waitpid(other, &status, 0), other);
    CHECK(WIFSIGNALED(status));
    CHECK_ERRNO(waitpid(other, &status, 0), ECHILD);
    wait_exit(child, SIGTERM);
}

CASE(tracees_go_on_without_their_tracer) {
    int ends[2];
    OK(pipe(ends));
    pid_t target = SPAWN({
        char byte;
        if (read(ends[0], &byte, 1) != 1) _exit(1);
    });
    AWAIT_SLEEPING(target);
    IN_CHILD({
        OK(ptrace(PTRACE_ATTACH, target, 0, 0));
        CHECK_EQ(wait_stop(target), SIGSTOP);
    });
    CHECK_EQ(tracer_of(target), 0);
    CHECK_EQ(write(ends[1], "x", 1), 1);
    wait_ok(target);
}

CASE(exitkill_ends_tracees_with_their_tracer) {
    pid_t target = SPAWN({ while (1) pause(); });
    AWAIT_SLEEPING(target);
    IN_CHILD({ OK(ptrace(PTRACE_SEIZE, target, 0, PTRACE_O_EXITKILL)); });
    wait_signal(target, SIGKILL);
}

CASE(sigkill_ends_each_kind_of_stop) {
    pid_t child = TRACED({ pause(); });
    end_tracee(child);
    child = TRACED({ getppid(); });
    go_on(PTRACE_SYSCALL, child, 0);
    CHECK_EQ(wait_stop(child), SIGTRAP);
    end_tracee(child);
    child = TRACED({ raise(SIGSTOP); });
    go_on(PTRACE_CONT, child, 0);
    CHECK_EQ(wait_stop(child), SIGSTOP);
    go_on(PTRACE_CONT, child, SIGSTOP);
    CHECK_EQ(wait_stop(child), SIGSTOP);
    end_tracee(child);
}

CASE(pending_signals_and_mask_are_seen) {
    pid_t child = TRACED({
        block_signal(SIGUSR1);
        union sigval value;
        value.sival_int = 5;
        sigqueue(getpid(), SIGUSR1, value);
        syscall(SYS_tgkill, getpid(), getpid(), SIGUSR1);
        raise(SIGUSR2);
        pause();
    });
    go_on(PTRACE_CONT, child, 0);
    CHECK_EQ(wait_stop(child), SIGUSR2);
    uint64_t mask;
    CHECK_ERRNO(ptrace(PTRACE_GETSIGMASK, child, 4, &mask), EINVAL);
    OK(ptrace(PTRACE_GETSIGMASK, child, 8, &mask));
    CHECK_EQ(mask, 1 << (SIGUSR1 - 1));
    siginfo_t infos[3];
    struct __ptrace_peeksiginfo_args arguments = {0, PTRACE_PEEKSIGINFO_SHARED, 3};
    CHECK_EQ(ptrace(PTRACE_PEEKSIGINFO, child, &arguments, infos), 1);
    CHECK_EQ(infos[0].si_signo, SIGUSR1);
    CHECK_EQ(infos[0].si_value.sival_int, 5);
    arguments.flags = 0;
    CHECK_EQ(ptrace(PTRACE_PEEKSIGINFO, child, &arguments, infos), 1);
    CHECK_EQ(infos[0].si_code, SI_TKILL);
    arguments.off = 1;
    CHECK_EQ(ptrace(PTRACE_PEEKSIGINFO, child, &arguments, infos), 0);
    /* What fits before a bad address counts. */
    OK(kill(child, SIGRTMIN));
    OK(kill(child, SIGRTMIN));
    char *pages = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(pages != MAP_FAILED);
    OK(mprotect(pages + 4096, 4096, PROT_NONE));
    arguments = (struct __ptrace_peeksiginfo_args){0, PTRACE_PEEKSIGINFO_SHARED, 3};
    siginfo_t *last = (siginfo_t *)(pages + 4096) - 2;
    CHECK_EQ(ptrace(PTRACE_PEEKSIGINFO, child, &arguments, last), 2);
    CHECK_EQ(last[0].si_signo, SIGUSR1);
    CHECK_EQ(last[1].si_signo, SIGRTMIN);
    CHECK_ERRNO(ptrace(PTRACE_PEEKSIGINFO, child, &arguments, pages + 4096), EFAULT);
    arguments.flags = 0;
    arguments.off = 1;
    arguments.nr = -1;
    CHECK_ERRNO(ptrace(PTRACE_PEEKSIGINFO, child, &arguments, infos), EINVAL);
    mask = 0;
    OK(ptrace(PTRACE_SETSIGMASK, child, 8, &mask));
    go_on(PTRACE_CONT, child, 0);
    CHECK_EQ(wait_stop(child), SIGUSR1);
    end_tracee(child);
}

/* Its area of rseq(2) is gone, too, which the kernel finds first if the thread was interrupted. */
CASE(thread_without_memory_stops_for_its_fault) {
    pid_t child = TRACED(munmap(NULL, 0x7ffffffff000));
    OK(ptrace(PTRACE_SETOPTIONS, child, 0, PTRACE_O_TRACESYSGOOD));
    do {
        go_on(PTRACE_SYSCALL, child, 0);
        CHECK_EQ(wait_stop(child), SYSGOOD);
    } while (registers_of(child).orig_rax != SYS_munmap);
    go_on(PTRACE_SYSCALL, child, 0);
    CHECK_EQ(wait_stop(child), SYSGOOD);
    CHECK_EQ(registers_of(child).rax, 0);
    go_on(PTRACE_SYSCALL, child, 0);
    CHECK_EQ(wait_stop(child), SIGSEGV);
    go_on(PTRACE_CONT, child, SIGSEGV);
    int status;
    OK(waitpid(child, &status, 0));
    CHECK(WIFSIGNALED(status));
    CHECK_EQ(WTERMSIG(status), SIGSEGV);
}
