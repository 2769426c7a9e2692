/*
 * Asking for the action of a signal, for the mask or for the process's number, and setting what is set
 * already, again and again: a kernel may answer that in a cheaper way, and nobody may notice.
 * sigaction(2), sigprocmask(2), getpid(2), sched_yield(2).
 */
#include "../case.h"
#include <pthread.h>
#include <sched.h>

enum { ROUNDS = 400 };

static volatile sig_atomic_t calls;
static volatile int stop;

static void first(int number) { calls += number; }

static void second(int number) { calls += number; }

static struct sigaction action_of(int number) {
    struct sigaction now;
    OK(sigaction(number, NULL, &now));
    return now;
}

static sigset_t mask_now(void) {
    sigset_t now;
    CHECK_ZERO(pthread_sigmask(SIG_BLOCK, NULL, &now));
    return now;
}

/* Enough calls for a kernel to take notice. */
static void ask_often(void) {
    for (int i = 0; i < ROUNDS; i++) {
        action_of(SIGUSR1);
        mask_now();
        sched_yield();
        getpid();
    }
}

CASE(an_action_is_seen_after_each_change) {
    ask_often();
    for (int i = 0; i < ROUNDS; i++) {
        struct sigaction set = {.sa_handler = i % 2 ? first : second, .sa_flags = i % 3 ? SA_RESTART : SA_NODEFER};
        sigaddset(&set.sa_mask, 1 + i % 30);
        OK(sigaction(SIGUSR1, &set, NULL));
        struct sigaction now = action_of(SIGUSR1);
        CHECK(now.sa_handler == set.sa_handler);
        CHECK_EQ(now.sa_flags & ~0x04000000, set.sa_flags);
        for (int number = 1; number < 32; number++) {
            int expected = number == 1 + i % 30 && number != SIGKILL && number != SIGSTOP;
            CHECK_EQ(sigismember(&now.sa_mask, number), expected);
        }
        CHECK(action_of(SIGUSR2).sa_handler == SIG_DFL);
    }
}

CASE(the_same_action_set_again_stays) {
    ask_often();
    struct sigaction set = {.sa_handler = first, .sa_flags = SA_RESTART}, old;
    sigaddset(&set.sa_mask, SIGTERM);
    for (int i = 0; i < ROUNDS; i++) {
        OK(sigaction(SIGUSR1, &set, &old));
        CHECK(i == 0 ? old.sa_handler == SIG_DFL : old.sa_handler == first);
    }
    raise(SIGUSR1);
    CHECK_EQ(calls, SIGUSR1);
    set.sa_flags = 0;
    OK(sigaction(SIGUSR1, &set, &old));
    CHECK(old.sa_flags & SA_RESTART);
    CHECK(!(action_of(SIGUSR1).sa_flags & SA_RESTART));
}

CASE(ignoring_again_drops_what_is_pending) {
    ask_often();
    for (int i = 0; i < ROUNDS; i++) {
        sigset_t pending;
        struct sigaction ignored = {.sa_handler = SIG_IGN};
        OK(sigaction(SIGUSR1, &ignored, NULL));
        block_signal(SIGUSR1);
        OK(kill(getpid(), SIGUSR1));
        OK(sigaction(SIGUSR1, &ignored, NULL));
        OK(sigpending(&pending));
        CHECK(!sigismember(&pending, SIGUSR1));
        unblock_signal(SIGUSR1);
    }
}

CASE(a_handler_for_one_time_is_gone_after_it) {
    ask_often();
    for (int i = 0; i < ROUNDS; i++) {
        on_signal(SIGUSR1, first, SA_RESETHAND);
        CHECK(action_of(SIGUSR1).sa_handler == first);
        raise(SIGUSR1);
        CHECK(action_of(SIGUSR1).sa_handler == SIG_DFL);
    }
    CHECK_EQ(calls, ROUNDS * SIGUSR1);
}

CASE(what_is_wrong_is_told) {
    ask_often();
    uint64_t set = 1, action[4];
    for (int i = 0; i < ROUNDS; i++) {
        CHECK_ERRNO(syscall(SYS_rt_sigaction, 0, NULL, action, 8), EINVAL);
        CHECK_ERRNO(syscall(SYS_rt_sigaction, 65, NULL, action, 8), EINVAL);
        CHECK_ERRNO(syscall(SYS_rt_sigaction, -1, NULL, action, 8), EINVAL);
        CHECK_ERRNO(syscall(SYS_rt_sigaction, SIGUSR1, NULL, action, 4), EINVAL);
        CHECK_ERRNO(syscall(SYS_rt_sigaction, SIGUSR1, NULL, action, 1L << 32 | 8), EINVAL);
        CHECK_ERRNO(syscall(SYS_rt_sigaction, SIGUSR1, NULL, 8, 8), EFAULT);
        CHECK_ERRNO(syscall(SYS_rt_sigaction, SIGUSR1, 8, NULL, 8), EFAULT);
        CHECK_EQ(syscall(SYS_rt_sigaction, SIGUSR1, NULL, NULL, 8), 0);
        CHECK_EQ(syscall(SYS_rt_sigaction, SIGRTMAX, NULL, action, 8), 0);
        CHECK_ERRNO(syscall(SYS_rt_sigprocmask, 3, &set, NULL, 8), EINVAL);
        CHECK_ERRNO(syscall(SYS_rt_sigprocmask, -1, &set, NULL, 8), EINVAL);
        CHECK_ERRNO(syscall(SYS_rt_sigprocmask, SIG_BLOCK, NULL, &set, 16), EINVAL);
        CHECK_ERRNO(syscall(SYS_rt_sigprocmask, SIG_BLOCK, 8, NULL, 8), EFAULT);
        CHECK_ERRNO(syscall(SYS_rt_sigprocmask, SIG_BLOCK, NULL, 8, 8), EFAULT);
        CHECK_EQ(syscall(SYS_rt_sigprocmask, 77, NULL, NULL, 8), 0);
    }
}

/* The place of an answer may be a page that was never touched, or one that fork(2) shares. */
CASE(answers_go_to_fresh_pages) {
    ask_often();
    on_signal(SIGUSR1, first, 0);
    for (int i = 0; i < 64; i++) {
        char *pages = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        CHECK(pages != MAP_FAILED);
        uint64_t *across = (uint64_t *)(pages + 4096 - 16);
        CHECK_EQ(syscall(SYS_rt_sigaction, SIGUSR1, NULL, across, 8), 0);
        CHECK_EQ(across[0], (uint64_t)first);
        CHECK_EQ(syscall(SYS_rt_sigprocmask, SIG_BLOCK, NULL, pages, 8), 0);
        OK(munmap(pages, 8192));
    }
    uint64_t *read_only = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK_ERRNO(syscall(SYS_rt_sigaction, SIGUSR1, NULL, read_only, 8), EFAULT);
    CHECK_ERRNO(syscall(SYS_rt_sigprocmask, SIG_BLOCK, NULL, read_only, 8), EFAULT);
}

CASE(a_mask_is_seen_after_each_change) {
    ask_often();
    sigset_t set, old;
    for (int i = 0; i < ROUNDS; i++) {
        int number = SIGRTMIN + i % 8;
        set = signal_set(number);
        OK(sigprocmask(SIG_BLOCK, &set, &old));
        CHECK(!sigismember(&old, number));
        OK(sigprocmask(SIG_BLOCK, &set, &old));
        CHECK(sigismember(&old, number));
        old = mask_now();
        CHECK(sigismember(&old, number));
        OK(sigprocmask(SIG_SETMASK, &old, NULL));
        OK(sigprocmask(SIG_UNBLOCK, &set, &old));
        CHECK(sigismember(&old, number));
        OK(sigprocmask(SIG_UNBLOCK, &set, &old));
        CHECK(!sigismember(&old, number));
        old = mask_now();
        CHECK(sigisemptyset(&old));
    }
}

static void check_mask(int number) {
    sigset_t now = mask_now();
    CHECK(sigismember(&now, number));
    CHECK(sigismember(&now, SIGTERM));
    calls++;
}

CASE(handlers_see_their_own_mask) {
    struct sigaction set = {.sa_handler = check_mask};
    sigaddset(&set.sa_mask, SIGTERM);
    OK(sigaction(SIGUSR1, &set, NULL));
    ask_often();
    for (int i = 0; i < ROUNDS; i++) {
        raise(SIGUSR1);
        sigset_t now = mask_now();
        CHECK(sigisemptyset(&now));
    }
    CHECK_EQ(calls, ROUNDS);
}

CASE(a_mask_for_one_call_is_gone_after_it) {
    struct timespec none = {0, 0};
    sigset_t one = signal_set(SIGUSR2);
    ask_often();
    for (int i = 0; i < ROUNDS; i++) {
        CHECK_EQ(ppoll(NULL, 0, &none, &one), 0);
        sigset_t now = mask_now();
        CHECK(sigisemptyset(&now));
    }
}

static void *change_actions(void *unused) {
    (void)unused;
    for (int i = 0; !stop; i++) {
        struct sigaction set = {.sa_handler = i % 2 ? first : second, .sa_flags = i % 2 ? SA_RESTART : SA_NODEFER};
        if (i % 2) sigaddset(&set.sa_mask, SIGHUP);
        OK(sigaction(SIGUSR1, &set, NULL));
    }
    return NULL;
}

/* An action is never seen half changed. */
CASE(threads_see_whole_actions) {
    pthread_t changer;
    struct sigaction set = {.sa_handler = second, .sa_flags = SA_NODEFER};
    OK(sigaction(SIGUSR1, &set, NULL));
    ask_often();
    CHECK_ZERO(pthread_create(&changer, NULL, change_actions, NULL));
    for (int i = 0; i < ROUNDS * 20; i++) {
        struct sigaction now = action_of(SIGUSR1);
        int is_first = now.sa_handler == first;
        CHECK(is_first || now.sa_handler == second);
        CHECK_EQ(now.sa_flags & ~0x04000000, is_first ? SA_RESTART : SA_NODEFER);
        CHECK_EQ(sigismember(&now.sa_mask, SIGHUP), is_first);
    }
    stop = 1;
    CHECK_ZERO(pthread_join(changer, NULL));
}

static void *keep_mask(void *argument) {
    int number = SIGRTMIN + (int)(intptr_t)argument;
    sigset_t set = signal_set(number);
    CHECK_ZERO(pthread_sigmask(SIG_SETMASK, &set, NULL));
    for (int i = 0; i < ROUNDS * 5; i++) {
        sigset_t now = mask_now();
        for (int other = SIGRTMIN; other < SIGRTMIN + 3; other++) {
            CHECK_EQ(sigismember(&now, other), other == number);
        }
        if (i % 16 == 0) sched_yield();
    }
    return NULL;
}

CASE(each_thread_has_its_own_mask) {
    pthread_t threads[3];
    ask_often();
    for (intptr_t i = 0; i < 3; i++) {
        CHECK_ZERO(pthread_create(&threads[i], NULL, keep_mask, (void *)i));
    }
    for (int i = 0; i < 3; i++) CHECK_ZERO(pthread_join(threads[i], NULL));
}

static volatile int turn;

static void *take_turns(void *unused) {
    (void)unused;
    while (!stop) {
        if (turn == 1) turn = 0;
        sched_yield();
    }
    return NULL;
}

/* Whoever yields its processor lets others go on that wait for one. */
CASE(yielding_lets_others_go_on) {
    pthread_t other;
    ask_often();
    CHECK_ZERO(pthread_create(&other, NULL, take_turns, NULL));
    for (int i = 0; i < ROUNDS; i++) {
        turn = 1;
        while (turn == 1) sched_yield();
    }
    stop = 1;
    CHECK_ZERO(pthread_join(other, NULL));
}

CASE(a_child_changes_its_own_actions) {
    on_signal(SIGUSR1, first, 0);
    ask_often();
    for (int i = 0; i < 10; i++) {
        pid_t child = SPAWN({
            CHECK(action_of(SIGUSR1).sa_handler == first);
            on_signal(SIGUSR1, second, 0);
            block_signal(SIGHUP);
            for (int j = 0; j < ROUNDS; j++) {
                sigset_t now = mask_now();
                CHECK(sigismember(&now, SIGHUP));
                CHECK(action_of(SIGUSR1).sa_handler == second);
            }
        });
        for (int j = 0; j < ROUNDS; j++) {
            sigset_t now = mask_now();
            CHECK(sigisemptyset(&now));
            CHECK(action_of(SIGUSR1).sa_handler == first);
        }
        wait_ok(child);
    }
}

static void check_ignored(int *failures) {
    for (int i = 0; i < 100; i++) {
        struct sigaction now;
        sigset_t mask;
        sigaction(SIGUSR1, NULL, &now);
        sigprocmask(SIG_BLOCK, NULL, &mask);
        *failures += now.sa_handler != SIG_IGN || !sigismember(&mask, SIGHUP);
    }
}

/* What a child of vfork(2) does: it has its parent's memory, and makes calls only. */
static _Noreturn void differ_and_end(int *failures) {
    struct sigaction ignored = {.sa_handler = SIG_IGN};
    sigset_t set = signal_set(SIGHUP);
    sigaction(SIGUSR1, &ignored, NULL);
    sigprocmask(SIG_BLOCK, &set, NULL);
    check_ignored(failures);
    _exit(0);
}

/* In the same memory, with actions and a mask of its own. */
CASE(a_child_of_vfork_changes_its_own_actions) {
    on_signal(SIGUSR1, first, 0);
    ask_often();
    for (int i = 0; i < 20; i++) {
        static int failures;
        pid_t child = vfork();
        if (child == 0) differ_and_end(&failures);
        wait_ok(child);
        CHECK_EQ(failures, 0);
        sigset_t now = mask_now();
        CHECK(sigisemptyset(&now));
        for (int j = 0; j < 50; j++) CHECK(action_of(SIGUSR1).sa_handler == first);
    }
}

static void *ask_for_first(void *unused) {
    (void)unused;
    while (!stop) {
        for (int i = 0; i < 100; i++) CHECK(action_of(SIGUSR1).sa_handler == first);
    }
    return NULL;
}

/* While a thread of its parent asks for those of its parent. */
CASE(a_child_of_vfork_and_a_thread_of_its_parent) {
    pthread_t thread;
    on_signal(SIGUSR1, first, 0);
    ask_often();
    CHECK_ZERO(pthread_create(&thread, NULL, ask_for_first, NULL));
    for (int i = 0; i < 50; i++) {
        static int failures;
        pid_t child = vfork();
        if (child == 0) differ_and_end(&failures);
        wait_ok(child);
        CHECK_EQ(failures, 0);
    }
    stop = 1;
    CHECK_ZERO(pthread_join(thread, NULL));
}

static pid_t pid_by_name(void) {
    char name[16] = {0};
    OK(readlink("/proc/self", name, sizeof name - 1));
    return atoi(name);
}

CASE(a_child_has_a_number_of_its_own) {
    pid_t parent = getpid();
    ask_often();
    for (int i = 0; i < 10; i++) {
        IN_CHILD({
            CHECK_EQ(getpid(), pid_by_name());
            CHECK_EQ(getppid(), parent);
            ask_often();
            CHECK_EQ(getpid(), pid_by_name());
        });
        CHECK_EQ(getpid(), parent);
    }
}

CASE(a_child_of_vfork_has_a_number_of_its_own) {
    static pid_t seen;
    pid_t parent = getpid();
    ask_often();
    for (int i = 0; i < ROUNDS; i++) {
        pid_t child = vfork();
        if (child == 0) {
            seen = getpid();
            _exit(0);
        }
        CHECK_EQ(seen, child);
        CHECK_EQ(getpid(), parent);
        wait_ok(child);
    }
}

static void *ask_for_number(void *expected) {
    for (int i = 0; i < ROUNDS; i++) CHECK_EQ(getpid(), *(pid_t *)expected);
    return NULL;
}

CASE(threads_have_the_number_of_their_process) {
    pthread_t threads[3];
    pid_t own = getpid();
    ask_often();
    for (int i = 0; i < 3; i++) CHECK_ZERO(pthread_create(&threads[i], NULL, ask_for_number, &own));
    for (int i = 0; i < 3; i++) CHECK_ZERO(pthread_join(threads[i], NULL));
}

HELPER(defaults) {
    for (int i = 0; i < ROUNDS; i++) {
        sigset_t now = mask_now();
        CHECK(sigismember(&now, SIGHUP));
        CHECK(action_of(SIGUSR1).sa_handler == SIG_DFL);
        CHECK(action_of(SIGUSR2).sa_handler == SIG_IGN);
    }
    return 0;
}

CASE(execve_leaves_defaults_and_the_mask) {
    on_signal(SIGUSR1, first, 0);
    on_signal(SIGUSR2, SIG_IGN, 0);
    block_signal(SIGHUP);
    ask_often();
    OK(execl(self_path, self_path, "@defaults", NULL));
}

/* They rest in between, so that they may go on in another machine. */
CASE(rests_lie_between_queries) {
    struct timespec rest = {0, 20000000};
    for (int i = 0; i < 20; i++) {
        on_signal(SIGUSR1, i % 2 ? first : second, 0);
        block_signal(SIGRTMIN + i);
        for (int j = 0; j < 60; j++) {
            sigset_t now = mask_now();
            CHECK(sigismember(&now, SIGRTMIN + i));
            CHECK(action_of(SIGUSR1).sa_handler == (i % 2 ? first : second));
        }
        CHECK_ZERO(nanosleep(&rest, NULL));
    }
}

static void on_tick(int number) {
    (void)number;
    sigset_t now = mask_now();
    CHECK(sigismember(&now, SIGALRM));
    CHECK(action_of(SIGALRM).sa_handler == on_tick);
    calls++;
}

CASE(signals_come_between_queries) {
    struct itimerval every = {{0, 1000}, {0, 1000}};
    on_signal(SIGALRM, on_tick, SA_RESTART);
    OK(setitimer(ITIMER_REAL, &every, NULL));
    for (int i = 0; i < ROUNDS * 20 || calls == 0; i++) {
        sigset_t now = mask_now();
        CHECK(sigisemptyset(&now));
        CHECK(action_of(SIGALRM).sa_handler == on_tick);
    }
}
