/* epoll(7), epoll_ctl(2), epoll_wait(2). */
#include "../case.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>

static int epoll, ends[2], pair[2];

static void control(int operation, int fd, uint32_t events) {
    struct epoll_event event = {.events = events, .data.fd = fd};
    OK(epoll_ctl(epoll, operation, fd, &event));
}

/* The events reported for the only ready descriptor, 0 if none is ready. */
static uint32_t ready(void) {
    struct epoll_event events[8];
    int count = OK(epoll_wait(epoll, events, 8, 0));
    CHECK_RANGE(count, 0, 1);
    return count == 0 ? 0 : events[0].events;
}

static void with_pipe(uint32_t events) {
    OK(pipe2(ends, O_NONBLOCK));
    epoll = OK(epoll_create1(EPOLL_CLOEXEC));
    control(EPOLL_CTL_ADD, ends[0], events);
}

CASE(level_triggered_reports_while_there_is_data) {
    with_pipe(EPOLLIN);
    char byte;
    CHECK_EQ(ready(), 0);
    CHECK_EQ(write(ends[1], "ab", 2), 2);
    CHECK_EQ(ready(), EPOLLIN);
    CHECK_EQ(ready(), EPOLLIN);
    CHECK_EQ(read(ends[0], &byte, 1), 1);
    CHECK_EQ(ready(), EPOLLIN);
    CHECK_EQ(read(ends[0], &byte, 1), 1);
    CHECK_EQ(ready(), 0);
}

CASE(edge_triggered_reports_each_arrival_once) {
    with_pipe(EPOLLIN | EPOLLET);
    CHECK_EQ(write(ends[1], "a", 1), 1);
    CHECK_EQ(ready(), EPOLLIN);
    CHECK_EQ(ready(), 0);
    CHECK_EQ(write(ends[1], "b", 1), 1);
    CHECK_EQ(ready(), EPOLLIN); /* although the first byte was never read */
    char byte;
    CHECK_EQ(read(ends[0], &byte, 1), 1);
    CHECK_EQ(ready(), 0);
}

CASE(edge_triggered_add_reports_what_is_ready_already) {
    OK(pipe(ends));
    epoll = OK(epoll_create1(0));
    CHECK_EQ(write(ends[1], "a", 1), 1);
    control(EPOLL_CTL_ADD, ends[0], EPOLLIN | EPOLLET);
    CHECK_EQ(ready(), EPOLLIN);
    CHECK_EQ(ready(), 0);
    control(EPOLL_CTL_MOD, ends[0], EPOLLIN | EPOLLET);
    CHECK_EQ(ready(), EPOLLIN); /* MOD arms it anew */
    CHECK_EQ(ready(), 0);
}

CASE(oneshot_disables_until_modified) {
    with_pipe(EPOLLIN | EPOLLONESHOT);
    CHECK_EQ(write(ends[1], "a", 1), 1);
    CHECK_EQ(ready(), EPOLLIN);
    CHECK_EQ(ready(), 0);
    CHECK_EQ(write(ends[1], "b", 1), 1);
    CHECK_EQ(ready(), 0);
    control(EPOLL_CTL_MOD, ends[0], EPOLLIN | EPOLLONESHOT);
    CHECK_EQ(ready(), EPOLLIN);
    close(ends[1]);
    CHECK_EQ(ready(), 0); /* not even the hang-up */
}

CASE(hang_up_and_error_come_unasked) {
    with_pipe(0);
    CHECK_EQ(ready(), 0);
    close(ends[1]);
    CHECK_EQ(ready(), EPOLLHUP);
    OK(pipe(ends));
    epoll = OK(epoll_create1(0));
    control(EPOLL_CTL_ADD, ends[1], EPOLLOUT);
    CHECK_EQ(ready(), EPOLLOUT);
    close(ends[0]);
    CHECK_EQ(ready(), EPOLLOUT | EPOLLERR);
}

CASE(regular_files_are_eperm) {
    epoll = OK(epoll_create1(0));
    write_file("f", "x", 1);
    struct epoll_event event = {.events = EPOLLIN};
    CHECK_ERRNO(epoll_ctl(epoll, EPOLL_CTL_ADD, OK(open("f", O_RDWR)), &event), EPERM);
    CHECK_ERRNO(epoll_ctl(epoll, EPOLL_CTL_ADD, OK(open(".", O_RDONLY)), &event), EPERM);
    CHECK_ERRNO(epoll_ctl(epoll, EPOLL_CTL_ADD, OK(open("/dev/null", O_RDONLY)), &event), EPERM);
}

CASE(control_errors) {
    epoll = OK(epoll_create1(0));
    OK(pipe(ends));
    struct epoll_event event = {.events = EPOLLIN};
    CHECK_ERRNO(epoll_ctl(epoll, EPOLL_CTL_MOD, ends[0], &event), ENOENT);
    CHECK_ERRNO(epoll_ctl(epoll, EPOLL_CTL_DEL, ends[0], NULL), ENOENT);
    OK(epoll_ctl(epoll, EPOLL_CTL_ADD, ends[0], &event));
    CHECK_ERRNO(epoll_ctl(epoll, EPOLL_CTL_ADD, ends[0], &event), EEXIST);
    CHECK_ERRNO(epoll_ctl(epoll, EPOLL_CTL_ADD, epoll, &event), EINVAL);
    CHECK_ERRNO(epoll_ctl(ends[0], EPOLL_CTL_ADD, ends[1], &event), EINVAL);
    CHECK_ERRNO(epoll_ctl(epoll, EPOLL_CTL_ADD, 999, &event), EBADF);
    CHECK_ERRNO(epoll_ctl(999, EPOLL_CTL_ADD, ends[1], &event), EBADF);
    CHECK_ERRNO(epoll_ctl(epoll, 77, ends[0], &event), EINVAL);
    CHECK_ERRNO(epoll_ctl(epoll, EPOLL_CTL_ADD, ends[1], (void *)8), EFAULT);
    OK(epoll_ctl(epoll, EPOLL_CTL_DEL, ends[0], NULL));
}

CASE(wait_errors) {
    epoll = OK(epoll_create1(0));
    struct epoll_event events[4];
    CHECK_ERRNO(epoll_wait(epoll, events, 0, 0), EINVAL);
    CHECK_ERRNO(epoll_wait(epoll, events, -1, 0), EINVAL);
    CHECK_ERRNO(epoll_wait(999, events, 4, 0), EBADF);
    OK(pipe(ends));
    CHECK_ERRNO(epoll_wait(ends[0], events, 4, 0), EINVAL);
    control(EPOLL_CTL_ADD, ends[1], EPOLLOUT);
    CHECK_ERRNO(epoll_wait(epoll, (void *)8, 4, 0), EFAULT);
    CHECK_ERRNO(epoll_create1(77), EINVAL);
    CHECK_ERRNO(epoll_create(0), EINVAL);
    OK(epoll_create(1));
}

CASE(wait_times_out) {
    epoll = OK(epoll_create1(0));
    struct epoll_event event;
    int64_t start = now_ns();
    CHECK_EQ(epoll_wait(epoll, &event, 1, 30), 0);
    CHECK_RANGE(now_ns() - start, 29000000, 5000000000);
}

CASE(epoll_pwait2_takes_nanoseconds) {
    epoll = OK(epoll_create1(0));
    struct epoll_event event;
    struct timespec wait = {0, 5000000}, bad = {0, 1000000000};
    int64_t start = now_ns();
    CHECK_EQ(syscall(SYS_epoll_pwait2, epoll, &event, 1, &wait, NULL, 0), 0);
    CHECK_RANGE(now_ns() - start, 5000000, 5000000000);
    CHECK_ERRNO(syscall(SYS_epoll_pwait2, epoll, &event, 1, &bad, NULL, 0), EINVAL);
}

CASE(waiting_thread_is_woken_by_data) {
    with_pipe(EPOLLIN);
    pid_t parent = getpid(), child = SPAWN({
        AWAIT_SLEEPING(parent);
        CHECK_EQ(write(ends[1], "x", 1), 1);
    });
    struct epoll_event event;
    CHECK_EQ(epoll_wait(epoll, &event, 1, -1), 1);
    CHECK_EQ(event.data.fd, ends[0]);
    wait_ok(child);
}

CASE(descriptor_added_while_another_thread_waits) {
    static struct epoll_event got;
    void *wait_one(void *argument) {
        return (void *)(intptr_t)epoll_wait(epoll, &got, 1, 10000) + 0 * (intptr_t)argument;
    }
    epoll = OK(epoll_create1(0));
    OK(pipe(ends));
    pthread_t thread;
    CHECK_ZERO(pthread_create(&thread, NULL, wait_one, NULL));
    sleep_ms(10);
    CHECK_EQ(write(ends[1], "x", 1), 1);
    control(EPOLL_CTL_ADD, ends[0], EPOLLIN);
    void *count;
    CHECK_ZERO(pthread_join(thread, &count));
    CHECK_EQ((intptr_t)count, 1);
    CHECK_EQ(got.data.fd, ends[0]);
}

CASE(user_data_is_returned_whole) {
    OK(pipe(ends));
    epoll = OK(epoll_create1(0));
    struct epoll_event event = {.events = EPOLLOUT, .data.u64 = 0x1122334455667788}, got;
    OK(epoll_ctl(epoll, EPOLL_CTL_ADD, ends[1], &event));
    CHECK_EQ(epoll_wait(epoll, &got, 1, 0), 1);
    CHECK_EQ(got.data.u64, 0x1122334455667788);
    event.data.u64 = 5;
    OK(epoll_ctl(epoll, EPOLL_CTL_MOD, ends[1], &event));
    CHECK_EQ(epoll_wait(epoll, &got, 1, 0), 1);
    CHECK_EQ(got.data.u64, 5);
}

CASE(several_ready_descriptors_take_turns) {
    epoll = OK(epoll_create1(0));
    int fds[6];
    for (int i = 0; i < 6; i++) {
        fds[i] = OK(eventfd(1, 0));
        control(EPOLL_CTL_ADD, fds[i], EPOLLIN);
    }
    struct epoll_event events[8];
    CHECK_EQ(epoll_wait(epoll, events, 8, 0), 6);
    int seen = 0; /* with room for two only, three waits see all: no starvation */
    for (int i = 0; i < 3; i++) {
        CHECK_EQ(epoll_wait(epoll, events, 2, 0), 2);
        for (int j = 0; j < 2; j++) seen |= 1 << (events[j].data.fd - fds[0]);
    }
    CHECK_EQ(seen, 63);
}

CASE(closing_the_last_descriptor_removes_the_interest) {
    with_pipe(EPOLLIN);
    int copy = OK(dup(ends[0]));
    CHECK_EQ(write(ends[1], "x", 1), 1);
    close(ends[0]);
    CHECK_EQ(ready(), EPOLLIN); /* epoll(7), Q6: the description lives on */
    close(copy);
    CHECK_EQ(ready(), 0);
}

CASE(same_description_under_two_numbers) {
    with_pipe(EPOLLIN);
    int copy = OK(dup(ends[0]));
    control(EPOLL_CTL_ADD, copy, EPOLLIN);
    CHECK_EQ(write(ends[1], "x", 1), 1);
    struct epoll_event events[4];
    CHECK_EQ(epoll_wait(epoll, events, 4, 0), 2);
}

CASE(nested_epoll) {
    with_pipe(EPOLLIN);
    int outer = OK(epoll_create1(0)), inner = epoll;
    struct epoll_event event = {.events = EPOLLIN, .data.fd = inner}, got;
    OK(epoll_ctl(outer, EPOLL_CTL_ADD, inner, &event));
    CHECK_EQ(epoll_wait(outer, &got, 1, 0), 0);
    struct pollfd poller = {inner, POLLIN, 0};
    CHECK_EQ(poll(&poller, 1, 0), 0);
    CHECK_EQ(write(ends[1], "x", 1), 1);
    CHECK_EQ(poll(&poller, 1, 0), 1);
    CHECK_EQ(poller.revents, POLLIN);
    CHECK_EQ(epoll_wait(outer, &got, 1, 1000), 1);
    CHECK_EQ(got.data.fd, inner);
    CHECK_EQ(ready(), EPOLLIN);
    char byte;
    CHECK_EQ(read(ends[0], &byte, 1), 1);
    CHECK_EQ(epoll_wait(outer, &got, 1, 0), 0);
}

CASE(cycles_are_eloop) {
    int first = OK(epoll_create1(0)), second = OK(epoll_create1(0));
    struct epoll_event event = {.events = EPOLLIN};
    OK(epoll_ctl(first, EPOLL_CTL_ADD, second, &event));
    CHECK_ERRNO(epoll_ctl(second, EPOLL_CTL_ADD, first, &event), ELOOP);
}

CASE(unix_socket_bits_at_shutdown_and_close) {
    OK(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
    epoll = OK(epoll_create1(0));
    control(EPOLL_CTL_ADD, pair[0], EPOLLIN | EPOLLOUT | EPOLLRDHUP);
    CHECK_EQ(ready(), EPOLLOUT);
    OK(shutdown(pair[1], SHUT_WR));
    CHECK_EQ(ready(), EPOLLIN | EPOLLOUT | EPOLLRDHUP);
    close(pair[1]);
    CHECK_EQ(ready(), EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLHUP);
}

static void tcp_pair(void) {
    int listener = OK(socket(AF_INET, SOCK_STREAM, 0));
    struct sockaddr_in name = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof name;
    OK(bind(listener, (void *)&name, sizeof name));
    OK(listen(listener, 5));
    OK(getsockname(listener, (void *)&name, &size));
    pair[0] = OK(socket(AF_INET, SOCK_STREAM, 0));
    OK(connect(pair[0], (void *)&name, sizeof name));
    pair[1] = OK(accept(listener, NULL, NULL));
    close(listener);
}

static void await_events(uint32_t expected) {
    AWAIT(ready() == expected);
    CHECK_EQ(ready(), expected);
}

CASE(tcp_bits_at_half_close_and_close) {
    tcp_pair();
    epoll = OK(epoll_create1(0));
    control(EPOLL_CTL_ADD, pair[0], EPOLLIN | EPOLLOUT | EPOLLRDHUP);
    await_events(EPOLLOUT);
    OK(shutdown(pair[1], SHUT_WR));
    await_events(EPOLLIN | EPOLLOUT | EPOLLRDHUP);
    OK(shutdown(pair[0], SHUT_WR));
    await_events(EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLHUP);
}

CASE(tcp_bits_at_reset) {
    tcp_pair();
    epoll = OK(epoll_create1(0));
    control(EPOLL_CTL_ADD, pair[0], EPOLLIN | EPOLLOUT | EPOLLRDHUP);
    struct linger linger = {1, 0};
    OK(setsockopt(pair[1], SOL_SOCKET, SO_LINGER, &linger, sizeof linger));
    close(pair[1]);
    await_events(EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLHUP | EPOLLERR);
    int error;
    socklen_t size = sizeof error;
    OK(getsockopt(pair[0], SOL_SOCKET, SO_ERROR, &error, &size));
    CHECK_EQ(error, ECONNRESET);
    OK(getsockopt(pair[0], SOL_SOCKET, SO_ERROR, &error, &size));
    CHECK_EQ(error, 0); /* reported once */
    CHECK_EQ(ready(), EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLHUP);
}

CASE(fresh_tcp_socket_is_out_and_hup) {
    epoll = OK(epoll_create1(0));
    control(EPOLL_CTL_ADD, OK(socket(AF_INET, SOCK_STREAM, 0)), EPOLLIN | EPOLLOUT);
    CHECK_EQ(ready(), EPOLLOUT | EPOLLHUP);
}

CASE(edge_triggered_socket_as_go_and_nginx_use_it) {
    tcp_pair();
    epoll = OK(epoll_create1(0));
    control(EPOLL_CTL_ADD, pair[0], EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET);
    CHECK_EQ(ready(), EPOLLOUT);
    CHECK_EQ(ready(), 0);
    CHECK_EQ(write(pair[1], "x", 1), 1);
    AWAIT(ready() == (EPOLLIN | EPOLLOUT));
    CHECK_EQ(ready(), 0);
    close(pair[1]);
    AWAIT(ready() == (EPOLLIN | EPOLLOUT | EPOLLRDHUP));
    CHECK_EQ(ready(), 0);
}

CASE(listener_becomes_readable) {
    int listener = OK(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
    struct sockaddr_in name = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof name;
    OK(bind(listener, (void *)&name, sizeof name));
    OK(listen(listener, 5));
    OK(getsockname(listener, (void *)&name, &size));
    epoll = OK(epoll_create1(0));
    control(EPOLL_CTL_ADD, listener, EPOLLIN);
    CHECK_EQ(ready(), 0);
    int client = OK(socket(AF_INET, SOCK_STREAM, 0));
    OK(connect(client, (void *)&name, sizeof name));
    await_events(EPOLLIN);
    OK(accept(listener, NULL, NULL));
    CHECK_EQ(ready(), 0);
    CHECK_ERRNO(accept(listener, NULL, NULL), EAGAIN);
}

CASE(exclusive_wakes_and_its_rules) {
    epoll = OK(epoll_create1(0));
    int fd = OK(eventfd(0, 0)), second = OK(epoll_create1(0));
    struct epoll_event event = {.events = EPOLLIN | EPOLLEXCLUSIVE};
    OK(epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event));
    OK(epoll_ctl(second, EPOLL_CTL_ADD, fd, &event));
    CHECK_ERRNO(epoll_ctl(epoll, EPOLL_CTL_MOD, fd, &event), EINVAL);
    event.events = EPOLLIN | EPOLLEXCLUSIVE | EPOLLONESHOT;
    CHECK_ERRNO(epoll_ctl(epoll, EPOLL_CTL_ADD, OK(eventfd(0, 0)), &event), EINVAL);
    OK(eventfd_write(fd, 1));
    CHECK_EQ(ready(), EPOLLIN);
}

CASE(exclusive_waiters_share_out_the_connections) {
    int *served = shared_page();
    int fd = OK(eventfd(0, EFD_NONBLOCK | EFD_SEMAPHORE));
    pid_t children[3];
    for (int i = 0; i < 3; i++) children[i] = SPAWN({
        int own = OK(epoll_create1(0));
        struct epoll_event event = {.events = EPOLLIN | EPOLLEXCLUSIVE};
        OK(epoll_ctl(own, EPOLL_CTL_ADD, fd, &event));
        for (;;) {
            eventfd_t value;
            OK(epoll_wait(own, &event, 1, -1));
            if (eventfd_read(fd, &value) == 0) __atomic_fetch_add(served, 1, __ATOMIC_SEQ_CST);
        }
    });
    for (int i = 0; i < 3; i++) AWAIT_SLEEPING(children[i]);
    for (int i = 1; i <= 20; i++) {
        OK(eventfd_write(fd, 1));
        AWAIT(*(volatile int *)served == i);
    }
    for (int i = 0; i < 3; i++) {
        OK(kill(children[i], SIGKILL));
        wait_signal(children[i], SIGKILL);
    }
}

static volatile int calls;
static void count(int number) {
    (void)number;
    calls++;
}

CASE(epoll_pwait_swaps_the_mask) {
    epoll = OK(epoll_create1(0));
    on_signal(SIGUSR1, count, 0);
    block_signal(SIGUSR1);
    OK(kill(getpid(), SIGUSR1));
    sigset_t none = signal_set(0);
    struct epoll_event event;
    CHECK_ERRNO(epoll_pwait(epoll, &event, 1, 10000, &none), EINTR);
    CHECK_EQ(calls, 1);
    CHECK_EQ(epoll_pwait(epoll, &event, 1, 0, NULL), 0);
    CHECK_ERRNO(syscall(SYS_epoll_pwait, epoll, &event, 1, 0, &none, 4), EINVAL);
}

CASE(many_descriptors) {
    enum { COUNT = 500 };
    static int fds[COUNT];
    struct rlimit limit;
    OK(getrlimit(RLIMIT_NOFILE, &limit));
    if (limit.rlim_cur < 1024) limit.rlim_cur = 1024;
    OK(setrlimit(RLIMIT_NOFILE, &limit));
    epoll = OK(epoll_create1(0));
    for (int i = 0; i < COUNT; i++) {
        fds[i] = OK(eventfd(0, EFD_NONBLOCK));
        struct epoll_event event = {.events = EPOLLIN | EPOLLET, .data.u32 = i};
        OK(epoll_ctl(epoll, EPOLL_CTL_ADD, fds[i], &event));
    }
    CHECK_EQ(ready(), 0);
    for (int i = 0; i < COUNT; i += 50) OK(eventfd_write(fds[i], 1));
    static struct epoll_event events[COUNT];
    CHECK_EQ(epoll_wait(epoll, events, COUNT, 0), 10);
    for (int i = 0; i < 10; i++) CHECK_EQ(events[i].data.u32 % 50, 0);
}

CASE(epoll_shared_over_fork) {
    with_pipe(EPOLLIN);
    IN_CHILD({
        CHECK_EQ(write(ends[1], "x", 1), 1);
        CHECK_EQ(ready(), EPOLLIN);
    });
    CHECK_EQ(ready(), EPOLLIN);
}

CASE(eventfd_write_overflow_and_poll) {
    int fd = OK(eventfd(0, EFD_NONBLOCK));
    uint64_t value = 0xfffffffffffffffe;
    CHECK_EQ(write(fd, &value, 8), 8);
    struct pollfd poller = {fd, POLLIN | POLLOUT, 0};
    CHECK_EQ(poll(&poller, 1, 0), 1);
    CHECK_EQ(poller.revents, POLLIN);
    value = 1;
    CHECK_ERRNO(write(fd, &value, 8), EAGAIN);
    value = ~0UL;
    CHECK_ERRNO(write(fd, &value, 8), EINVAL);
    CHECK_EQ(read(fd, &value, 8), 8);
    CHECK_EQ(value, 0xfffffffffffffffe);
    CHECK_ERRNO(read(fd, &value, 8), EAGAIN);
    CHECK_ERRNO(read(fd, &value, 4), EINVAL);
    CHECK_ERRNO(write(fd, &value, 7), EINVAL);
}

CASE(eventfd_semaphore_counts_down) {
    int fd = OK(eventfd(3, EFD_NONBLOCK | EFD_SEMAPHORE));
    uint64_t value;
    for (int i = 0; i < 3; i++) {
        CHECK_EQ(read(fd, &value, 8), 8);
        CHECK_EQ(value, 1);
    }
    CHECK_ERRNO(read(fd, &value, 8), EAGAIN);
    CHECK_ERRNO(eventfd(0, 12345), EINVAL);
}

CASE(eventfd_blocks_until_written) {
    int fd = OK(eventfd(0, 0));
    pid_t child = SPAWN({
        uint64_t value;
        CHECK_EQ(read(fd, &value, 8), 8);
        CHECK_EQ(value, 42);
    });
    AWAIT_SLEEPING(child);
    uint64_t value = 42;
    CHECK_EQ(write(fd, &value, 8), 8);
    wait_ok(child);
}
