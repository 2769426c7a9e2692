/* udp(7) over loopback. */
#include "../case.h"
#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

static struct sockaddr_in name_of(int fd) {
    struct sockaddr_in name;
    socklen_t size = sizeof name;
    OK(getsockname(fd, (void *)&name, &size));
    return name;
}

static int bound(struct sockaddr_in *name) {
    int fd = OK(socket(AF_INET, SOCK_DGRAM, 0));
    *name = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    OK(bind(fd, (void *)name, sizeof *name));
    *name = name_of(fd);
    return fd;
}

static int bits(int fd, short events) {
    struct pollfd poller = {fd, events, 0};
    OK(poll(&poller, 1, 0));
    return poller.revents;
}

CASE(datagrams_keep_their_boundaries) {
    struct sockaddr_in name, from;
    socklen_t size = sizeof from;
    int receiver = bound(&name), sender = OK(socket(AF_INET, SOCK_DGRAM, 0));
    CHECK_EQ(sendto(sender, "one", 3, 0, (void *)&name, sizeof name), 3);
    CHECK_EQ(sendto(sender, "second", 6, 0, (void *)&name, sizeof name), 6);
    CHECK_EQ(sendto(sender, "", 0, 0, (void *)&name, sizeof name), 0);
    char text[16];
    CHECK_EQ(recvfrom(receiver, text, 16, 0, (void *)&from, &size), 3);
    CHECK_EQ(from.sin_port, name_of(sender).sin_port);
    CHECK_EQ(from.sin_addr.s_addr, htonl(INADDR_LOOPBACK));
    CHECK_EQ(recv(receiver, text, 16, 0), 6);
    CHECK_EQ(recv(receiver, text, 16, 0), 0); /* an empty datagram, not an end */
    CHECK_ERRNO(recv(receiver, text, 16, MSG_DONTWAIT), EAGAIN);
}

CASE(long_datagrams_are_cut) {
    struct sockaddr_in name;
    int receiver = bound(&name), sender = OK(socket(AF_INET, SOCK_DGRAM, 0));
    for (int i = 0; i < 3; i++) CHECK_EQ(sendto(sender, "0123456789", 10, 0, (void *)&name, sizeof name), 10);
    char text[4];
    CHECK_EQ(recv(receiver, text, 4, 0), 4);
    CHECK_EQ(recv(receiver, text, 4, MSG_TRUNC), 10); /* the true length */
    struct iovec part = {text, 4};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    CHECK_EQ(recvmsg(receiver, &message, 0), 4);
    CHECK(message.msg_flags & MSG_TRUNC);
}

CASE(connected_datagram_sockets) {
    struct sockaddr_in a_name, b_name, c_name, peer;
    socklen_t size = sizeof peer;
    int a = bound(&a_name), b = bound(&b_name), c = bound(&c_name);
    CHECK_ERRNO(send(a, "x", 1, 0), EDESTADDRREQ);
    OK(connect(a, (void *)&b_name, sizeof b_name));
    OK(getpeername(a, (void *)&peer, &size));
    CHECK_EQ(peer.sin_port, b_name.sin_port);
    CHECK_EQ(send(a, "to b", 4, 0), 4);
    char text[8];
    CHECK_EQ(recv(b, text, 8, 0), 4);
    /* Only datagrams of the peer are received. */
    CHECK_EQ(sendto(c, "stray", 5, 0, (void *)&a_name, sizeof a_name), 5);
    CHECK_EQ(sendto(b, "peer", 4, 0, (void *)&a_name, sizeof a_name), 4);
    CHECK_EQ(recv(a, text, 8, 0), 4);
    CHECK_MEM(text, "peer", 4);
    CHECK_EQ(sendto(a, "other", 5, 0, (void *)&c_name, sizeof c_name), 5);
    CHECK_EQ(recv(c, text, 8, 0), 5);
    struct sockaddr none = {.sa_family = AF_UNSPEC};
    OK(connect(a, &none, sizeof none)); /* dissolves the association */
    CHECK_ERRNO(getpeername(a, (void *)&peer, &size), ENOTCONN);
}

CASE(refusal_is_reported_to_a_connected_socket) {
    struct sockaddr_in name;
    close(bound(&name));
    int fd = OK(socket(AF_INET, SOCK_DGRAM, 0));
    OK(connect(fd, (void *)&name, sizeof name));
    CHECK_EQ(send(fd, "x", 1, 0), 1);
    AWAIT(bits(fd, POLLIN) & POLLERR);
    char byte;
    CHECK_ERRNO(recv(fd, &byte, 1, MSG_DONTWAIT), ECONNREFUSED);
    CHECK_ERRNO(recv(fd, &byte, 1, MSG_DONTWAIT), EAGAIN); /* told once */
}

CASE(poll_bits) {
    struct sockaddr_in name;
    int fd = bound(&name);
    CHECK_EQ(bits(fd, POLLIN | POLLOUT), POLLOUT);
    CHECK_EQ(sendto(fd, "x", 1, 0, (void *)&name, sizeof name), 1);
    AWAIT(bits(fd, POLLIN | POLLOUT) == (POLLIN | POLLOUT));
}

CASE(size_of_the_next_datagram) {
    struct sockaddr_in name;
    int fd = bound(&name), size = -1;
    CHECK_EQ(sendto(fd, "12345", 5, 0, (void *)&name, sizeof name), 5);
    CHECK_EQ(sendto(fd, "123", 3, 0, (void *)&name, sizeof name), 3);
    AWAIT(bits(fd, POLLIN) == POLLIN);
    OK(ioctl(fd, FIONREAD, &size));
    CHECK_EQ(size, 5);
}

CASE(largest_datagram) {
    struct sockaddr_in name;
    int fd = bound(&name);
    static char block[70000];
    CHECK_ERRNO(sendto(fd, block, 65508, 0, (void *)&name, sizeof name), EMSGSIZE);
    CHECK_EQ(sendto(fd, block, 65507, 0, (void *)&name, sizeof name), 65507);
    CHECK_EQ(recv(fd, block, sizeof block, 0), 65507);
}

CASE(first_send_binds_a_port) {
    struct sockaddr_in name;
    bound(&name);
    int fd = OK(socket(AF_INET, SOCK_DGRAM, 0));
    CHECK_EQ(name_of(fd).sin_port, 0);
    CHECK_EQ(sendto(fd, "x", 1, 0, (void *)&name, sizeof name), 1);
    CHECK(name_of(fd).sin_port != 0);
}

CASE(several_messages_in_one_call) {
    struct sockaddr_in name;
    int receiver = bound(&name), sender = OK(socket(AF_INET, SOCK_DGRAM, 0));
    OK(connect(sender, (void *)&name, sizeof name));
    struct iovec parts[3] = {{"a", 1}, {"bb", 2}, {"ccc", 3}};
    struct mmsghdr messages[3] = {0};
    for (int i = 0; i < 3; i++) messages[i].msg_hdr = (struct msghdr){.msg_iov = &parts[i], .msg_iovlen = 1};
    CHECK_EQ(sendmmsg(sender, messages, 3, 0), 3);
    CHECK_EQ(messages[2].msg_len, 3);
    static char text[4][8];
    struct iovec in[4];
    struct mmsghdr got[4] = {0};
    for (int i = 0; i < 4; i++) {
        in[i] = (struct iovec){text[i], 8};
        got[i].msg_hdr = (struct msghdr){.msg_iov = &in[i], .msg_iovlen = 1};
    }
    CHECK_EQ(recvmmsg(receiver, got, 4, MSG_WAITFORONE, NULL), 3);
    for (int i = 0; i < 3; i++) CHECK_EQ(got[i].msg_len, i + 1);
}

CASE(packet_information) {
    struct sockaddr_in name;
    int receiver = bound(&name), on = 1;
    OK(setsockopt(receiver, IPPROTO_IP, IP_PKTINFO, &on, sizeof on));
    CHECK_EQ(sendto(receiver, "x", 1, 0, (void *)&name, sizeof name), 1);
    char byte, control[128];
    struct iovec part = {&byte, 1};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    CHECK_EQ(recvmsg(receiver, &message, 0), 1);
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    CHECK(header != NULL && header->cmsg_level == IPPROTO_IP && header->cmsg_type == IP_PKTINFO);
    CHECK_EQ(((struct in_pktinfo *)CMSG_DATA(header))->ipi_addr.s_addr, htonl(INADDR_LOOPBACK));
}

CASE(ipv6_datagrams) {
    struct sockaddr_in6 name = {.sin6_family = AF_INET6, .sin6_addr = in6addr_loopback}, from;
    socklen_t size = sizeof name;
    int receiver = OK(socket(AF_INET6, SOCK_DGRAM, 0)), sender = OK(socket(AF_INET6, SOCK_DGRAM, 0));
    OK(bind(receiver, (void *)&name, sizeof name));
    OK(getsockname(receiver, (void *)&name, &size));
    CHECK_EQ(sendto(sender, "six", 3, 0, (void *)&name, sizeof name), 3);
    char text[8];
    size = sizeof from;
    CHECK_EQ(recvfrom(receiver, text, 8, 0, (void *)&from, &size), 3);
    CHECK_EQ(size, sizeof from);
    CHECK(IN6_IS_ADDR_LOOPBACK(&from.sin6_addr));
}

CASE(blocking_receive_is_woken) {
    struct sockaddr_in name;
    int receiver = bound(&name);
    pid_t child = SPAWN({
        char text[8];
        CHECK_EQ(recv(receiver, text, 8, 0), 4);
    });
    AWAIT_SLEEPING(child);
    CHECK_EQ(sendto(receiver, "wake", 4, 0, (void *)&name, sizeof name), 4);
    wait_ok(child);
}

CASE(shutdown_of_a_connected_datagram_socket) {
    struct sockaddr_in name;
    int fd = bound(&name);
    OK(connect(fd, (void *)&name, sizeof name));
    OK(shutdown(fd, SHUT_RD));
    char byte;
    CHECK_EQ(recv(fd, &byte, 1, 0), 0);
    OK(shutdown(fd, SHUT_WR));
    CHECK_ERRNO(send(fd, "x", 1, MSG_NOSIGNAL), EPIPE);
}

CASE(numeric_names_resolve_without_a_server) {
    struct addrinfo hints = {.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV, .ai_socktype = SOCK_STREAM}, *found;
    CHECK_EQ(getaddrinfo("127.0.0.1", "80", &hints, &found), 0);
    CHECK_EQ(((struct sockaddr_in *)found->ai_addr)->sin_port, htons(80));
    freeaddrinfo(found);
    CHECK_EQ(getaddrinfo("::1", "443", &hints, &found), 0);
    CHECK_EQ(found->ai_family, AF_INET6);
    freeaddrinfo(found);
}
