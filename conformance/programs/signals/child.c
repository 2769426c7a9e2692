/* SIGCHLD, stop and continue, PDEATHSIG, SIGPIPE, SIGIO: signals the kernel sends by itself. */
#include "../case.h"
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>

static volatile sig_atomic_t calls;
static volatile siginfo_t infos[16];
static void keep(int number, siginfo_t *info, void *context) {
    (void)number, (void)context;
    if (calls < 16) infos[calls] = *info;
    calls++;
}

CASE(exit_tells_the_parent) {
    on_signal_info(SIGCHLD, keep, SA_RESTART);
    pid_t child = SPAWN(_exit(42));
    AWAIT(calls == 1);
    CHECK_EQ(infos[0].si_signo, SIGCHLD);
    CHECK_EQ(infos[0].si_code, CLD_EXITED);
    CHECK_EQ(infos[0].si_pid, child);
    CHECK_EQ(infos[0].si_status, 42);
    CHECK_EQ(infos[0].si_uid, getuid());
    wait_exit(child, 42);
}

CASE(death_by_signal_tells_the_parent) {
    on_signal_info(SIGCHLD, keep, SA_RESTART);
    pid_t child = SPAWN(for (;;) pause());
    OK(kill(child, SIGKILL));
    AWAIT(calls == 1);
    CHECK_EQ(infos[0].si_code, CLD_KILLED);
    CHECK_EQ(infos[0].si_status, SIGKILL);
    wait_signal(child, SIGKILL);
}

CASE(stop_and_continue_tell_the_parent) {
    on_signal_info(SIGCHLD, keep, SA_RESTART);
    pid_t child = SPAWN(for (;;) pause());
    OK(kill(child, SIGSTOP));
    AWAIT(calls == 1);
    CHECK_EQ(infos[0].si_code, CLD_STOPPED);
    CHECK_EQ(infos[0].si_status, SIGSTOP);
    OK(kill(child, SIGCONT));
    AWAIT(calls == 2);
    CHECK_EQ(infos[1].si_code, CLD_CONTINUED);
    CHECK_EQ(infos[1].si_status, SIGCONT);
    OK(kill(child, SIGTERM));
    wait_signal(child, SIGTERM);
}

CASE(nocldstop_is_silent_about_stops) {
    on_signal_info(SIGCHLD, keep, SA_RESTART | SA_NOCLDSTOP);
    pid_t child = SPAWN(for (;;) pause());
    OK(kill(child, SIGSTOP));
    int status;
    CHECK_EQ(waitpid(child, &status, WUNTRACED), child);
    CHECK(WIFSTOPPED(status) && WSTOPSIG(status) == SIGSTOP);
    OK(kill(child, SIGCONT));
    CHECK_EQ(waitpid(child, &status, WCONTINUED), child);
    CHECK(WIFCONTINUED(status));
    CHECK_EQ(calls, 0);
    OK(kill(child, SIGKILL));
    wait_signal(child, SIGKILL);
}

CASE(ignoring_sigchld_reaps_automatically) {
    on_signal(SIGCHLD, SIG_IGN, 0);
    pid_t child = SPAWN();
    CHECK_ERRNO(waitpid(child, NULL, 0), ECHILD); /* waits for its end all the same */
    CHECK_ERRNO(kill(child, 0), ESRCH);
}

CASE(nocldwait_reaps_automatically_but_signals) {
    on_signal_info(SIGCHLD, keep, SA_RESTART | SA_NOCLDWAIT);
    pid_t child = SPAWN();
    CHECK_ERRNO(waitpid(child, NULL, 0), ECHILD);
    AWAIT(calls == 1);
}

CASE(stop_signals_stop_and_sigcont_continues) {
    static const int stops[] = {SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU};
    for (int i = 0; i < 4; i++) {
        /* Default stop signals need a group that is not orphaned: the child leads its own. */
        pid_t child = SPAWN({
            setpgid(0, 0);
            raise(stops[i]);
            _exit(5);
        });
        int status;
        CHECK_EQ(waitpid(child, &status, WUNTRACED), child);
        CHECK(WIFSTOPPED(status));
        CHECK_EQ(WSTOPSIG(status), stops[i]);
        OK(kill(child, SIGCONT));
        wait_exit(child, 5);
    }
}

CASE(stopped_process_dies_by_sigkill_at_once_and_by_sigterm_after_sigcont) {
    pid_t child = SPAWN(for (;;) pause());
    OK(kill(child, SIGSTOP));
    CHECK_EQ(waitpid(child, NULL, WUNTRACED), child);
    OK(kill(child, SIGTERM));
    sleep_ms(20);
    CHECK_EQ(waitpid(child, NULL, WNOHANG), 0);
    OK(kill(child, SIGCONT));
    wait_signal(child, SIGTERM);
    child = SPAWN(for (;;) pause());
    OK(kill(child, SIGSTOP));
    CHECK_EQ(waitpid(child, NULL, WUNTRACED), child);
    OK(kill(child, SIGKILL));
    wait_signal(child, SIGKILL);
}

CASE(sigcont_discards_pending_stops_and_the_reverse) {
    block_signal(SIGTSTP);
    block_signal(SIGCONT);
    sigset_t pending;
    OK(kill(getpid(), SIGTSTP));
    OK(kill(getpid(), SIGCONT));
    OK(sigpending(&pending));
    CHECK(!sigismember(&pending, SIGTSTP));
    CHECK(sigismember(&pending, SIGCONT));
    OK(kill(getpid(), SIGTSTP));
    OK(sigpending(&pending));
    CHECK(sigismember(&pending, SIGTSTP));
    CHECK(!sigismember(&pending, SIGCONT));
}

static volatile sig_atomic_t continued;
static void on_continue(int number) {
    (void)number;
    continued = 1;
}

CASE(caught_sigcont_runs_its_handler_after_continuing) {
    pid_t child = SPAWN({
        on_signal(SIGCONT, on_continue, 0);
        raise(SIGSTOP);
        CHECK_EQ(continued, 1);
    });
    CHECK_EQ(waitpid(child, NULL, WUNTRACED), child);
    OK(kill(child, SIGCONT));
    wait_ok(child);
}

CASE(parent_death_signal) {
    int ends[2];
    OK(pipe(ends));
    pid_t middle = SPAWN({
        pid_t parent = getpid();
        pid_t grandchild = SPAWN({
            on_signal_info(SIGUSR1, keep, 0);
            OK(prctl(PR_SET_PDEATHSIG, SIGUSR1));
            int set = 0;
            OK(prctl(PR_GET_PDEATHSIG, &set));
            CHECK_EQ(set, SIGUSR1);
            CHECK_EQ(getppid(), parent);
            CHECK_EQ(write(ends[1], "r", 1), 1);
            AWAIT(calls == 1);
            CHECK_EQ(write(ends[1], "d", 1), 1);
        });
        (void)grandchild;
        AWAIT(({ struct pollfd p = {ends[0], POLLIN, 0}; poll(&p, 1, 0) == 1; }));
    });
    wait_ok(middle);
    close(ends[1]);
    char text[2];
    CHECK_EQ(read(ends[0], text, 1), 1);
    CHECK_EQ(read(ends[0], text + 1, 1), 1);
    CHECK_MEM(text, "rd", 2);
}

CASE(writing_to_a_pipe_without_readers) {
    int ends[2];
    OK(pipe(ends));
    close(ends[0]);
    pid_t child = SPAWN(write(ends[1], "x", 1));
    wait_signal(child, SIGPIPE);
    on_signal_info(SIGPIPE, keep, 0);
    CHECK_ERRNO(write(ends[1], "x", 1), EPIPE);
    CHECK_EQ(calls, 1);
    on_signal(SIGPIPE, SIG_IGN, 0);
    CHECK_ERRNO(write(ends[1], "x", 1), EPIPE);
}

CASE(nosignal_suppresses_sigpipe) {
    int pair[2];
    OK(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
    close(pair[0]);
    CHECK_ERRNO(send(pair[1], "x", 1, MSG_NOSIGNAL), EPIPE);
    pid_t child = SPAWN(send(pair[1], "x", 1, 0));
    wait_signal(child, SIGPIPE);
}

CASE(async_io_sends_sigio) {
    int pair[2];
    OK(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
    on_signal_info(SIGIO, keep, 0);
    OK(fcntl(pair[0], F_SETOWN, getpid()));
    CHECK_EQ(fcntl(pair[0], F_GETOWN), getpid());
    OK(fcntl(pair[0], F_SETFL, O_ASYNC));
    CHECK(fcntl(pair[0], F_GETFL) & O_ASYNC);
    CHECK_EQ(write(pair[1], "x", 1), 1);
    AWAIT(calls >= 1);
}

CASE(async_io_by_fioasync_with_a_chosen_signal) {
    int ends[2], on = 1;
    OK(pipe(ends));
    on_signal_info(SIGRTMIN + 3, keep, 0);
    OK(fcntl(ends[0], F_SETSIG, SIGRTMIN + 3));
    CHECK_EQ(fcntl(ends[0], F_GETSIG), SIGRTMIN + 3);
    OK(fcntl(ends[0], F_SETOWN, getpid()));
    OK(ioctl(ends[0], FIOASYNC, &on));
    CHECK_EQ(write(ends[1], "x", 1), 1);
    AWAIT(calls >= 1);
    CHECK_EQ(infos[0].si_fd, ends[0]);
    CHECK(infos[0].si_band & POLLIN);
    CHECK_EQ(infos[0].si_code, POLL_IN);
}

CASE(file_size_limit_sends_sigxfsz) {
    pid_t child = SPAWN({
        struct rlimit limit = {1000, 1000};
        OK(setrlimit(RLIMIT_FSIZE, &limit));
        static char block[2000];
        int fd = OK(open("f", O_RDWR | O_CREAT, 0600));
        CHECK_EQ(write(fd, block, 2000), 1000); /* what fits is written */
        on_signal_info(SIGXFSZ, keep, 0);
        CHECK_ERRNO(write(fd, block, 1), EFBIG);
        CHECK_EQ(calls, 1);
        CHECK_ERRNO(ftruncate(fd, 1001), EFBIG);
        on_signal(SIGXFSZ, SIG_DFL, 0);
        write(fd, block, 1);
    });
    wait_signal(child, SIGXFSZ);
}

CASE(cpu_limit_sends_sigxcpu) {
    pid_t child = SPAWN({
        struct rlimit limit = {0, 1};
        OK(setrlimit(RLIMIT_CPU, &limit)); /* 0 is treated as one second: setrlimit(2) */
        _exit(0);
    });
    wait_ok(child);
}
