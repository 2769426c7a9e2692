/* signal(7), "Interruption of system calls": what SA_RESTART restarts and what ends with EINTR. */
#include "../case.h"
#include <poll.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <linux/futex.h>

static volatile sig_atomic_t calls;
static void count(int number) {
    (void)number;
    calls++;
}

static int data_pipe[2];
static pid_t helper;

/* A child that waits until this process sleeps, signals it, and then lets the call succeed. */
static void interrupt_soon(int flags, int then_write) {
    on_signal(SIGUSR1, count, flags);
    OK(pipe(data_pipe));
    pid_t parent = getpid();
    helper = SPAWN({
        AWAIT_SLEEPING(parent);
        OK(kill(parent, SIGUSR1));
        if (then_write) {
            sleep_ms(20);
            AWAIT_SLEEPING(parent);
            CHECK_EQ(write(data_pipe[1], "x", 1), 1);
        }
        sleep_ms(10);
    });
}

CASE(read_from_a_pipe_is_eintr) {
    char byte;
    interrupt_soon(0, 0);
    CHECK_ERRNO(read(data_pipe[0], &byte, 1), EINTR);
    CHECK_EQ(calls, 1);
    wait_ok(helper);
}

CASE(read_from_a_pipe_restarts) {
    char byte;
    interrupt_soon(SA_RESTART, 1);
    CHECK_EQ(read(data_pipe[0], &byte, 1), 1);
    CHECK_EQ(calls, 1);
    wait_ok(helper);
}

CASE(waitpid_is_eintr_or_restarts) {
    interrupt_soon(0, 0);
    CHECK_ERRNO(waitpid(helper, NULL, 0), EINTR);
    CHECK_EQ(waitpid(helper, NULL, 0), helper);
    interrupt_soon(SA_RESTART, 0);
    CHECK_EQ(waitpid(helper, NULL, 0), helper);
    CHECK_EQ(calls, 2);
}

CASE(nanosleep_is_eintr_with_the_time_left) {
    interrupt_soon(SA_RESTART, 0);
    struct timespec wait = {10, 0}, left = {0, 0};
    CHECK_ERRNO(nanosleep(&wait, &left), EINTR);
    CHECK_RANGE(left.tv_sec, 1, 10); /* timer slack may add microseconds */
    wait_ok(helper);
}

CASE(clock_nanosleep_absolute_is_eintr_without_remainder) {
    interrupt_soon(SA_RESTART, 0);
    struct timespec until, left = {77, 77};
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += 10;
    CHECK_EQ(clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, &left), EINTR);
    CHECK_EQ(left.tv_sec, 77);
    wait_ok(helper);
}

CASE(poll_is_eintr_even_with_restart) {
    interrupt_soon(SA_RESTART, 0);
    struct pollfd poller = {data_pipe[0], POLLIN, 0};
    CHECK_ERRNO(poll(&poller, 1, 10000), EINTR);
    CHECK_EQ(calls, 1);
    wait_ok(helper);
}

CASE(select_is_eintr_even_with_restart) {
    interrupt_soon(SA_RESTART, 0);
    fd_set set;
    FD_ZERO(&set);
    FD_SET(data_pipe[0], &set);
    struct timeval wait = {10, 0};
    CHECK_ERRNO(select(data_pipe[0] + 1, &set, NULL, NULL, &wait), EINTR);
    wait_ok(helper);
}

CASE(epoll_wait_is_eintr_even_with_restart) {
    interrupt_soon(SA_RESTART, 0);
    int epoll = OK(epoll_create1(0));
    struct epoll_event event;
    CHECK_ERRNO(epoll_wait(epoll, &event, 1, 10000), EINTR);
    wait_ok(helper);
}

CASE(accept_restarts_or_is_eintr) {
    int listener = OK(socket(AF_UNIX, SOCK_STREAM, 0));
    struct sockaddr_un name = {.sun_family = AF_UNIX, .sun_path = "s"};
    OK(bind(listener, (void *)&name, sizeof name));
    OK(listen(listener, 5));
    interrupt_soon(0, 0);
    CHECK_ERRNO(accept(listener, NULL, NULL), EINTR);
    wait_ok(helper);
    on_signal(SIGUSR1, count, SA_RESTART);
    pid_t parent = getpid(), child = SPAWN({
        AWAIT_SLEEPING(parent);
        OK(kill(parent, SIGUSR1));
        sleep_ms(20);
        int fd = OK(socket(AF_UNIX, SOCK_STREAM, 0));
        OK(connect(fd, (void *)&name, sizeof name));
    });
    OK(accept(listener, NULL, NULL));
    CHECK_EQ(calls, 2);
    wait_ok(child);
}

CASE(recv_restarts_unless_it_has_a_timeout) {
    int pair[2];
    OK(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
    struct timeval limit = {10, 0};
    OK(setsockopt(pair[0], SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit));
    interrupt_soon(SA_RESTART, 0);
    char byte;
    CHECK_ERRNO(recv(pair[0], &byte, 1, 0), EINTR);
    wait_ok(helper);
}

CASE(flock_restarts) {
    int mine = OK(open("f", O_RDWR | O_CREAT, 0600));
    int ends[2];
    OK(pipe(ends));
    on_signal(SIGUSR1, count, SA_RESTART);
    pid_t parent = getpid(), child = SPAWN({
        int fd = OK(open("f", O_RDWR));
        OK(flock(fd, LOCK_EX));
        CHECK_EQ(write(ends[1], "l", 1), 1);
        sleep_ms(5);
        AWAIT_SLEEPING(parent);
        OK(kill(parent, SIGUSR1));
        sleep_ms(20);
    });
    char byte;
    CHECK_EQ(read(ends[0], &byte, 1), 1);
    OK(flock(mine, LOCK_EX));
    CHECK_EQ(calls, 1);
    wait_ok(child);
}

CASE(fcntl_setlkw_is_eintr_without_restart) {
    int mine = OK(open("f", O_RDWR | O_CREAT, 0600));
    int ends[2];
    OK(pipe(ends));
    on_signal(SIGUSR1, count, 0);
    struct flock lock = {.l_type = F_WRLCK};
    pid_t parent = getpid(), child = SPAWN({
        OK(fcntl(mine, F_SETLK, &lock));
        CHECK_EQ(write(ends[1], "l", 1), 1);
        sleep_ms(5);
        AWAIT_SLEEPING(parent);
        OK(kill(parent, SIGUSR1));
        for (;;) pause();
    });
    char byte;
    CHECK_EQ(read(ends[0], &byte, 1), 1);
    CHECK_ERRNO(fcntl(mine, F_SETLKW, &lock), EINTR);
    OK(kill(child, SIGKILL));
    wait_signal(child, SIGKILL);
}

CASE(futex_wait_is_eintr_with_timeout_and_restarts_without) {
    static int word;
    interrupt_soon(SA_RESTART, 0);
    struct timespec wait = {10, 0};
    CHECK_ERRNO(syscall(SYS_futex, &word, FUTEX_WAIT, 0, &wait, NULL, 0), EINTR);
    wait_ok(helper);
    int *shared = shared_page();
    on_signal(SIGUSR1, count, SA_RESTART);
    pid_t parent = getpid(), child = SPAWN({
        AWAIT_SLEEPING(parent);
        OK(kill(parent, SIGUSR1));
        sleep_ms(20);
        *shared = 1;
        syscall(SYS_futex, shared, FUTEX_WAKE, 1, NULL, NULL, 0);
    });
    OK(syscall(SYS_futex, shared, FUTEX_WAIT, 0, NULL, NULL, 0));
    CHECK_EQ(calls, 2);
    wait_ok(child);
}

CASE(write_returns_what_it_had_written) {
    int ends[2];
    OK(pipe(ends));
    on_signal(SIGUSR1, count, SA_RESTART);
    static char block[200000];
    pid_t parent = getpid(), child = SPAWN({
        AWAIT_SLEEPING(parent);
        OK(kill(parent, SIGUSR1));
        for (;;) pause();
    });
    ssize_t written = OK(write(ends[1], block, sizeof block));
    CHECK_EQ(written, 65536);
    CHECK_EQ(calls, 1);
    kill(child, SIGKILL);
    wait_signal(child, SIGKILL);
}

CASE(ignored_signals_do_not_interrupt) {
    char byte;
    OK(pipe(data_pipe));
    on_signal(SIGUSR1, SIG_IGN, 0);
    pid_t parent = getpid(), child = SPAWN({
        AWAIT_SLEEPING(parent);
        OK(kill(parent, SIGUSR1));
        OK(kill(parent, SIGCHLD));
        sleep_ms(20);
        CHECK_EQ(write(data_pipe[1], "x", 1), 1);
    });
    CHECK_EQ(read(data_pipe[0], &byte, 1), 1);
    wait_ok(child);
}

CASE(stop_and_continue_do_not_interrupt_read_or_sleep) {
    OK(pipe(data_pipe));
    pid_t child = SPAWN({
        struct timespec wait = {0, 150000000};
        char byte;
        int64_t start = now_ns();
        OK(nanosleep(&wait, NULL));
        CHECK_RANGE(now_ns() - start, 150000000, 5000000000);
        CHECK_EQ(read(data_pipe[0], &byte, 1), 1);
    });
    AWAIT_SLEEPING(child);
    OK(kill(child, SIGSTOP));
    CHECK_EQ(waitpid(child, NULL, WUNTRACED), child);
    OK(kill(child, SIGCONT));
    sleep_ms(200);
    AWAIT_SLEEPING(child);
    OK(kill(child, SIGSTOP));
    CHECK_EQ(waitpid(child, NULL, WUNTRACED), child);
    OK(kill(child, SIGCONT));
    CHECK_EQ(write(data_pipe[1], "x", 1), 1);
    wait_ok(child);
}

CASE(restarted_call_sees_the_callers_registers_again) {
    /* The restart must repeat the call with the same number and arguments. */
    char bytes[4] = "";
    interrupt_soon(SA_RESTART, 1);
    long result;
    register long r10 __asm__("r10") = 10, r8 __asm__("r8") = 8, r9 __asm__("r9") = 9;
    __asm__ volatile("syscall" : "=a"(result), "+r"(r10), "+r"(r8), "+r"(r9)
            : "a"(SYS_read), "D"(data_pipe[0]), "S"(bytes), "d"(3) : "rcx", "r11", "memory");
    CHECK_EQ(result, 1);
    CHECK_EQ(bytes[0], 'x');
    CHECK_EQ(r10, 10);
    CHECK_EQ(r8, 8);
    CHECK_EQ(r9, 9);
    wait_ok(helper);
}

CASE(signal_during_ppoll_with_mask) {
    on_signal(SIGUSR1, count, 0);
    block_signal(SIGUSR1);
    OK(kill(getpid(), SIGUSR1));
    sigset_t none = signal_set(0);
    struct timespec wait = {10, 0};
    CHECK_ERRNO(ppoll(NULL, 0, &wait, &none), EINTR);
    CHECK_EQ(calls, 1);
    sigset_t now;
    sigprocmask(SIG_BLOCK, NULL, &now);
    CHECK(sigismember(&now, SIGUSR1));
}

CASE(close_by_another_thread_does_not_end_a_pipe_read) {
    /* read(2) holds the description; data written later still arrives. */
    static int ends[2];
    static pid_t reader;
    void *read_one(void *argument) {
        (void)argument;
        char byte = 0;
        reader = gettid();
        ssize_t count = read(ends[0], &byte, 1);
        return (void *)(intptr_t)(count == 1 ? byte : -1);
    }
    OK(pipe(ends));
    pthread_t thread;
    CHECK_ZERO(pthread_create(&thread, NULL, read_one, NULL));
    AWAIT(*(volatile pid_t *)&reader != 0);
    AWAIT_THREAD_SLEEPING(reader);
    close(ends[0]);
    CHECK_EQ(write(ends[1], "k", 1), 1);
    void *result;
    CHECK_ZERO(pthread_join(thread, &result));
    CHECK_EQ((intptr_t)result, 'k');
}
