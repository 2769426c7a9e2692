/* poll(2), ppoll(2), select(2), pselect(2). */
#include "../case.h"
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/socket.h>

static int ends[2];

CASE(poll_does_not_touch_events) {
    OK(pipe(ends));
    struct pollfd poller = {ends[0], POLLIN | POLLPRI, 0x7fff};
    CHECK_EQ(poll(&poller, 1, 0), 0);
    CHECK_EQ(poller.events, POLLIN | POLLPRI);
    CHECK_EQ(poller.revents, 0);
    CHECK_EQ(poller.fd, ends[0]);
}

CASE(negative_descriptors_are_skipped) {
    OK(pipe(ends));
    struct pollfd pollers[3] = {{-1, POLLIN, 77}, {ends[1], POLLOUT, 0}, {-5, POLLOUT, 77}};
    CHECK_EQ(poll(pollers, 3, 1000), 1);
    CHECK_EQ(pollers[0].revents, 0);
    CHECK_EQ(pollers[1].revents, POLLOUT);
    CHECK_EQ(pollers[2].revents, 0);
}

CASE(closed_descriptor_is_pollnval) {
    struct pollfd poller = {999, POLLIN, 0};
    CHECK_EQ(poll(&poller, 1, -1), 1);
    CHECK_EQ(poller.revents, POLLNVAL);
}

CASE(regular_files_are_always_ready) {
    write_file("f", "", 0);
    struct pollfd poller = {OK(open("f", O_RDONLY)), POLLIN | POLLOUT, 0};
    CHECK_EQ(poll(&poller, 1, 0), 1);
    CHECK_EQ(poller.revents, POLLIN | POLLOUT);
    poller.fd = OK(open("/dev/null", O_RDWR));
    CHECK_EQ(poll(&poller, 1, 0), 1);
    CHECK_EQ(poller.revents, POLLIN | POLLOUT);
}

CASE(result_counts_descriptors_not_bits) {
    int pair[2];
    OK(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
    CHECK_EQ(write(pair[0], "x", 1), 1);
    struct pollfd pollers[2] = {{pair[1], POLLIN | POLLOUT | POLLRDNORM | POLLWRNORM, 0}, {pair[0], POLLIN, 0}};
    CHECK_EQ(poll(pollers, 2, 0), 1);
    CHECK_EQ(pollers[0].revents, POLLIN | POLLOUT | POLLRDNORM | POLLWRNORM);
}

CASE(poll_timeouts) {
    int64_t start = now_ns();
    CHECK_EQ(poll(NULL, 0, 30), 0);
    CHECK_RANGE(now_ns() - start, 29000000, 5000000000);
    struct timespec wait = {0, 20000000}, bad = {0, -1};
    start = now_ns();
    CHECK_EQ(syscall(SYS_ppoll, NULL, 0, &wait, NULL, 0), 0);
    CHECK_RANGE(now_ns() - start, 20000000, 5000000000);
    CHECK_EQ(wait.tv_nsec, 0); /* the raw call writes back what is left */
    CHECK_ERRNO(syscall(SYS_ppoll, NULL, 0, &bad, NULL, 0), EINVAL);
}

CASE(poll_is_woken_by_data) {
    OK(pipe(ends));
    pid_t parent = getpid(), child = SPAWN({
        AWAIT_SLEEPING(parent);
        CHECK_EQ(write(ends[1], "x", 1), 1);
    });
    struct pollfd poller = {ends[0], POLLIN, 0};
    CHECK_EQ(poll(&poller, 1, -1), 1);
    wait_ok(child);
}

CASE(poll_is_woken_by_the_last_writer_leaving) {
    OK(pipe(ends));
    pid_t parent = getpid(), child = SPAWN({ AWAIT_SLEEPING(parent); });
    close(ends[1]);
    struct pollfd poller = {ends[0], POLLIN, 0};
    CHECK_EQ(poll(&poller, 1, -1), 1);
    CHECK_EQ(poller.revents, POLLHUP);
    wait_ok(child);
}

CASE(too_many_descriptors_is_einval) {
    struct rlimit limit = {50, 50};
    static struct pollfd pollers[100];
    for (int i = 0; i < 100; i++) pollers[i].fd = -1;
    IN_CHILD({
        OK(setrlimit(RLIMIT_NOFILE, &limit));
        CHECK_ERRNO(poll(pollers, 100, 0), EINVAL);
        CHECK_EQ(poll(pollers, 50, 0), 0);
    });
    CHECK_ERRNO(poll((struct pollfd *)8, 1, 0), EFAULT);
}

CASE(select_changes_its_sets) {
    OK(pipe(ends));
    fd_set in, out;
    FD_ZERO(&in);
    FD_ZERO(&out);
    FD_SET(ends[0], &in);
    FD_SET(ends[1], &out);
    CHECK_EQ(select(ends[1] + 1, &in, &out, NULL, NULL), 1);
    CHECK(!FD_ISSET(ends[0], &in));
    CHECK(FD_ISSET(ends[1], &out));
    CHECK_EQ(write(ends[1], "x", 1), 1);
    FD_SET(ends[0], &in);
    CHECK_EQ(select(ends[1] + 1, &in, &out, NULL, NULL), 2); /* bits are counted, not descriptors */
}

CASE(select_updates_its_timeout) {
    struct timeval wait = {0, 20000};
    int64_t start = now_ns();
    CHECK_EQ(select(0, NULL, NULL, NULL, &wait), 0);
    CHECK_RANGE(now_ns() - start, 20000000, 5000000000);
    CHECK_EQ(wait.tv_sec, 0);
    CHECK_EQ(wait.tv_usec, 0);
    OK(pipe(ends));
    fd_set out;
    FD_ZERO(&out);
    FD_SET(ends[1], &out);
    wait = (struct timeval){100, 0};
    CHECK_EQ(select(ends[1] + 1, NULL, &out, NULL, &wait), 1);
    CHECK_RANGE(wait.tv_sec, 90, 100);
}

CASE(select_errors) {
    fd_set in;
    FD_ZERO(&in);
    FD_SET(40, &in);
    CHECK_ERRNO(select(41, &in, NULL, NULL, NULL), EBADF);
    struct timeval bad = {-1, 0};
    CHECK_ERRNO(select(0, NULL, NULL, NULL, &bad), EINVAL);
    CHECK_ERRNO(select(-1, NULL, NULL, NULL, NULL), EINVAL);
    CHECK_ERRNO(syscall(SYS_select, 10, (void *)8, NULL, NULL, NULL), EFAULT);
}

CASE(select_sees_hang_up_as_readable) {
    OK(pipe(ends));
    close(ends[1]);
    fd_set in;
    FD_ZERO(&in);
    FD_SET(ends[0], &in);
    CHECK_EQ(select(ends[0] + 1, &in, NULL, NULL, NULL), 1);
    OK(pipe(ends));
    close(ends[0]);
    fd_set out;
    FD_ZERO(&out);
    FD_SET(ends[1], &out);
    CHECK_EQ(select(ends[1] + 1, NULL, &out, NULL, NULL), 1);
}

static volatile int calls;
static void count(int number) {
    (void)number;
    calls++;
}

/* make(1) keeps SIGCHLD blocked except inside pselect. */
CASE(pselect_lets_a_signal_in) {
    on_signal(SIGCHLD, count, 0);
    block_signal(SIGCHLD);
    pid_t child = SPAWN();
    sigset_t none = signal_set(0);
    struct timespec wait = {10, 0};
    CHECK_ERRNO(pselect(0, NULL, NULL, NULL, &wait, &none), EINTR);
    CHECK_EQ(calls, 1);
    CHECK_EQ(wait.tv_sec, 10);
    wait_ok(child);
    sigset_t now;
    sigprocmask(SIG_BLOCK, NULL, &now);
    CHECK(sigismember(&now, SIGCHLD));
}

CASE(ppoll_mask_applies_only_inside) {
    on_signal(SIGUSR1, count, 0);
    OK(pipe(ends));
    sigset_t blocked = signal_set(SIGUSR1);
    pid_t parent = getpid(), child = SPAWN({
        AWAIT_SLEEPING(parent);
        OK(kill(parent, SIGUSR1));
        sleep_ms(10);
        CHECK_EQ(write(ends[1], "x", 1), 1);
    });
    struct pollfd poller = {ends[0], POLLIN, 0};
    CHECK_EQ(ppoll(&poller, 1, NULL, &blocked), 1);
    CHECK_EQ(calls, 1); /* delivered when the old mask came back */
    wait_ok(child);
}

CASE(many_pollers_of_one_pipe) {
    OK(pipe(ends));
    pid_t children[5];
    for (int i = 0; i < 5; i++) children[i] = SPAWN({
        struct pollfd poller = {ends[0], POLLIN, 0};
        CHECK_EQ(poll(&poller, 1, -1), 1);
    });
    for (int i = 0; i < 5; i++) AWAIT_SLEEPING(children[i]);
    CHECK_EQ(write(ends[1], "x", 1), 1);
    for (int i = 0; i < 5; i++) wait_ok(children[i]);
}

CASE(same_descriptor_twice) {
    OK(pipe(ends));
    CHECK_EQ(write(ends[1], "x", 1), 1);
    struct pollfd pollers[2] = {{ends[0], POLLIN, 0}, {ends[0], POLLIN, 0}};
    CHECK_EQ(poll(pollers, 2, 0), 2);
}
