/* tcp(7), ip(7), ipv6(7) over the loopback addresses. */
#include "../case.h"
#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <linux/errqueue.h>
#include <linux/sockios.h>

static struct sockaddr_in loopback(int port) {
    return (struct sockaddr_in){.sin_family = AF_INET, .sin_port = port, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

static struct sockaddr_in name_of(int fd) {
    struct sockaddr_in name;
    socklen_t size = sizeof name;
    OK(getsockname(fd, (void *)&name, &size));
    CHECK_EQ(size, sizeof name);
    return name;
}

static int option(int fd, int level, int name) {
    int value = -1;
    socklen_t size = sizeof value;
    OK(getsockopt(fd, level, name, &value, &size));
    return value;
}

static void set_option(int fd, int level, int name, int value) {
    OK(setsockopt(fd, level, name, &value, sizeof value));
}

/* A listener on a free port of 127.0.0.1. */
static int listen_on(struct sockaddr_in *name, int backlog) {
    int fd = OK(socket(AF_INET, SOCK_STREAM, 0));
    *name = loopback(0);
    OK(bind(fd, (void *)name, sizeof *name));
    OK(listen(fd, backlog));
    *name = name_of(fd);
    CHECK(name->sin_port != 0);
    return fd;
}

static int client, server;

static void connected(void) {
    struct sockaddr_in name;
    int listener = listen_on(&name, 5);
    client = OK(socket(AF_INET, SOCK_STREAM, 0));
    OK(connect(client, (void *)&name, sizeof name));
    server = OK(accept(listener, NULL, NULL));
    close(listener);
}

static int bits(int fd, short events) {
    struct pollfd poller = {fd, events, 0};
    OK(poll(&poller, 1, 0));
    return poller.revents;
}

CASE(talk_both_ways) {
    connected();
    char text[16] = "";
    CHECK_EQ(write(client, "ping", 4), 4);
    CHECK_EQ(read(server, text, 16), 4);
    CHECK_MEM(text, "ping", 4);
    CHECK_EQ(send(server, "pong!", 5, 0), 5);
    CHECK_EQ(recv(client, text, 16, 0), 5);
    CHECK_MEM(text, "pong!", 5);
}

CASE(addresses_of_both_ends) {
    struct sockaddr_in name, from, peer;
    socklen_t size = sizeof from;
    int listener = listen_on(&name, 5);
    client = OK(socket(AF_INET, SOCK_STREAM, 0));
    OK(connect(client, (void *)&name, sizeof name));
    server = OK(accept(listener, (void *)&from, &size));
    CHECK_EQ(size, sizeof from);
    struct sockaddr_in own = name_of(client);
    CHECK_EQ(from.sin_port, own.sin_port);
    CHECK_EQ(from.sin_addr.s_addr, htonl(INADDR_LOOPBACK));
    OK(getpeername(client, (void *)&peer, &size));
    CHECK_EQ(peer.sin_port, name.sin_port);
    OK(getpeername(server, (void *)&peer, &size));
    CHECK_EQ(peer.sin_port, own.sin_port);
    CHECK_EQ(name_of(server).sin_port, name.sin_port);
    size = 4; /* too small: cut off, and the true size is told */
    OK(getsockname(client, (void *)&peer, &size));
    CHECK_EQ(size, sizeof peer);
    CHECK_ERRNO(getpeername(listener, (void *)&peer, &size), ENOTCONN);
    size = -1;
    CHECK_ERRNO(getsockname(client, (void *)&peer, &size), EINVAL);
}

CASE(end_of_file_after_close) {
    connected();
    CHECK_EQ(write(client, "bye", 3), 3);
    close(client);
    char text[8];
    CHECK_EQ(read(server, text, 8), 3);
    CHECK_EQ(read(server, text, 8), 0);
    CHECK_EQ(read(server, text, 8), 0);
}

CASE(half_close) {
    connected();
    OK(shutdown(client, SHUT_WR));
    char text[8];
    CHECK_EQ(read(server, text, 8), 0);
    CHECK_EQ(write(server, "still", 5), 5);
    CHECK_EQ(read(client, text, 8), 5);
    on_signal(SIGPIPE, SIG_IGN, 0);
    CHECK_ERRNO(write(client, "x", 1), EPIPE);
    close(server);
    CHECK_EQ(read(client, text, 8), 0);
}

CASE(shutdown_for_reading) {
    connected();
    char text[8];
    OK(shutdown(client, SHUT_RD));
    CHECK_EQ(read(client, text, 8), 0);
    CHECK_EQ(bits(client, POLLIN | POLLRDHUP), POLLIN | POLLRDHUP);
    CHECK_EQ(write(client, "out", 3), 3);
    CHECK_EQ(read(server, text, 8), 3);
    CHECK_ERRNO(shutdown(client, 7), EINVAL);
    CHECK_ERRNO(shutdown(OK(socket(AF_INET, SOCK_STREAM, 0)), SHUT_WR), ENOTCONN);
}

CASE(closing_with_unread_data_resets) {
    connected();
    CHECK_EQ(write(client, "unread", 6), 6);
    AWAIT(bits(server, POLLIN) == POLLIN);
    close(server);
    char text[8];
    CHECK_ERRNO(read(client, text, 8), ECONNRESET);
    CHECK_EQ(read(client, text, 8), 0);
}

CASE(linger_zero_resets) {
    connected();
    struct linger linger = {1, 0};
    OK(setsockopt(client, SOL_SOCKET, SO_LINGER, &linger, sizeof linger));
    close(client);
    char text[8];
    CHECK_ERRNO(read(server, text, 8), ECONNRESET);
    on_signal(SIGPIPE, SIG_IGN, 0);
    CHECK_ERRNO(write(server, "x", 1), EPIPE);
}

CASE(writing_after_the_peer_closed) {
    connected();
    close(server);
    on_signal(SIGPIPE, SIG_IGN, 0);
    CHECK_EQ(write(client, "x", 1), 1); /* answered by a reset */
    AWAIT(bits(client, POLLIN) & POLLERR || bits(client, POLLIN) & POLLHUP);
    CHECK(write(client, "y", 1) == -1 && (errno == EPIPE || errno == ECONNRESET));
}

CASE(refused_connection) {
    struct sockaddr_in name;
    close(listen_on(&name, 1));
    int fd = OK(socket(AF_INET, SOCK_STREAM, 0));
    CHECK_ERRNO(connect(fd, (void *)&name, sizeof name), ECONNREFUSED);
    CHECK_EQ(option(fd, SOL_SOCKET, SO_ERROR), 0);
}

CASE(nonblocking_connect_refused) {
    struct sockaddr_in name;
    close(listen_on(&name, 1));
    int fd = OK(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
    CHECK(connect(fd, (void *)&name, sizeof name) == -1 && (errno == EINPROGRESS || errno == ECONNREFUSED));
    if (errno == EINPROGRESS) {
        AWAIT(bits(fd, POLLOUT) & POLLERR);
        CHECK_EQ(bits(fd, POLLOUT), POLLOUT | POLLERR | POLLHUP);
        CHECK_EQ(option(fd, SOL_SOCKET, SO_ERROR), ECONNREFUSED);
        CHECK_EQ(option(fd, SOL_SOCKET, SO_ERROR), 0);
    }
}

CASE(nonblocking_connect_succeeds) {
    struct sockaddr_in name;
    int listener = listen_on(&name, 5), fd = OK(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
    CHECK(connect(fd, (void *)&name, sizeof name) == 0 || errno == EINPROGRESS);
    AWAIT(bits(fd, POLLOUT) == POLLOUT);
    CHECK_EQ(option(fd, SOL_SOCKET, SO_ERROR), 0);
    /* connect(2) once more tells that it is done, then EISCONN. */
    int again = connect(fd, (void *)&name, sizeof name);
    CHECK(again == 0 || errno == EISCONN);
    CHECK_ERRNO(connect(fd, (void *)&name, sizeof name), EISCONN);
    OK(accept(listener, NULL, NULL));
}

CASE(address_in_use) {
    struct sockaddr_in name;
    listen_on(&name, 1);
    int fd = OK(socket(AF_INET, SOCK_STREAM, 0));
    CHECK_ERRNO(bind(fd, (void *)&name, sizeof name), EADDRINUSE);
    set_option(fd, SOL_SOCKET, SO_REUSEADDR, 1);
    CHECK_ERRNO(bind(fd, (void *)&name, sizeof name), EADDRINUSE); /* still listening */
}

CASE(reuseaddr_allows_binding_over_old_connections) {
    struct sockaddr_in name;
    int listener = listen_on(&name, 5);
    set_option(listener, SOL_SOCKET, SO_REUSEADDR, 1);
    client = OK(socket(AF_INET, SOCK_STREAM, 0));
    OK(connect(client, (void *)&name, sizeof name));
    server = OK(accept(listener, NULL, NULL));
    close(listener);
    close(server); /* this side closes first: it keeps TIME_WAIT */
    char byte;
    CHECK_EQ(read(client, &byte, 1), 0);
    close(client);
    int again = OK(socket(AF_INET, SOCK_STREAM, 0));
    set_option(again, SOL_SOCKET, SO_REUSEADDR, 1);
    OK(bind(again, (void *)&name, sizeof name));
    OK(listen(again, 1));
}

CASE(reuseport_shares_a_port) {
    struct sockaddr_in name = loopback(0);
    int first = OK(socket(AF_INET, SOCK_STREAM, 0)), second = OK(socket(AF_INET, SOCK_STREAM, 0));
    set_option(first, SOL_SOCKET, SO_REUSEPORT, 1);
    OK(bind(first, (void *)&name, sizeof name));
    OK(listen(first, 5));
    name = name_of(first);
    set_option(second, SOL_SOCKET, SO_REUSEPORT, 1);
    OK(bind(second, (void *)&name, sizeof name));
    OK(listen(second, 5));
}

CASE(bind_errors) {
    int fd = OK(socket(AF_INET, SOCK_STREAM, 0));
    struct sockaddr_in name = loopback(0);
    CHECK_ERRNO(bind(fd, (void *)&name, 4), EINVAL);
    name.sin_addr.s_addr = inet_addr("203.0.113.1"); /* not ours */
    CHECK_ERRNO(bind(fd, (void *)&name, sizeof name), EADDRNOTAVAIL);
    name = loopback(0);
    OK(bind(fd, (void *)&name, sizeof name));
    CHECK_ERRNO(bind(fd, (void *)&name, sizeof name), EINVAL); /* bound already */
    CHECK_ERRNO(bind(0, (void *)&name, sizeof name), ENOTSOCK);
    CHECK_ERRNO(bind(999, (void *)&name, sizeof name), EBADF);
    name.sin_family = AF_UNIX;
    CHECK_ERRNO(bind(OK(socket(AF_INET, SOCK_STREAM, 0)), (void *)&name, sizeof name), EAFNOSUPPORT);
    CHECK_ERRNO(bind(OK(socket(AF_INET, SOCK_STREAM, 0)), (void *)8, 16), EFAULT);
}

CASE(socket_errors) {
    CHECK_ERRNO(socket(99, SOCK_STREAM, 0), EAFNOSUPPORT);
    CHECK_ERRNO(socket(AF_INET, 77, 0), EINVAL);
    CHECK_ERRNO(socket(AF_INET, SOCK_STREAM, IPPROTO_UDP), EPROTONOSUPPORT);
    CHECK_ERRNO(socket(AF_INET, SOCK_STREAM | 0x100000, 0), EINVAL);
    int fd = OK(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_TCP));
    CHECK_EQ(fcntl(fd, F_GETFD), FD_CLOEXEC);
    CHECK_EQ(fcntl(fd, F_GETFL), O_RDWR | O_NONBLOCK);
    int pair[2];
    CHECK_ERRNO(socketpair(AF_INET, SOCK_STREAM, 0, pair), EOPNOTSUPP);
}

CASE(transfer_on_unconnected_sockets) {
    int fd = OK(socket(AF_INET, SOCK_STREAM, 0));
    char byte;
    on_signal(SIGPIPE, SIG_IGN, 0);
    CHECK_ERRNO(recv(fd, &byte, 1, 0), ENOTCONN);
    CHECK_ERRNO(send(fd, "x", 1, 0), EPIPE);
    CHECK_ERRNO(accept(fd, NULL, NULL), EINVAL);
    struct sockaddr_in name;
    int listener = listen_on(&name, 1);
    CHECK_ERRNO(recv(listener, &byte, 1, 0), ENOTCONN);
    CHECK_ERRNO(accept(0, NULL, NULL), ENOTSOCK);
    CHECK_ERRNO(listen(0, 1), ENOTSOCK);
    CHECK_ERRNO(lseek(fd, 0, SEEK_SET), ESPIPE);
}

CASE(accept4_flags_and_nothing_inherited) {
    struct sockaddr_in name;
    int listener = listen_on(&name, 5);
    OK(fcntl(listener, F_SETFL, O_NONBLOCK));
    CHECK_ERRNO(accept(listener, NULL, NULL), EAGAIN);
    for (int i = 0; i < 2; i++) {
        client = OK(socket(AF_INET, SOCK_STREAM, 0));
        OK(connect(client, (void *)&name, sizeof name));
        AWAIT(bits(listener, POLLIN) == POLLIN);
        server = OK(accept4(listener, NULL, NULL, i ? SOCK_NONBLOCK | SOCK_CLOEXEC : 0));
        CHECK_EQ(fcntl(server, F_GETFL) & O_NONBLOCK, i ? O_NONBLOCK : 0);
        CHECK_EQ(fcntl(server, F_GETFD), i ? FD_CLOEXEC : 0);
    }
    CHECK_ERRNO(accept4(listener, NULL, NULL, 0x4000000), EINVAL);
}

CASE(connections_wait_in_the_backlog) {
    struct sockaddr_in name;
    int listener = listen_on(&name, 16), clients[8];
    for (int i = 0; i < 8; i++) {
        clients[i] = OK(socket(AF_INET, SOCK_STREAM, 0));
        OK(connect(clients[i], (void *)&name, sizeof name));
        CHECK_EQ(write(clients[i], &i, sizeof i), sizeof i);
    }
    for (int i = 0; i < 8; i++) {
        int number;
        server = OK(accept(listener, NULL, NULL));
        CHECK_EQ(read(server, &number, sizeof number), sizeof number);
        CHECK_EQ(number, i);
    }
}

CASE(closing_a_listener_resets_waiting_connections) {
    struct sockaddr_in name;
    int listener = listen_on(&name, 5);
    client = OK(socket(AF_INET, SOCK_STREAM, 0));
    OK(connect(client, (void *)&name, sizeof name));
    close(listener);
    char byte;
    CHECK_ERRNO(read(client, &byte, 1), ECONNRESET);
}

CASE(connection_closed_before_accept_still_comes) {
    struct sockaddr_in name;
    int listener = listen_on(&name, 5);
    client = OK(socket(AF_INET, SOCK_STREAM, 0));
    OK(connect(client, (void *)&name, sizeof name));
    CHECK_EQ(write(client, "early", 5), 5);
    close(client);
    server = OK(accept(listener, NULL, NULL));
    char text[8];
    CHECK_EQ(read(server, text, 8), 5);
    CHECK_EQ(read(server, text, 8), 0);
}

CASE(shutdown_of_a_listener_ends_accept) {
    struct sockaddr_in name;
    static int listener;
    listener = listen_on(&name, 5);
    static volatile pid_t waiting;
    void *wait_accept(void *argument) {
        (void)argument;
        waiting = gettid();
        int fd = accept(listener, NULL, NULL);
        return (void *)(intptr_t)(fd == -1 ? errno : 0);
    }
    pthread_t thread;
    CHECK_ZERO(pthread_create(&thread, NULL, wait_accept, NULL));
    AWAIT(waiting != 0);
    AWAIT_THREAD_SLEEPING(waiting);
    OK(shutdown(listener, SHUT_RDWR));
    void *error;
    CHECK_ZERO(pthread_join(thread, &error));
    CHECK_EQ((intptr_t)error, EINVAL);
}

CASE(shutdown_wakes_a_blocked_reader) {
    connected();
    static volatile pid_t waiting;
    void *wait_read(void *argument) {
        (void)argument;
        char byte;
        waiting = gettid();
        return (void *)(intptr_t)read(client, &byte, 1);
    }
    pthread_t thread;
    CHECK_ZERO(pthread_create(&thread, NULL, wait_read, NULL));
    AWAIT(waiting != 0);
    AWAIT_THREAD_SLEEPING(waiting);
    OK(shutdown(client, SHUT_RDWR));
    void *result;
    CHECK_ZERO(pthread_join(thread, &result));
    CHECK_EQ((intptr_t)result, 0);
}

CASE(peek_leaves_the_data) {
    connected();
    char text[8];
    CHECK_EQ(write(client, "peek", 4), 4);
    CHECK_EQ(recv(server, text, 2, MSG_PEEK), 2);
    CHECK_EQ(recv(server, text, 8, MSG_PEEK), 4);
    CHECK_EQ(recv(server, text, 8, 0), 4);
    CHECK_ERRNO(recv(server, text, 8, MSG_DONTWAIT), EAGAIN);
}

CASE(waitall_waits_for_everything) {
    connected();
    pid_t child = SPAWN({
        CHECK_EQ(write(client, "1234", 4), 4);
        sleep_ms(20);
        CHECK_EQ(write(client, "5678", 4), 4);
    });
    char text[8];
    CHECK_EQ(recv(server, text, 8, MSG_WAITALL), 8);
    CHECK_MEM(text, "12345678", 8);
    wait_ok(child);
}

CASE(trunc_discards) {
    connected();
    char text[8] = "keep";
    CHECK_EQ(write(client, "123456", 6), 6);
    AWAIT(bits(server, POLLIN) == POLLIN);
    CHECK_EQ(recv(server, NULL, 4, MSG_TRUNC), 4); /* tcp(7): thrown away */
    CHECK_EQ(recv(server, text, 8, 0), 2);
    CHECK_MEM(text, "56", 2);
}

CASE(receive_timeout) {
    connected();
    struct timeval limit = {0, 30000}, got;
    socklen_t size = sizeof got;
    OK(setsockopt(client, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit));
    OK(getsockopt(client, SOL_SOCKET, SO_RCVTIMEO, &got, &size));
    CHECK_RANGE(got.tv_usec, 30000, 40000);
    char byte;
    int64_t start = now_ns();
    CHECK_ERRNO(recv(client, &byte, 1, 0), EAGAIN);
    CHECK_RANGE(now_ns() - start, 25000000, 5000000000);
    struct sockaddr_in name;
    int listener = listen_on(&name, 1);
    OK(setsockopt(listener, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit));
    CHECK_ERRNO(accept(listener, NULL, NULL), EAGAIN);
}

CASE(send_timeout_and_full_buffers) {
    connected();
    static char block[1 << 16];
    OK(fcntl(client, F_SETFL, O_NONBLOCK));
    long total = 0;
    ssize_t count;
    while ((count = write(client, block, sizeof block)) > 0) total += count;
    CHECK_EQ(errno, EAGAIN);
    CHECK(total >= 4096);
    CHECK_EQ(bits(client, POLLOUT), 0);
    OK(fcntl(client, F_SETFL, 0));
    struct timeval limit = {0, 30000};
    OK(setsockopt(client, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit));
    while ((count = send(client, block, sizeof block, 0)) > 0) total += count; /* what moved meanwhile */
    CHECK_EQ(errno, EAGAIN);
    while (total > 0) total -= OK(read(server, block, sizeof block));
    AWAIT(bits(client, POLLOUT) == POLLOUT);
}

CASE(large_transfer_keeps_every_byte) {
    connected();
    enum { SIZE = 8 << 20 };
    pid_t child = SPAWN({
        close(server);
        static unsigned block[4096];
        unsigned next = 0;
        for (long sent = 0; sent < SIZE; sent += sizeof block) {
            for (int i = 0; i < 4096; i++) block[i] = next++ * 2654435761u;
            CHECK_EQ(send(client, block, sizeof block, 0), sizeof block);
        }
    });
    close(client);
    static char bytes[SIZE + 1];
    long total = 0;
    ssize_t count;
    while ((count = OK(read(server, bytes + total, 100003 < SIZE + 1 - total ? 100003 : SIZE + 1 - total))) > 0) total += count;
    CHECK_EQ(total, SIZE);
    for (unsigned i = 0; i < SIZE / 4; i++) CHECK_EQ(((unsigned *)bytes)[i], i * 2654435761u);
    wait_ok(child);
}

CASE(vectors_and_messages) {
    connected();
    struct iovec out[2] = {{"vec", 3}, {"tored", 5}};
    struct msghdr message = {.msg_iov = out, .msg_iovlen = 2};
    CHECK_EQ(sendmsg(client, &message, 0), 8);
    CHECK_EQ(writev(client, out, 2), 8);
    char a[10], b[6];
    struct iovec in[2] = {{a, 10}, {b, 6}};
    struct sockaddr_in from;
    message = (struct msghdr){.msg_iov = in, .msg_iovlen = 2, .msg_name = &from, .msg_namelen = sizeof from};
    AWAIT(({ int available; OK(ioctl(server, FIONREAD, &available)); available == 16; }));
    CHECK_EQ(recvmsg(server, &message, 0), 16);
    CHECK_EQ(message.msg_namelen, 0); /* a connected stream tells no sender */
    CHECK_MEM(a, "vectoredve", 10);
    CHECK_MEM(b, "ctored", 6);
    CHECK_ERRNO(sendmsg(client, (void *)8, 0), EFAULT);
    message.msg_iovlen = 1025;
    CHECK_ERRNO(sendmsg(client, &message, 0), EMSGSIZE);
}

CASE(queue_sizes) {
    connected();
    int amount = -1;
    OK(ioctl(server, FIONREAD, &amount));
    CHECK_EQ(amount, 0);
    CHECK_EQ(write(client, "12345", 5), 5);
    AWAIT(({ OK(ioctl(server, FIONREAD, &amount)); amount == 5; }));
    AWAIT(({ OK(ioctl(client, SIOCOUTQ, &amount)); amount == 0; }));
}

CASE(common_options) {
    int fd = OK(socket(AF_INET, SOCK_STREAM, 0));
    CHECK_EQ(option(fd, SOL_SOCKET, SO_TYPE), SOCK_STREAM);
    CHECK_EQ(option(fd, SOL_SOCKET, SO_DOMAIN), AF_INET);
    CHECK_EQ(option(fd, SOL_SOCKET, SO_PROTOCOL), IPPROTO_TCP);
    CHECK_EQ(option(fd, SOL_SOCKET, SO_ACCEPTCONN), 0);
    CHECK_EQ(option(fd, SOL_SOCKET, SO_REUSEADDR), 0);
    static const int switches[][2] = {{SOL_SOCKET, SO_REUSEADDR}, {SOL_SOCKET, SO_KEEPALIVE},
            {SOL_SOCKET, SO_REUSEPORT}, {IPPROTO_TCP, TCP_NODELAY}, {IPPROTO_TCP, TCP_CORK}, {SOL_SOCKET, SO_OOBINLINE}};
    for (int i = 0; i < 6; i++) {
        set_option(fd, switches[i][0], switches[i][1], 1);
        CHECK_EQ(option(fd, switches[i][0], switches[i][1]), 1);
        set_option(fd, switches[i][0], switches[i][1], 0);
        CHECK_EQ(option(fd, switches[i][0], switches[i][1]), 0);
    }
    set_option(fd, IPPROTO_TCP, TCP_KEEPIDLE, 30);
    CHECK_EQ(option(fd, IPPROTO_TCP, TCP_KEEPIDLE), 30);
    set_option(fd, IPPROTO_TCP, TCP_KEEPINTVL, 10);
    CHECK_EQ(option(fd, IPPROTO_TCP, TCP_KEEPINTVL), 10);
    set_option(fd, IPPROTO_TCP, TCP_KEEPCNT, 3);
    CHECK_EQ(option(fd, IPPROTO_TCP, TCP_KEEPCNT), 3);
    set_option(fd, SOL_SOCKET, SO_RCVBUF, 10000);
    CHECK_EQ(option(fd, SOL_SOCKET, SO_RCVBUF), 20000); /* socket(7): doubled */
    set_option(fd, SOL_SOCKET, SO_SNDBUF, 10000);
    CHECK_EQ(option(fd, SOL_SOCKET, SO_SNDBUF), 20000);
    OK(listen(fd, 1));
    CHECK_EQ(option(fd, SOL_SOCKET, SO_ACCEPTCONN), 1);
}

CASE(option_errors) {
    int fd = OK(socket(AF_INET, SOCK_STREAM, 0)), value = 1;
    socklen_t size = sizeof value;
    CHECK_ERRNO(setsockopt(fd, SOL_SOCKET, 9999, &value, sizeof value), ENOPROTOOPT);
    CHECK_ERRNO(getsockopt(fd, SOL_SOCKET, 9999, &value, &size), ENOPROTOOPT);
    CHECK_ERRNO(setsockopt(fd, IPPROTO_TCP, 9999, &value, sizeof value), ENOPROTOOPT);
    CHECK_ERRNO(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &value, 1), EINVAL);
    CHECK_ERRNO(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, (void *)8, 4), EFAULT);
    CHECK_ERRNO(setsockopt(0, SOL_SOCKET, SO_REUSEADDR, &value, 4), ENOTSOCK);
    CHECK_ERRNO(setsockopt(fd, SOL_SOCKET, SO_ERROR, &value, 4), ENOPROTOOPT);
}

CASE(tcp_info_tells_the_state) {
    connected();
    struct tcp_info info;
    socklen_t size = sizeof info;
    OK(getsockopt(client, IPPROTO_TCP, TCP_INFO, &info, &size));
    CHECK_EQ(info.tcpi_state, TCP_ESTABLISHED);
    int fd = OK(socket(AF_INET, SOCK_STREAM, 0));
    size = sizeof info;
    OK(getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size));
    CHECK_EQ(info.tcpi_state, TCP_CLOSE);
}

static struct sockaddr_in6 name6_of(int fd) {
    struct sockaddr_in6 name;
    socklen_t size = sizeof name;
    OK(getsockname(fd, (void *)&name, &size));
    CHECK_EQ(size, sizeof name);
    return name;
}

CASE(ipv6_loopback) {
    struct sockaddr_in6 name = {.sin6_family = AF_INET6, .sin6_addr = in6addr_loopback}, from;
    socklen_t size = sizeof from;
    int listener = OK(socket(AF_INET6, SOCK_STREAM, 0));
    OK(bind(listener, (void *)&name, sizeof name));
    OK(listen(listener, 5));
    name = name6_of(listener);
    client = OK(socket(AF_INET6, SOCK_STREAM, 0));
    OK(connect(client, (void *)&name, sizeof name));
    server = OK(accept(listener, (void *)&from, &size));
    CHECK_EQ(from.sin6_port, name6_of(client).sin6_port);
    CHECK_MEM(&from.sin6_addr, &in6addr_loopback, 16);
    CHECK_EQ(write(client, "six", 3), 3);
    char text[8];
    CHECK_EQ(read(server, text, 8), 3);
}

CASE(dual_stack_listener_takes_ipv4) {
    struct sockaddr_in6 name = {.sin6_family = AF_INET6, .sin6_addr = in6addr_any}, from;
    socklen_t size = sizeof from;
    int listener = OK(socket(AF_INET6, SOCK_STREAM, 0));
    CHECK_EQ(option(listener, IPPROTO_IPV6, IPV6_V6ONLY), 0);
    OK(bind(listener, (void *)&name, sizeof name));
    OK(listen(listener, 5));
    struct sockaddr_in four = loopback(name6_of(listener).sin6_port);
    client = OK(socket(AF_INET, SOCK_STREAM, 0));
    OK(connect(client, (void *)&four, sizeof four));
    server = OK(accept(listener, (void *)&from, &size));
    CHECK_EQ(from.sin6_family, AF_INET6);
    CHECK(IN6_IS_ADDR_V4MAPPED(&from.sin6_addr));
    CHECK_EQ(from.sin6_addr.s6_addr32[3], htonl(INADDR_LOOPBACK));
}

CASE(v6only_leaves_ipv4_alone) {
    struct sockaddr_in6 name = {.sin6_family = AF_INET6, .sin6_addr = in6addr_any};
    int listener = OK(socket(AF_INET6, SOCK_STREAM, 0));
    set_option(listener, IPPROTO_IPV6, IPV6_V6ONLY, 1);
    OK(bind(listener, (void *)&name, sizeof name));
    OK(listen(listener, 5));
    struct sockaddr_in four = {.sin_family = AF_INET, .sin_port = name6_of(listener).sin6_port};
    int other = OK(socket(AF_INET, SOCK_STREAM, 0));
    OK(bind(other, (void *)&four, sizeof four));
    OK(listen(other, 5));
    CHECK_ERRNO(setsockopt(listener, IPPROTO_IPV6, IPV6_V6ONLY, &(int){0}, sizeof(int)), EINVAL);
}

CASE(wildcard_listener_answers_on_loopback) {
    struct sockaddr_in name = {.sin_family = AF_INET};
    int listener = OK(socket(AF_INET, SOCK_STREAM, 0));
    OK(bind(listener, (void *)&name, sizeof name));
    OK(listen(listener, 5));
    name = name_of(listener);
    CHECK_EQ(name.sin_addr.s_addr, 0);
    struct sockaddr_in target = loopback(name.sin_port);
    client = OK(socket(AF_INET, SOCK_STREAM, 0));
    OK(connect(client, (void *)&target, sizeof target));
    server = OK(accept(listener, NULL, NULL));
    CHECK_EQ(name_of(server).sin_addr.s_addr, htonl(INADDR_LOOPBACK));
    /* All of 127/8 is this machine, and 0.0.0.0 too. */
    target.sin_addr.s_addr = inet_addr("127.1.2.3");
    OK(connect(OK(socket(AF_INET, SOCK_STREAM, 0)), (void *)&target, sizeof target));
    target.sin_addr.s_addr = 0;
    OK(connect(OK(socket(AF_INET, SOCK_STREAM, 0)), (void *)&target, sizeof target));
}

CASE(listen_without_bind_takes_a_port) {
    int fd = OK(socket(AF_INET, SOCK_STREAM, 0));
    OK(listen(fd, 5));
    CHECK(name_of(fd).sin_port != 0);
    CHECK_ERRNO(listen(OK(socket(AF_INET, SOCK_DGRAM, 0)), 5), EOPNOTSUPP);
}

CASE(connect_from_a_bound_port) {
    struct sockaddr_in name, own = loopback(0);
    int listener = listen_on(&name, 5), fd = OK(socket(AF_INET, SOCK_STREAM, 0));
    OK(bind(fd, (void *)&own, sizeof own));
    own = name_of(fd);
    OK(connect(fd, (void *)&name, sizeof name));
    struct sockaddr_in from;
    socklen_t size = sizeof from;
    OK(accept(listener, (void *)&from, &size));
    CHECK_EQ(from.sin_port, own.sin_port);
}

CASE(out_of_band_byte) {
    connected();
    char text[8];
    CHECK_EQ(send(client, "abc", 3, MSG_OOB), 3);
    AWAIT(bits(server, POLLPRI) & POLLPRI);
    CHECK_EQ(recv(server, text, 8, MSG_OOB), 1);
    CHECK_EQ(text[0], 'c');
    CHECK_EQ(recv(server, text, 8, 0), 2);
    CHECK_MEM(text, "ab", 2);
}

CASE(sockets_in_forked_servers) {
    struct sockaddr_in name;
    int listener = listen_on(&name, 16);
    pid_t workers[3];
    for (int i = 0; i < 3; i++) workers[i] = SPAWN({
        for (;;) {
            int fd = OK(accept(listener, NULL, NULL));
            char text[16];
            ssize_t count = OK(read(fd, text, 16));
            CHECK_EQ(write(fd, text, count), count);
            close(fd);
        }
    });
    for (int i = 0; i < 30; i++) {
        int fd = OK(socket(AF_INET, SOCK_STREAM, 0));
        OK(connect(fd, (void *)&name, sizeof name));
        CHECK_EQ(write(fd, &i, sizeof i), sizeof i);
        int back;
        CHECK_EQ(recv(fd, &back, sizeof back, MSG_WAITALL), sizeof back);
        CHECK_EQ(back, i);
        CHECK_EQ(read(fd, &back, 1), 0);
        close(fd);
    }
    for (int i = 0; i < 3; i++) {
        OK(kill(workers[i], SIGKILL));
        wait_signal(workers[i], SIGKILL);
    }
}

CASE(interfaces_include_loopback) {
    struct ifaddrs *all, *one;
    int four = 0, six = 0;
    OK(getifaddrs(&all)); /* a NETLINK_ROUTE dump */
    for (one = all; one; one = one->ifa_next) {
        if (strcmp(one->ifa_name, "lo") != 0 || one->ifa_addr == NULL) continue;
        CHECK(one->ifa_flags & IFF_LOOPBACK);
        if (one->ifa_addr->sa_family == AF_INET)
            four = ((struct sockaddr_in *)one->ifa_addr)->sin_addr.s_addr == htonl(INADDR_LOOPBACK);
        if (one->ifa_addr->sa_family == AF_INET6)
            six = IN6_IS_ADDR_LOOPBACK(&((struct sockaddr_in6 *)one->ifa_addr)->sin6_addr);
    }
    CHECK(four && six);
    CHECK(if_nametoindex("lo") > 0);
    struct ifreq request = {.ifr_name = "lo"};
    int fd = OK(socket(AF_INET, SOCK_DGRAM, 0));
    OK(ioctl(fd, SIOCGIFFLAGS, &request));
    CHECK(request.ifr_flags & IFF_UP);
}

/* Without SO_ZEROCOPY the flag asks for nothing; Documentation/networking/msg_zerocopy.rst. */
CASE(zero_copy_without_its_option_is_a_send) {
    connected();
    CHECK_EQ(send(client, "hello", 5, MSG_ZEROCOPY), 5);
    char got[6] = "";
    CHECK_EQ(recv(server, got, 5, MSG_WAITALL), 5);
    CHECK_STR(got, "hello");
    CHECK_ERRNO(recv(client, got, 5, MSG_ERRQUEUE | MSG_DONTWAIT), EAGAIN);
}

/* Whoever may set the option is told when its memory is free again. */
CASE(zero_copy_tells_its_completion_or_is_refused) {
    connected();
    int on = 1;
    if (setsockopt(client, SOL_SOCKET, SO_ZEROCOPY, &on, sizeof on) != 0) {
        CHECK(errno == ENOPROTOOPT || errno == EOPNOTSUPP);
        CHECK_EQ(send(client, "hello", 5, MSG_ZEROCOPY), 5);
        return;
    }
    CHECK_EQ(send(client, "hello", 5, MSG_ZEROCOPY), 5);
    char got[6] = "", control[256];
    CHECK_EQ(recv(server, got, 5, MSG_WAITALL), 5);
    AWAIT(bits(client, 0) & POLLERR);
    struct msghdr message = {.msg_control = control, .msg_controllen = sizeof control};
    CHECK_EQ(recvmsg(client, &message, MSG_ERRQUEUE), 0);
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    CHECK(header != NULL);
    struct sock_extended_err *told = (struct sock_extended_err *)CMSG_DATA(header);
    CHECK_EQ(told->ee_errno, 0);
    CHECK_EQ(told->ee_origin, SO_EE_ORIGIN_ZEROCOPY);
    CHECK_EQ(told->ee_info, 0);
}

/* tcp(7), TCP_FASTOPEN; what a client gets is told by the first bit of tcp_fastopen. */
CASE(fast_open_connects_or_is_refused) {
    struct sockaddr_in name;
    int listener = listen_on(&name, 5);
    set_option(listener, IPPROTO_TCP, TCP_FASTOPEN, 5);
    CHECK_EQ(option(listener, IPPROTO_TCP, TCP_FASTOPEN), 5);
    char setting[16];
    read_file("/proc/sys/net/ipv4/tcp_fastopen", setting, sizeof setting);
    int works = atoi(setting) & 1;
    client = OK(socket(AF_INET, SOCK_STREAM, 0));
    int on = 1, two = 2;
    CHECK_ERRNO(setsockopt(client, IPPROTO_TCP, TCP_FASTOPEN_CONNECT, &two, sizeof two), EINVAL);
    if (works) {
        CHECK_EQ(sendto(client, "hello", 5, MSG_FASTOPEN, (void *)&name, sizeof name), 5);
    } else {
        CHECK_ERRNO(setsockopt(client, IPPROTO_TCP, TCP_FASTOPEN_CONNECT, &on, sizeof on), EOPNOTSUPP);
        CHECK_ERRNO(sendto(client, "hello", 5, MSG_FASTOPEN, (void *)&name, sizeof name), EOPNOTSUPP);
        OK(connect(client, (void *)&name, sizeof name));
        CHECK_EQ(send(client, "hello", 5, 0), 5);
    }
    server = OK(accept(listener, NULL, NULL));
    char got[6] = "";
    CHECK_EQ(recv(server, got, 5, MSG_WAITALL), 5);
    CHECK_STR(got, "hello");
}
