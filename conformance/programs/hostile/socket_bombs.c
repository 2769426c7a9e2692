/* Bombs of sockets: buffers, queues, backlogs and descriptors under way. */
#include "bomb.h"

#include <arpa/inet.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

static char block[1 << 16];

static void enlarge(int fd) {
    int size = 64 << 20;
    setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
}

static void fill(int fd) {
    while (send(fd, block, sizeof block, MSG_DONTWAIT) > 0) {
    }
}

BOMB(unix_streams) {
    for (long count = 0;; count++) {
        int ends[2];
        if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == -1) held(count);
        for (int i = 0; i < 2; i++) enlarge(ends[i]), fill(ends[i]);
    }
}

enum { BATCH = 64 };

/* Many messages of the same bytes by one call: how many were taken, or -1. */
static int send_batch(int fd, void *data, size_t length) {
    static struct mmsghdr batch[BATCH];
    struct iovec bytes = {data, length};
    for (int i = 0; i < BATCH; i++)
        batch[i] = (struct mmsghdr){.msg_hdr = {.msg_iov = &bytes, .msg_iovlen = 1}};
    return sendmmsg(fd, batch, BATCH, MSG_DONTWAIT);
}

/* Messages of one byte: what carries them is larger. */
BOMB(unix_datagrams) {
    for (long count = 0; count < 20; count++) {
        int ends[2];
        if (socketpair(AF_UNIX, SOCK_DGRAM, 0, ends) == -1) held(count);
        for (int i = 0; i < 2; i++) {
            enlarge(ends[i]);
            while (send_batch(ends[i], "x", 1) > 0) {
            }
        }
    }
    errno = 0;
    held(20);
}

static int listener(struct sockaddr_in *at) {
    socklen_t length = sizeof *at;
    int fd = NEED(socket(AF_INET, SOCK_STREAM, 0));
    *at = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    NEED(bind(fd, (void *)at, length));
    NEED(listen(fd, 4096));
    NEED(getsockname(fd, (void *)at, &length));
    return fd;
}

BOMB(tcp_streams) {
    struct sockaddr_in at;
    int server = listener(&at);
    for (long count = 0;; count++) {
        int client = socket(AF_INET, SOCK_STREAM, 0);
        if (client == -1) held(count);
        enlarge(client);
        if (connect(client, (void *)&at, sizeof at) == -1) held(count);
        int accepted = accept(server, NULL, NULL);
        if (accepted == -1) held(count);
        enlarge(accepted);
        fill(client);
        fill(accepted);
    }
}

BOMB(backlogs) {
    for (long count = 0;;) {
        struct sockaddr_in at;
        listener(&at);
        for (int i = 0; i < 4096; i++, count++) {
            int client = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
            if (client == -1) held(count);
            connect(client, (void *)&at, sizeof at);
        }
    }
}

BOMB(udp_queues) {
    for (long count = 0; count < 3000; count++) {
        struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
        socklen_t length = sizeof at;
        int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
        if (fd == -1) held(count);
        enlarge(fd);
        if (bind(fd, (void *)&at, length) == -1) held(count);
        getsockname(fd, (void *)&at, &length);
        for (int i = 0; i < 20; i++) sendto(fd, block, 60000, 0, (void *)&at, length);
    }
    errno = 0;
    held(3000);
}

static int send_files(int over, const int *files, int count) {
    char control[CMSG_SPACE(253 * sizeof(int))] = {0};
    struct iovec data = {"x", 1};
    struct msghdr message = {.msg_iov = &data, .msg_iovlen = 1, .msg_control = control};
    message.msg_controllen = CMSG_SPACE(count * sizeof(int));
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(count * sizeof(int));
    memcpy(CMSG_DATA(header), files, count * sizeof(int));
    return sendmsg(over, &message, MSG_DONTWAIT);
}

/* Pipes full of data that exist under way only. */
BOMB(files_under_way) {
    int ends[2];
    NEED(socketpair(AF_UNIX, SOCK_DGRAM, 0, ends));
    enlarge(ends[0]);
    enlarge(ends[1]);
    for (long count = 0;; count++) {
        int pipe_ends[2];
        if (pipe2(pipe_ends, O_NONBLOCK) == -1) held(count);
        if (write(pipe_ends[1], block, sizeof block) == -1) held(count);
        if (send_files(ends[0], pipe_ends, 2) == -1) held(count);
        close(pipe_ends[0]);
        close(pipe_ends[1]);
    }
}

/* Sockets that are under way in each other only: nobody can ever receive them, and they go. */
BOMB(files_in_cycles) {
    for (long count = 0; count < 400; count++) {
        int ends[2];
        if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == -1) held(count);
        if (send_files(ends[0], ends, 2) == -1 || send_files(ends[1], ends, 2) == -1)
            held(count);
        if (send(ends[0], block, 1 << 14, MSG_DONTWAIT) == -1) held(count);
        close(ends[0]);
        close(ends[1]);
    }
    errno = 0;
    held(400);
}

/* Answers of the kernel that nobody reads. */
BOMB(netlink_answers) {
    struct {
        struct nlmsghdr header;
        struct rtgenmsg body;
    } request = {{sizeof request, RTM_GETADDR, NLM_F_REQUEST | NLM_F_DUMP, 1, 0}, {AF_UNSPEC}};
    for (long count = 0;;) {
        int fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
        if (fd == -1) held(count);
        for (int i = 0; i < 3; i++, count++) {
            if (send_batch(fd, &request, sizeof request) < BATCH) break;
        }
    }
}

/* Connections to the outside that each hold a socket of the host. */
BOMB(outbound) {
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(9)};
    inet_pton(AF_INET, "192.0.2.1", &at.sin_addr);
    for (long count = 0;; count++) {
        int udp = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
        if (udp == -1) held(count);
        if (sendto(udp, "x", 1, 0, (void *)&at, sizeof at) == -1
                && (errno == ENFILE || errno == EMFILE || errno == ENOBUFS || errno == ENOMEM))
            held(count);
        int tcp = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
        if (tcp == -1) held(count);
        if (connect(tcp, (void *)&at, sizeof at) == -1
                && (errno == ENFILE || errno == EMFILE || errno == ENOBUFS || errno == ENOMEM
                        || errno == EAGAIN))
            held(count);
    }
}
