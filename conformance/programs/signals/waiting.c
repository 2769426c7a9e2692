/* sigsuspend(2), sigtimedwait(2), pause(2), signalfd(2), and signals for other threads. */
#include "../case.h"
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>

static volatile sig_atomic_t calls, last;
static void count(int number) {
    calls++;
    last = number;
}

CASE(sigsuspend_waits_with_its_mask_and_restores) {
    on_signal(SIGUSR1, count, 0);
    block_signal(SIGUSR1);
    raise(SIGUSR1);
    sigset_t none = signal_set(0), now;
    CHECK_ERRNO(sigsuspend(&none), EINTR);
    CHECK_EQ(calls, 1);
    sigprocmask(SIG_BLOCK, NULL, &now);
    CHECK(sigismember(&now, SIGUSR1));
}

CASE(sigsuspend_is_woken_by_a_child) {
    on_signal(SIGUSR1, count, SA_RESTART);
    block_signal(SIGUSR1);
    pid_t parent = getpid(), child = SPAWN({
        AWAIT_SLEEPING(parent);
        OK(kill(parent, SIGUSR1));
    });
    sigset_t none = signal_set(0);
    CHECK_ERRNO(sigsuspend(&none), EINTR);
    CHECK_EQ(calls, 1);
    wait_ok(child);
}

CASE(pause_returns_only_after_a_handler) {
    on_signal(SIGUSR1, count, SA_RESTART);
    pid_t parent = getpid(), child = SPAWN({
        AWAIT_SLEEPING(parent);
        OK(kill(parent, SIGURG)); /* ignored: pause goes on */
        OK(kill(parent, SIGUSR1));
    });
    CHECK_ERRNO(pause(), EINTR);
    CHECK_EQ(last, SIGUSR1);
    wait_ok(child);
}

CASE(sigtimedwait_takes_a_pending_signal) {
    on_signal(SIGUSR1, count, 0);
    block_signal(SIGUSR1);
    OK(kill(getpid(), SIGUSR1));
    sigset_t set = signal_set(SIGUSR1);
    siginfo_t info;
    struct timespec zero = {0, 0};
    CHECK_EQ(sigtimedwait(&set, &info, &zero), SIGUSR1);
    CHECK_EQ(info.si_pid, getpid());
    CHECK_EQ(info.si_code, SI_USER);
    CHECK_ERRNO(sigtimedwait(&set, &info, &zero), EAGAIN);
    unblock_signal(SIGUSR1);
    CHECK_EQ(calls, 0);
}

CASE(sigtimedwait_times_out) {
    block_signal(SIGUSR1);
    sigset_t set = signal_set(SIGUSR1);
    struct timespec wait = {0, 30000000};
    int64_t start = now_ns();
    CHECK_ERRNO(sigtimedwait(&set, NULL, &wait), EAGAIN);
    CHECK_RANGE(now_ns() - start, 30000000, 5000000000);
    struct timespec bad = {0, 1000000000};
    CHECK_ERRNO(sigtimedwait(&set, NULL, &bad), EINVAL);
}

CASE(sigtimedwait_is_interrupted_by_other_handlers) {
    on_signal(SIGUSR2, count, SA_RESTART);
    block_signal(SIGUSR1);
    sigset_t set = signal_set(SIGUSR1);
    pid_t parent = getpid(), child = SPAWN({
        AWAIT_SLEEPING(parent);
        OK(kill(parent, SIGUSR2));
    });
    struct timespec wait = {10, 0};
    CHECK_ERRNO(sigtimedwait(&set, NULL, &wait), EINTR);
    CHECK_EQ(calls, 1);
    wait_ok(child);
}

CASE(sigwaitinfo_gets_queued_values_in_order) {
    int number = SIGRTMIN + 2;
    block_signal(number);
    for (int i = 0; i < 4; i++) OK(sigqueue(getpid(), number, (union sigval){.sival_int = i}));
    sigset_t set = signal_set(number);
    for (int i = 0; i < 4; i++) {
        siginfo_t info;
        CHECK_EQ(sigwaitinfo(&set, &info), number);
        CHECK_EQ(info.si_value.sival_int, i);
    }
}

CASE(sigwait_takes_child_signals) {
    block_signal(SIGCHLD);
    pid_t child = SPAWN(_exit(7));
    sigset_t set = signal_set(SIGCHLD);
    siginfo_t info;
    CHECK_EQ(sigwaitinfo(&set, &info), SIGCHLD);
    CHECK_EQ(info.si_pid, child);
    CHECK_EQ(info.si_code, CLD_EXITED);
    CHECK_EQ(info.si_status, 7);
    wait_exit(child, 7);
}

CASE(signalfd_reads_signals) {
    block_signal(SIGUSR1);
    sigset_t set = signal_set(SIGUSR1);
    int fd = OK(signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC));
    CHECK_EQ(fcntl(fd, F_GETFD), FD_CLOEXEC);
    struct signalfd_siginfo info[3];
    CHECK_ERRNO(read(fd, info, sizeof info), EAGAIN);
    CHECK_ERRNO(read(fd, info, sizeof *info - 1), EINVAL);
    OK(kill(getpid(), SIGUSR1));
    CHECK_EQ(read(fd, info, sizeof info), sizeof *info);
    CHECK_EQ(info[0].ssi_signo, SIGUSR1);
    CHECK_EQ(info[0].ssi_pid, getpid());
    CHECK_EQ(info[0].ssi_code, SI_USER);
    CHECK_ERRNO(read(fd, info, sizeof info), EAGAIN);
}

CASE(signalfd_reads_several_at_once) {
    sigset_t set = signal_set(SIGUSR1);
    sigaddset(&set, SIGUSR2);
    OK(sigprocmask(SIG_BLOCK, &set, NULL));
    int fd = OK(signalfd(-1, &set, SFD_NONBLOCK));
    raise(SIGUSR2);
    raise(SIGUSR1);
    struct signalfd_siginfo info[4];
    CHECK_EQ(read(fd, info, sizeof info), 2 * sizeof *info);
    CHECK_EQ(info[0].ssi_signo, SIGUSR1);
    CHECK_EQ(info[1].ssi_signo, SIGUSR2);
}

CASE(signalfd_polls_and_its_set_can_change) {
    sigset_t set = signal_set(SIGUSR1), other = signal_set(SIGUSR2);
    sigset_t both = set;
    sigaddset(&both, SIGUSR2);
    OK(sigprocmask(SIG_BLOCK, &both, NULL));
    int fd = OK(signalfd(-1, &set, 0));
    struct pollfd poller = {fd, POLLIN, 0};
    CHECK_EQ(poll(&poller, 1, 0), 0);
    raise(SIGUSR2);
    CHECK_EQ(poll(&poller, 1, 0), 0);
    CHECK_EQ(signalfd(fd, &other, 0), fd);
    CHECK_EQ(poll(&poller, 1, 0), 1);
    CHECK_EQ(poller.revents, POLLIN);
    CHECK_ERRNO(signalfd(0, &set, 0), EINVAL);
    CHECK_ERRNO(signalfd(-1, &set, 12345), EINVAL);
    CHECK_ERRNO(signalfd(500, &set, 0), EBADF);
}

CASE(signalfd_read_blocks_until_a_signal) {
    block_signal(SIGUSR1);
    sigset_t set = signal_set(SIGUSR1);
    int fd = OK(signalfd(-1, &set, 0));
    pid_t parent = getpid(), child = SPAWN({
        AWAIT_SLEEPING(parent);
        OK(kill(parent, SIGUSR1));
    });
    struct signalfd_siginfo info;
    CHECK_EQ(read(fd, &info, sizeof info), sizeof info);
    CHECK_EQ(info.ssi_pid, child);
    wait_ok(child);
}

CASE(signalfd_in_epoll) {
    block_signal(SIGURG);
    sigset_t set = signal_set(SIGURG);
    int fd = OK(signalfd(-1, &set, SFD_NONBLOCK)), epoll = OK(epoll_create1(0));
    struct epoll_event event = {.events = EPOLLIN, .data.fd = fd}, got;
    OK(epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event));
    CHECK_EQ(epoll_wait(epoll, &got, 1, 0), 0);
    /* SIGURG is ignored by default, yet a blocked one is kept for the descriptor. */
    OK(kill(getpid(), SIGURG));
    CHECK_EQ(epoll_wait(epoll, &got, 1, 1000), 1);
    CHECK_EQ(got.data.fd, fd);
}

static pthread_t threads[4];
static volatile pid_t handled_by;
static void note_thread(int number) {
    (void)number;
    handled_by = gettid();
    calls++;
}

static volatile int quit;
static pid_t thread_ids[4];
static void *wait_for_quit(void *argument) {
    thread_ids[(intptr_t)argument] = gettid();
    while (!quit) usleep(1000);
    return NULL;
}

CASE(thread_directed_signal_runs_in_that_thread) {
    on_signal(SIGUSR1, note_thread, SA_RESTART);
    for (intptr_t i = 0; i < 4; i++) CHECK_ZERO(pthread_create(&threads[i], NULL, wait_for_quit, (void *)i));
    for (int i = 0; i < 4; i++) {
        AWAIT(*(volatile pid_t *)&thread_ids[i] != 0);
        CHECK_ZERO(pthread_kill(threads[i], SIGUSR1));
        AWAIT(calls == i + 1);
        CHECK_EQ(handled_by, thread_ids[i]);
    }
    quit = 1;
    for (int i = 0; i < 4; i++) pthread_join(threads[i], NULL);
}

CASE(process_signal_goes_to_a_thread_that_does_not_block_it) {
    on_signal(SIGUSR1, note_thread, SA_RESTART);
    CHECK_ZERO(pthread_create(&threads[0], NULL, wait_for_quit, (void *)0));
    AWAIT(*(volatile pid_t *)&thread_ids[0] != 0);
    sigset_t set = signal_set(SIGUSR1);
    CHECK_ZERO(pthread_sigmask(SIG_BLOCK, &set, NULL));
    OK(kill(getpid(), SIGUSR1));
    AWAIT(calls == 1);
    CHECK_EQ(handled_by, thread_ids[0]);
    quit = 1;
    pthread_join(threads[0], NULL);
}

static void *spin(void *argument) {
    (void)argument;
    *(volatile pid_t *)&thread_ids[0] = gettid();
    while (!calls) {
    }
    return NULL;
}

/* The target executes user code only; the signal must reach it all the same (Go needs this). */
CASE(signal_interrupts_a_thread_that_makes_no_calls) {
    on_signal(SIGURG, note_thread, 0);
    CHECK_ZERO(pthread_create(&threads[0], NULL, spin, NULL));
    AWAIT(*(volatile pid_t *)&thread_ids[0] != 0);
    CHECK_ZERO(pthread_kill(threads[0], SIGURG));
    CHECK_ZERO(pthread_join(threads[0], NULL));
    CHECK_EQ(handled_by, thread_ids[0]);
}

CASE(pending_for_a_thread_is_its_own) {
    void *look(void *argument) {
        (void)argument;
        sigset_t pending;
        sigpending(&pending);
        return (void *)(intptr_t)(sigismember(&pending, SIGUSR1) + 2 * sigismember(&pending, SIGUSR2));
    }
    block_signal(SIGUSR1);
    block_signal(SIGUSR2);
    OK(syscall(SYS_tgkill, getpid(), gettid(), SIGUSR1));
    OK(kill(getpid(), SIGUSR2));
    void *seen;
    CHECK_ZERO(pthread_create(&threads[0], NULL, look, NULL));
    CHECK_ZERO(pthread_join(threads[0], &seen));
    CHECK_EQ((intptr_t)seen, 2); /* the process's signal, not the main thread's */
}

CASE(fatal_signal_ends_all_threads) {
    pid_t child = SPAWN({
        for (intptr_t i = 0; i < 4; i++) CHECK_ZERO(pthread_create(&threads[i], NULL, wait_for_quit, (void *)i));
        AWAIT(*(volatile pid_t *)&thread_ids[3] != 0);
        pthread_kill(threads[2], SIGTERM);
        for (;;) pause();
    });
    wait_signal(child, SIGTERM);
}
