/* An echo server for peers that mean no good; HostilePeersTest is the peers. */
#include "../case.h"
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>

enum { CONNECTIONS = 1024, BUFFER = 16384 };

/* Bytes that were read and not yet written; it reads on when there are none. */
struct connection {
    int from, to;
    char bytes[BUFFER];
};

static struct connection *connections[CONNECTIONS];
static int events;

static int listen_on(int port, int backlog) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    int listener = OK(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
    OK(bind(listener, (struct sockaddr *)&address, sizeof address));
    OK(listen(listener, backlog));
    return listener;
}

static void accept_all(int listener) {
    int fd;
    while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
        CHECK(fd < CONNECTIONS);
        connections[fd] = calloc(1, sizeof *connections[fd]);
        struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
        OK(epoll_ctl(events, EPOLL_CTL_ADD, fd, &event));
    }
    CHECK(errno == EAGAIN || errno == ECONNABORTED);
}

/* One step of a connection: 0 when it is over. */
static int serve(int fd, struct connection *connection) {
    if (connection->from == connection->to) {
        ssize_t count = read(fd, connection->bytes, BUFFER);
        if (count <= 0) return count < 0 && errno == EAGAIN;
        connection->from = 0, connection->to = count;
    }
    ssize_t count = send(fd, connection->bytes + connection->from, connection->to - connection->from, MSG_NOSIGNAL);
    if (count < 0) return errno == EAGAIN;
    connection->from += count;
    return 1;
}

/* server @echo: echoes on port 80, and never accepts on port 81. */
HELPER(echo) {
    events = OK(epoll_create1(0));
    int listener = listen_on(80, 64);
    listen_on(81, 4);
    struct epoll_event event = {.events = EPOLLIN, .data.fd = listener};
    OK(epoll_ctl(events, EPOLL_CTL_ADD, listener, &event));
    puts("go");
    fflush(stdout);
    for (;;) {
        struct epoll_event ready[32];
        int count = OK(epoll_wait(events, ready, 32, -1));
        for (int i = 0; i < count; i++) {
            int fd = ready[i].data.fd;
            if (fd == listener) {
                accept_all(listener);
                continue;
            }
            struct connection *connection = connections[fd];
            if (serve(fd, connection)) {
                event = (struct epoll_event){
                        .events = connection->from == connection->to ? EPOLLIN : EPOLLOUT, .data.fd = fd};
                OK(epoll_ctl(events, EPOLL_CTL_MOD, fd, &event));
            } else {
                free(connection);
                connections[fd] = NULL;
                close(fd);
            }
        }
    }
}
