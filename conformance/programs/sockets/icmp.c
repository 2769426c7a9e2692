/* icmp(7), raw(7): echo requests to the machine's own addresses, by ping sockets and raw ones. */
#include "../case.h"
#include <arpa/inet.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/ip_icmp.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <net/if.h>

/*
 * Where network namespaces may be made, a fresh one: what else this machine sends is not heard, and
 * ping sockets are open to all, as in containers.
 */
static void own_network(void) {
    if (unshare(CLONE_NEWNET) != 0) return;
    int fd = OK(open("/proc/sys/net/ipv4/ping_group_range", O_WRONLY | O_CLOEXEC));
    CHECK_EQ(write(fd, "0 2147483647", 12), 12);
    close(fd);
    fd = OK(socket(AF_INET, SOCK_DGRAM, 0));
    struct ifreq lo = {.ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING};
    OK(ioctl(fd, SIOCSIFFLAGS, &lo));
    close(fd);
}

static void receive_soon(int fd) {
    struct timeval minute = {60, 0};
    OK(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &minute, sizeof minute));
}

static uint16_t checksum(const void *data, size_t length) {
    const uint8_t *bytes = data;
    uint32_t sum = 0;
    for (size_t i = 0; i < length; i++) sum += i & 1 ? bytes[i] : bytes[i] << 8;
    while (sum >> 16) sum = (sum & 0xffff) + (sum >> 16);
    return htons(~sum);
}

static const struct sockaddr_in here = {.sin_family = AF_INET, .sin_addr.s_addr = 0x0100007f};
static const struct sockaddr_in6 here6 = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};

struct echo {
    struct icmphdr header;
    char data[8];
};

static struct echo request(int sequence) {
    struct echo made = {{.type = ICMP_ECHO}, "payload"};
    made.header.un.echo.id = htons(0x1234);
    made.header.un.echo.sequence = htons(sequence);
    return made;
}

CASE(the_range_of_groups_is_told) {
    own_network();
    int fd = OK(open("/proc/sys/net/ipv4/ping_group_range", O_RDONLY | O_CLOEXEC));
    char text[64] = {0};
    CHECK(read(fd, text, sizeof text - 1) > 0);
    CHECK_STR(text, "0\t2147483647\n");
}

CASE(a_ping_socket_gets_its_replies) {
    own_network();
    int fd = OK(socket(AF_INET, SOCK_DGRAM, IPPROTO_ICMP));
    receive_soon(fd);
    struct echo sent = request(7), got;
    CHECK_EQ(sendto(fd, &sent, sizeof sent, 0, (void *)&here, sizeof here), sizeof sent);
    struct sockaddr_in name, from;
    socklen_t size = sizeof name;
    OK(getsockname(fd, (void *)&name, &size));
    CHECK(name.sin_port != 0);
    size = sizeof from;
    CHECK_EQ(recvfrom(fd, &got, sizeof got, 0, (void *)&from, &size), sizeof got);
    CHECK_EQ(from.sin_addr.s_addr, htonl(INADDR_LOOPBACK));
    CHECK_EQ(from.sin_port, 0);
    CHECK_EQ(got.header.type, ICMP_ECHOREPLY);
    CHECK_EQ(got.header.un.echo.id, name.sin_port); /* not the program's choice */
    CHECK_EQ(got.header.un.echo.sequence, htons(7));
    CHECK_MEM(got.data, "payload", 8);
    CHECK_EQ(checksum(&got, sizeof got), 0);
    CHECK_ERRNO(recv(fd, &got, sizeof got, MSG_DONTWAIT), EAGAIN);
}

CASE(a_ping_socket_sends_nothing_else) {
    own_network();
    int fd = OK(socket(AF_INET, SOCK_DGRAM, IPPROTO_ICMP));
    struct echo sent = request(1);
    CHECK_ERRNO(send(fd, &sent, sizeof sent, 0), EDESTADDRREQ);
    sent.header.type = ICMP_TIMESTAMP;
    CHECK_ERRNO(sendto(fd, &sent, sizeof sent, 0, (void *)&here, sizeof here), EINVAL);
    sent = request(1);
    sent.header.code = 1;
    CHECK_ERRNO(sendto(fd, &sent, sizeof sent, 0, (void *)&here, sizeof here), EINVAL);
    sent = request(1);
    CHECK_ERRNO(sendto(fd, &sent, sizeof sent, MSG_OOB, (void *)&here, sizeof here), EOPNOTSUPP);
    CHECK_ERRNO(sendto(fd, &sent, 4, 0, (void *)&here, sizeof here), EINVAL);
}

CASE(an_identifier_may_be_chosen) {
    own_network();
    int fd = OK(socket(AF_INET, SOCK_DGRAM, IPPROTO_ICMP)), other = OK(socket(AF_INET, SOCK_DGRAM, IPPROTO_ICMP));
    receive_soon(fd);
    struct sockaddr_in name = here, got_name;
    name.sin_port = htons(0x4321);
    OK(bind(fd, (void *)&name, sizeof name));
    int shared = 0;
    socklen_t size = sizeof shared;
    OK(getsockopt(other, SOL_SOCKET, SO_REUSEADDR, &shared, &size));
    CHECK_EQ(shared, 1); /* without being asked */
    OK(bind(other, (void *)&name, sizeof name));
    OK(close(other));
    size = sizeof got_name;
    OK(getsockname(fd, (void *)&got_name, &size));
    CHECK_EQ(got_name.sin_port, htons(0x4321));
    OK(connect(fd, (void *)&here, sizeof here));
    struct echo sent = request(2), got;
    CHECK_EQ(send(fd, &sent, sizeof sent, 0), sizeof sent);
    CHECK_EQ(recv(fd, &got, sizeof got, 0), sizeof got);
    CHECK_EQ(got.header.un.echo.id, htons(0x4321));
}

CASE(ping_over_ipv6_with_hop_limit) {
    own_network();
    int fd = OK(socket(AF_INET6, SOCK_DGRAM, IPPROTO_ICMPV6)), on = 1;
    receive_soon(fd);
    OK(setsockopt(fd, IPPROTO_IPV6, IPV6_RECVHOPLIMIT, &on, sizeof on));
    struct icmp6_hdr sent = {.icmp6_type = ICMP6_ECHO_REQUEST, .icmp6_seq = htons(9)}, got;
    CHECK_EQ(sendto(fd, &sent, sizeof sent, 0, (void *)&here6, sizeof here6), sizeof sent);
    struct iovec part = {&got, sizeof got};
    char control[64];
    struct sockaddr_in6 from;
    struct msghdr message = {.msg_name = &from, .msg_namelen = sizeof from, .msg_iov = &part,
            .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    CHECK_EQ(recvmsg(fd, &message, 0), sizeof got);
    CHECK_EQ(got.icmp6_type, ICMP6_ECHO_REPLY);
    CHECK_EQ(got.icmp6_seq, htons(9));
    CHECK(IN6_IS_ADDR_LOOPBACK(&from.sin6_addr));
    struct cmsghdr *hops = CMSG_FIRSTHDR(&message);
    CHECK(hops != NULL);
    CHECK_EQ(hops->cmsg_type, IPV6_HOPLIMIT);
    CHECK_EQ(*(int *)CMSG_DATA(hops), 64);
}

CASE(a_raw_socket_hears_requests_and_replies) {
    own_network();
    int fd = OK(socket(AF_INET, SOCK_RAW, IPPROTO_ICMP));
    receive_soon(fd);
    struct echo sent = request(3);
    sent.header.checksum = checksum(&sent, sizeof sent);
    CHECK_EQ(sendto(fd, &sent, sizeof sent, 0, (void *)&here, sizeof here), sizeof sent);
    struct {
        struct iphdr ip;
        struct echo echo;
    } got;
    CHECK_EQ(recv(fd, &got, sizeof got, 0), sizeof got);
    CHECK_EQ(got.echo.header.type, ICMP_ECHO);
    CHECK_EQ(recv(fd, &got, sizeof got, 0), sizeof got);
    CHECK_EQ(got.echo.header.type, ICMP_ECHOREPLY);
    CHECK_EQ(got.echo.header.un.echo.id, htons(0x1234));
    CHECK_EQ(got.ip.version, 4);
    CHECK_EQ(got.ip.ihl, 5);
    CHECK_EQ(got.ip.protocol, IPPROTO_ICMP);
    CHECK_EQ(ntohs(got.ip.tot_len), sizeof got);
    CHECK_EQ(got.ip.saddr, htonl(INADDR_LOOPBACK));
    CHECK_EQ(checksum(&got.ip, sizeof got.ip), 0);
    CHECK_EQ(checksum(&got.echo, sizeof got.echo), 0);
}

CASE(what_is_damaged_gets_no_reply) {
    own_network();
    int fd = OK(socket(AF_INET, SOCK_RAW, IPPROTO_ICMP));
    struct icmp_filter {
        uint32_t data;
    } filter = {1 << ICMP_ECHO};
    OK(setsockopt(fd, SOL_RAW, 1 /* ICMP_FILTER */, &filter, sizeof filter));
    uint32_t shown = 0;
    socklen_t size = sizeof shown;
    OK(getsockopt(fd, SOL_RAW, 1, &shown, &size));
    CHECK_EQ(shown, 1 << ICMP_ECHO);
    struct echo sent = request(4), got;
    sent.header.checksum = checksum(&sent, sizeof sent) + 1;
    CHECK_EQ(sendto(fd, &sent, sizeof sent, 0, (void *)&here, sizeof here), sizeof sent);
    sent = request(5);
    sent.header.checksum = checksum(&sent, sizeof sent);
    CHECK_EQ(sendto(fd, &sent, sizeof sent, 0, (void *)&here, sizeof here), sizeof sent);
    receive_soon(fd);
    char packet[100];
    CHECK_EQ(recv(fd, packet, sizeof packet, 0), 20 + sizeof got);
    memcpy(&got, packet + 20, sizeof got);
    CHECK_EQ(got.header.type, ICMP_ECHOREPLY);
    CHECK_EQ(got.header.un.echo.sequence, htons(5));
}

CASE(a_raw_socket_for_icmpv6) {
    own_network();
    int fd = OK(socket(AF_INET6, SOCK_RAW, IPPROTO_ICMPV6)), offset = 2;
    receive_soon(fd);
    OK(setsockopt(fd, SOL_RAW, IPV6_CHECKSUM, &offset, sizeof offset));
    struct icmp6_filter filter;
    ICMP6_FILTER_SETBLOCKALL(&filter);
    ICMP6_FILTER_SETPASS(ICMP6_ECHO_REPLY, &filter);
    OK(setsockopt(fd, IPPROTO_ICMPV6, ICMP6_FILTER, &filter, sizeof filter));
    struct icmp6_hdr sent = {.icmp6_type = ICMP6_ECHO_REQUEST, .icmp6_id = 5, .icmp6_seq = 6}, got;
    CHECK_EQ(sendto(fd, &sent, sizeof sent, 0, (void *)&here6, sizeof here6), sizeof sent);
    CHECK_EQ(recv(fd, &got, sizeof got, 0), sizeof got);
    CHECK_EQ(got.icmp6_type, ICMP6_ECHO_REPLY);
    CHECK_EQ(got.icmp6_id, 5);
    CHECK(got.icmp6_cksum != 0);
}

CASE(raw_sockets_and_their_privilege) {
    own_network();
    CHECK_ERRNO(socket(AF_INET, SOCK_RAW, 0), EPROTONOSUPPORT);
    CHECK_ERRNO(socket(AF_INET, SOCK_DGRAM, IPPROTO_ICMPV6), EPROTONOSUPPORT);
    CHECK_ERRNO(socket(AF_INET6, SOCK_DGRAM, IPPROTO_ICMP), EPROTONOSUPPORT);
    int fd = OK(socket(AF_INET, SOCK_RAW, IPPROTO_ICMP)), protocol;
    struct sockaddr_in name;
    socklen_t size = sizeof name;
    OK(getsockname(fd, (void *)&name, &size));
    CHECK_EQ(ntohs(name.sin_port), IPPROTO_ICMP);
    size = sizeof protocol;
    OK(getsockopt(fd, SOL_SOCKET, SO_PROTOCOL, &protocol, &size));
    CHECK_EQ(protocol, IPPROTO_ICMP);
    OK(setresuid(65534, 65534, 65534));
    CHECK_ERRNO(socket(AF_INET, SOCK_RAW, IPPROTO_ICMP), EPERM);
    OK(socket(AF_INET, SOCK_DGRAM, IPPROTO_ICMP));
}
