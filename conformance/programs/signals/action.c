/* build: static static-pie
 * sigaction(2), masks, pending signals, default actions: signal(7). */
#include "../case.h"
#include <sys/resource.h>

static volatile sig_atomic_t calls, last;
static volatile siginfo_t last_info;

static void count(int number) {
    calls++;
    last = number;
}

static void keep_info(int number, siginfo_t *info, void *context) {
    (void)context;
    calls++;
    last = number;
    last_info = *info;
}

CASE(handler_runs_at_once_for_raise) {
    on_signal(SIGUSR1, count, 0);
    raise(SIGUSR1);
    CHECK_EQ(calls, 1);
    CHECK_EQ(last, SIGUSR1);
}

CASE(handler_runs_before_kill_to_self_returns) {
    on_signal(SIGUSR2, count, 0);
    OK(kill(getpid(), SIGUSR2));
    CHECK_EQ(calls, 1);
}

CASE(old_action_is_returned) {
    struct sigaction old;
    OK(sigaction(SIGUSR1, NULL, &old));
    CHECK(old.sa_handler == SIG_DFL);
    struct sigaction action = {.sa_handler = count, .sa_flags = SA_RESTART | SA_NODEFER};
    sigaddset(&action.sa_mask, SIGTERM);
    OK(sigaction(SIGUSR1, &action, &old));
    CHECK(old.sa_handler == SIG_DFL);
    OK(sigaction(SIGUSR1, NULL, &old));
    CHECK(old.sa_handler == count);
    CHECK_EQ(old.sa_flags & ~0x04000000, SA_RESTART | SA_NODEFER);
    CHECK(sigismember(&old.sa_mask, SIGTERM));
    CHECK(!sigismember(&old.sa_mask, SIGINT));
}

CASE(invalid_numbers_are_einval) {
    struct sigaction action = {.sa_handler = count};
    CHECK_ERRNO(sigaction(0, &action, NULL), EINVAL);
    CHECK_ERRNO(sigaction(65, &action, NULL), EINVAL);
    CHECK_ERRNO(sigaction(-1, &action, NULL), EINVAL);
    CHECK_ERRNO(kill(getpid(), 65), EINVAL);
    CHECK_ERRNO(kill(getpid(), -1), EINVAL);
}

CASE(kill_and_stop_cannot_be_caught) {
    struct sigaction action = {.sa_handler = count}, old;
    CHECK_ERRNO(sigaction(SIGKILL, &action, NULL), EINVAL);
    CHECK_ERRNO(sigaction(SIGSTOP, &action, NULL), EINVAL);
    OK(sigaction(SIGKILL, NULL, &old));
}

CASE(kill_and_stop_cannot_be_blocked) {
    sigset_t all, now;
    sigfillset(&all);
    OK(sigprocmask(SIG_SETMASK, &all, NULL));
    OK(sigprocmask(SIG_SETMASK, NULL, &now));
    CHECK(!sigismember(&now, SIGKILL));
    CHECK(!sigismember(&now, SIGSTOP));
    CHECK(sigismember(&now, SIGTERM));
}

CASE(wrong_set_size_is_einval) {
    uint64_t set = 0;
    CHECK_ERRNO(syscall(SYS_rt_sigprocmask, SIG_BLOCK, &set, NULL, 16), EINVAL);
    CHECK_ERRNO(syscall(SYS_rt_sigaction, SIGUSR1, NULL, NULL, 4), EINVAL);
    CHECK_ERRNO(syscall(SYS_rt_sigprocmask, 77, &set, NULL, 8), EINVAL);
}

CASE(block_unblock_and_setmask) {
    sigset_t set = signal_set(SIGUSR1), old, now;
    OK(sigprocmask(SIG_BLOCK, &set, &old));
    CHECK(!sigismember(&old, SIGUSR1));
    set = signal_set(SIGUSR2);
    OK(sigprocmask(SIG_BLOCK, &set, &old));
    CHECK(sigismember(&old, SIGUSR1));
    OK(sigprocmask(SIG_UNBLOCK, &set, NULL));
    OK(sigprocmask(SIG_BLOCK, NULL, &now));
    CHECK(sigismember(&now, SIGUSR1) && !sigismember(&now, SIGUSR2));
    OK(sigprocmask(SIG_SETMASK, &set, NULL));
    OK(sigprocmask(0, NULL, &now));
    CHECK(!sigismember(&now, SIGUSR1) && sigismember(&now, SIGUSR2));
}

CASE(blocked_signal_stays_pending) {
    on_signal(SIGUSR1, count, 0);
    block_signal(SIGUSR1);
    raise(SIGUSR1);
    sigset_t pending;
    OK(sigpending(&pending));
    CHECK(sigismember(&pending, SIGUSR1));
    CHECK_EQ(calls, 0);
    unblock_signal(SIGUSR1);
    CHECK_EQ(calls, 1);
    OK(sigpending(&pending));
    CHECK(!sigismember(&pending, SIGUSR1));
}

CASE(standard_signals_do_not_queue) {
    on_signal(SIGUSR1, count, 0);
    block_signal(SIGUSR1);
    for (int i = 0; i < 5; i++) kill(getpid(), SIGUSR1);
    unblock_signal(SIGUSR1);
    CHECK_EQ(calls, 1);
}

static volatile int order[32], ordered;
static void note(int number, siginfo_t *info, void *context) {
    (void)context;
    order[ordered++] = number * 1000 + info->si_value.sival_int;
}

/* signal(7): real-time signals queue, in order, lowest number first, with their values. */
CASE(real_time_signals_queue_in_order) {
    int low = SIGRTMIN + 1, high = SIGRTMIN + 2;
    struct sigaction action = {.sa_sigaction = note, .sa_flags = SA_SIGINFO};
    sigfillset(&action.sa_mask);
    OK(sigaction(low, &action, NULL));
    OK(sigaction(high, &action, NULL));
    block_signal(low);
    block_signal(high);
    for (int i = 0; i < 3; i++) {
        OK(sigqueue(getpid(), high, (union sigval){.sival_int = i}));
        OK(sigqueue(getpid(), low, (union sigval){.sival_int = i}));
    }
    sigset_t both = signal_set(low);
    sigaddset(&both, high);
    OK(sigprocmask(SIG_UNBLOCK, &both, NULL));
    CHECK_EQ(ordered, 6);
    for (int i = 0; i < 3; i++) {
        CHECK_EQ(order[i], low * 1000 + i);
        CHECK_EQ(order[3 + i], high * 1000 + i);
    }
}

CASE(siginfo_of_kill) {
    on_signal_info(SIGUSR1, keep_info, 0);
    OK(kill(getpid(), SIGUSR1));
    CHECK_EQ(last_info.si_signo, SIGUSR1);
    CHECK_EQ(last_info.si_code, SI_USER);
    CHECK_EQ(last_info.si_pid, getpid());
    CHECK_EQ(last_info.si_uid, getuid());
    CHECK_EQ(last_info.si_errno, 0);
}

CASE(siginfo_of_tgkill_and_sigqueue) {
    on_signal_info(SIGUSR1, keep_info, 0);
    OK(syscall(SYS_tgkill, getpid(), gettid(), SIGUSR1));
    CHECK_EQ(last_info.si_code, SI_TKILL);
    CHECK_EQ(last_info.si_pid, getpid());
    OK(sigqueue(getpid(), SIGUSR1, (union sigval){.sival_int = 4711}));
    CHECK_EQ(last_info.si_code, SI_QUEUE);
    CHECK_EQ(last_info.si_value.sival_int, 4711);
    CHECK_EQ(calls, 2);
}

CASE(siginfo_names_the_sending_child) {
    on_signal_info(SIGUSR1, keep_info, 0);
    pid_t parent = getpid(), child = SPAWN(OK(kill(parent, SIGUSR1)));
    wait_ok(child);
    CHECK_EQ(last_info.si_pid, child);
}

CASE(rt_sigqueueinfo_cannot_pretend_to_be_the_kernel) {
    siginfo_t info = {.si_signo = SIGUSR1, .si_code = SI_USER};
    pid_t child = SPAWN(for (;;) pause());
    CHECK_ERRNO(syscall(SYS_rt_sigqueueinfo, child, SIGUSR1, &info), EPERM);
    info.si_code = SI_TKILL;
    CHECK_ERRNO(syscall(SYS_rt_sigqueueinfo, child, SIGUSR1, &info), EPERM);
    OK(kill(child, SIGKILL));
    wait_signal(child, SIGKILL);
}

static void check_blocked(int number) {
    sigset_t now;
    sigprocmask(SIG_BLOCK, NULL, &now);
    CHECK(sigismember(&now, number));
    CHECK(sigismember(&now, SIGTERM));
    CHECK(!sigismember(&now, SIGINT));
    calls++;
}

CASE(handler_runs_with_its_own_signal_and_sa_mask_blocked) {
    struct sigaction action = {.sa_handler = check_blocked};
    sigaddset(&action.sa_mask, SIGTERM);
    OK(sigaction(SIGUSR1, &action, NULL));
    raise(SIGUSR1);
    CHECK_EQ(calls, 1);
    sigset_t now;
    sigprocmask(SIG_BLOCK, NULL, &now);
    CHECK(!sigismember(&now, SIGUSR1) && !sigismember(&now, SIGTERM));
}

static volatile int nesting, deepest;
static void nest(int number) {
    nesting++;
    if (nesting > deepest) deepest = nesting;
    if (++calls < 3) raise(number);
    nesting--;
}

CASE(own_signal_waits_until_the_handler_returns) {
    on_signal(SIGUSR1, nest, 0);
    raise(SIGUSR1);
    CHECK_EQ(calls, 3);
    CHECK_EQ(deepest, 1);
}

CASE(nodefer_lets_it_nest) {
    on_signal(SIGUSR1, nest, SA_NODEFER);
    raise(SIGUSR1);
    CHECK_EQ(calls, 3);
    CHECK_EQ(deepest, 3);
}

CASE(resethand_restores_the_default) {
    on_signal(SIGUSR1, count, SA_RESETHAND);
    raise(SIGUSR1);
    CHECK_EQ(calls, 1);
    struct sigaction now;
    OK(sigaction(SIGUSR1, NULL, &now));
    CHECK(now.sa_handler == SIG_DFL);
    pid_t child = SPAWN(raise(SIGUSR1));
    wait_signal(child, SIGUSR1);
}

CASE(ignored_signal_is_discarded_even_while_blocked) {
    block_signal(SIGUSR1);
    raise(SIGUSR1);
    on_signal(SIGUSR1, SIG_IGN, 0); /* POSIX: setting SIG_IGN discards what is pending */
    sigset_t pending;
    OK(sigpending(&pending));
    CHECK(!sigismember(&pending, SIGUSR1));
    on_signal(SIGUSR1, count, 0);
    unblock_signal(SIGUSR1);
    CHECK_EQ(calls, 0);
}

CASE(default_ignored_signals_do_nothing) {
    raise(SIGCHLD);
    raise(SIGURG);
    raise(SIGWINCH);
    raise(SIGCONT);
}

CASE(default_action_terminates) {
    static const int numbers[] = {SIGHUP, SIGINT, SIGTERM, SIGUSR1, SIGUSR2, SIGALRM, SIGPIPE,
            SIGVTALRM, SIGPROF, SIGIO, SIGPWR, SIGSTKFLT, SIGKILL};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        pid_t child = SPAWN(raise(numbers[i]));
        int status = wait_status(child);
        CHECK(WIFSIGNALED(status));
        CHECK_EQ(WTERMSIG(status), numbers[i]);
        CHECK(!WCOREDUMP(status));
    }
    pid_t child = SPAWN(raise(SIGRTMIN + 3));
    wait_signal(child, SIGRTMIN + 3);
}

CASE(default_action_dumps_core) {
    static const int numbers[] = {SIGQUIT, SIGABRT, SIGFPE, SIGILL, SIGSEGV, SIGBUS, SIGSYS, SIGTRAP, SIGXCPU, SIGXFSZ};
    struct rlimit none = {0, 0};
    OK(setrlimit(RLIMIT_CORE, &none));
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        pid_t child = SPAWN(raise(numbers[i]));
        int status = wait_status(child);
        CHECK(WIFSIGNALED(status));
        CHECK_EQ(WTERMSIG(status), numbers[i]);
    }
}

CASE(abort_kills_even_when_caught_and_blocked) {
    pid_t child = SPAWN({
        on_signal(SIGABRT, count, 0);
        block_signal(SIGABRT);
        abort();
    });
    wait_signal(child, SIGABRT);
}

CASE(kill_with_signal_zero_probes) {
    OK(kill(getpid(), 0));
    pid_t child = SPAWN();
    wait_ok(child);
    CHECK_ERRNO(kill(child, 0), ESRCH);
    CHECK_ERRNO(kill(0x3fffffff, SIGTERM), ESRCH);
}

CASE(zombies_can_be_signalled) {
    pid_t child = SPAWN();
    siginfo_t info;
    OK(waitid(P_PID, child, &info, WEXITED | WNOWAIT));
    OK(kill(child, SIGTERM));
    OK(kill(child, 0));
    wait_ok(child);
}

CASE(tgkill_arguments) {
    CHECK_ERRNO(syscall(SYS_tgkill, 0, gettid(), 0), EINVAL);
    CHECK_ERRNO(syscall(SYS_tgkill, getpid(), 0, 0), EINVAL);
    CHECK_ERRNO(syscall(SYS_tgkill, getpid(), -1, 0), EINVAL);
    CHECK_ERRNO(syscall(SYS_tgkill, getppid(), gettid(), 0), ESRCH);
    CHECK_ERRNO(syscall(SYS_tgkill, getpid(), gettid(), 65), EINVAL);
    OK(syscall(SYS_tgkill, getpid(), gettid(), 0));
    OK(syscall(SYS_tkill, gettid(), 0));
}

CASE(unprivileged_user_may_not_signal_others) {
    pid_t target = SPAWN(for (;;) pause());
    IN_CHILD({
        OK(setresuid(1234, 1234, 1234));
        CHECK_ERRNO(kill(target, SIGTERM), EPERM);
        CHECK_ERRNO(kill(target, 0), EPERM);
        CHECK_ERRNO(syscall(SYS_tgkill, target, target, SIGTERM), EPERM);
        pid_t own = SPAWN(for (;;) pause());
        OK(kill(own, SIGTERM));
        wait_signal(own, SIGTERM);
    });
    OK(kill(target, SIGKILL));
    wait_signal(target, SIGKILL);
}

CASE(fork_keeps_handlers_and_mask_but_not_pending) {
    on_signal(SIGUSR1, count, 0);
    block_signal(SIGUSR1);
    raise(SIGUSR1);
    IN_CHILD({
        sigset_t pending;
        sigset_t now;
        OK(sigpending(&pending));
        CHECK(!sigismember(&pending, SIGUSR1));
        sigprocmask(SIG_BLOCK, NULL, &now);
        CHECK(sigismember(&now, SIGUSR1));
        unblock_signal(SIGUSR1);
        CHECK_EQ(calls, 0);
        raise(SIGUSR1);
        CHECK_EQ(calls, 1);
    });
}

HELPER(after_exec) {
    struct sigaction action;
    sigset_t now;
    sigaction(SIGUSR1, NULL, &action);
    CHECK(action.sa_handler == SIG_DFL);
    sigaction(SIGUSR2, NULL, &action);
    CHECK(action.sa_handler == SIG_IGN);
    sigprocmask(SIG_BLOCK, NULL, &now);
    CHECK(sigismember(&now, SIGTERM));
    sigpending(&now);
    CHECK(sigismember(&now, SIGTERM)); /* execve(2): pending signals are kept */
    return 0;
}

CASE(exec_resets_handlers_and_keeps_ignored_mask_and_pending) {
    pid_t child = SPAWN({
        on_signal(SIGUSR1, count, 0);
        on_signal(SIGUSR2, SIG_IGN, 0);
        block_signal(SIGTERM);
        raise(SIGTERM);
        execl(self_path, self_path, "@after_exec", NULL);
    });
    wait_ok(child);
}

CASE(pending_signals_are_limited) {
    IN_CHILD({
        struct rlimit limit = {4, 4};
        OK(setresuid(54321, 54321, 54321)); /* counted per user */
        OK(setrlimit(RLIMIT_SIGPENDING, &limit));
        block_signal(SIGRTMIN + 1);
        int queued = 0;
        while (queued < 100 && sigqueue(getpid(), SIGRTMIN + 1, (union sigval){0}) == 0) queued++;
        CHECK_EQ(errno, EAGAIN);
        CHECK_RANGE(queued, 1, 4);
    });
}

static void order_of_delivery(int number) { order[ordered++] = number; }

CASE(lowest_pending_signal_is_delivered_first) {
    /* Each frame is put on top of the one before, so the handlers run last-pushed first. */
    struct sigaction action = {.sa_handler = order_of_delivery};
    sigfillset(&action.sa_mask);
    sigset_t set = signal_set(SIGUSR1);
    sigaddset(&set, SIGHUP);
    sigaddset(&set, SIGTERM);
    OK(sigaction(SIGUSR1, &action, NULL));
    OK(sigaction(SIGHUP, &action, NULL));
    OK(sigaction(SIGTERM, &action, NULL));
    OK(sigprocmask(SIG_BLOCK, &set, NULL));
    raise(SIGTERM);
    raise(SIGUSR1);
    raise(SIGHUP);
    OK(sigprocmask(SIG_UNBLOCK, &set, NULL));
    CHECK_EQ(order[0], SIGHUP);
    CHECK_EQ(order[1], SIGUSR1);
    CHECK_EQ(order[2], SIGTERM);
}
