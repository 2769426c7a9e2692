/* ip(7), ipv6(7), RFC 3678: groups on the loopback. */
#include "../case.h"
#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>

static const char *const group = "239.77.1.1";

static struct sockaddr_in at(const char *address, int port) {
    return (struct sockaddr_in){AF_INET, htons(port), {inet_addr(address)}, {0}};
}

static int receiver(const char *address, int *port) {
    int fd = OK(socket(AF_INET, SOCK_DGRAM, 0)), on = 1;
    OK(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on));
    struct sockaddr_in name = at(address, *port);
    OK(bind(fd, (void *)&name, sizeof name));
    socklen_t size = sizeof name;
    OK(getsockname(fd, (void *)&name, &size));
    *port = ntohs(name.sin_port);
    return fd;
}

static struct ip_mreqn on_loopback(const char *address) {
    return (struct ip_mreqn){{inet_addr(address)}, {0}, if_nametoindex("lo")};
}

static void join(int fd, const char *address) {
    struct ip_mreqn request = on_loopback(address);
    OK(setsockopt(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &request, sizeof request));
}

static int sender(void) {
    int fd = OK(socket(AF_INET, SOCK_DGRAM, 0));
    struct in_addr lo = {htonl(INADDR_LOOPBACK)}, shown;
    OK(setsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, &lo, sizeof lo));
    socklen_t size = sizeof shown;
    OK(getsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, &shown, &size));
    CHECK_EQ(shown.s_addr, lo.s_addr);
    return fd;
}

static void say(int fd, const char *address, int port, const char *text) {
    struct sockaddr_in name = at(address, port);
    CHECK_EQ(sendto(fd, text, strlen(text), 0, (void *)&name, sizeof name), strlen(text));
}

static void hears(int fd, const char *expected) {
    char text[64];
    struct pollfd poller = {fd, POLLIN, 0};
    CHECK_EQ(poll(&poller, 1, 60000), 1);
    CHECK_EQ(recv(fd, text, sizeof text, 0), strlen(expected));
    CHECK_MEM(text, expected, strlen(expected));
}

static void hears_nothing(int fd) {
    char text[64];
    CHECK_ERRNO(recv(fd, text, sizeof text, MSG_DONTWAIT), EAGAIN);
}

CASE(members_get_a_copy_each) {
    int port = 0, one = receiver("0.0.0.0", &port), other = receiver(group, &port), out = sender();
    join(one, group);
    join(other, group);
    say(out, group, port, "hello");
    char text[8];
    struct sockaddr_in from;
    socklen_t size = sizeof from;
    CHECK_EQ(recvfrom(one, text, 8, 0, (void *)&from, &size), 5);
    CHECK_EQ(from.sin_addr.s_addr, htonl(INADDR_LOOPBACK));
    hears(other, "hello");
    hears_nothing(one);
}

CASE(nobody_hears_a_group_that_nobody_joined) {
    int port = 0, in = receiver("0.0.0.0", &port), out = sender();
    say(out, "239.77.1.2", port, "lost");
    join(in, "239.77.1.3");
    say(out, "239.77.1.3", port, "heard");
    hears(in, "heard");
    hears_nothing(in);
}

CASE(others_groups_are_heard_unless_told_otherwise) {
    int port = 0, member = receiver("0.0.0.0", &port), other = receiver("0.0.0.0", &port);
    int strict = receiver("0.0.0.0", &port), out = sender(), off = 0, shown = 7;
    join(member, "239.77.1.4");
    socklen_t size = sizeof shown;
    OK(getsockopt(strict, IPPROTO_IP, IP_MULTICAST_ALL, &shown, &size));
    CHECK_EQ(shown, 1);
    OK(setsockopt(strict, IPPROTO_IP, IP_MULTICAST_ALL, &off, sizeof off));
    say(out, "239.77.1.4", port, "all");
    hears(member, "all");
    hears(other, "all");
    hears_nothing(strict);
}

CASE(a_group_is_left) {
    int port = 0, in = receiver("0.0.0.0", &port), out = sender();
    struct ip_mreqn request = on_loopback("239.77.1.5");
    CHECK_ERRNO(setsockopt(in, IPPROTO_IP, IP_DROP_MEMBERSHIP, &request, sizeof request), EADDRNOTAVAIL);
    join(in, "239.77.1.5");
    CHECK_ERRNO(setsockopt(in, IPPROTO_IP, IP_ADD_MEMBERSHIP, &request, sizeof request), EADDRINUSE);
    say(out, "239.77.1.5", port, "one");
    hears(in, "one");
    OK(setsockopt(in, IPPROTO_IP, IP_DROP_MEMBERSHIP, &request, sizeof request));
    say(out, "239.77.1.5", port, "two");
    join(in, "239.77.1.6");
    say(out, "239.77.1.6", port, "three");
    hears(in, "three");
    hears_nothing(in);
}

CASE(mistakes_about_groups) {
    int fd = OK(socket(AF_INET, SOCK_DGRAM, 0)), tcp = OK(socket(AF_INET, SOCK_STREAM, 0));
    struct ip_mreqn request = on_loopback("10.1.2.3");
    CHECK_ERRNO(setsockopt(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &request, sizeof request), EINVAL);
    request = on_loopback(group);
    CHECK_ERRNO(setsockopt(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &request, 7), EINVAL);
    CHECK_ERRNO(setsockopt(tcp, IPPROTO_IP, IP_ADD_MEMBERSHIP, &request, sizeof request), EPROTO);
    request.imr_ifindex = 4711;
    CHECK_ERRNO(setsockopt(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &request, sizeof request), ENODEV);
    struct in_addr foreign = {inet_addr("192.0.2.1")};
    CHECK_ERRNO(setsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, &foreign, sizeof foreign), EADDRNOTAVAIL);
    struct ip_mreq by_address = {{inet_addr(group)}, foreign};
    CHECK_ERRNO(setsockopt(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &by_address, sizeof by_address), ENODEV);
    for (int i = 0; i < 20; i++) {
        char address[32];
        snprintf(address, sizeof address, "239.78.0.%d", i + 1);
        join(fd, address);
    }
    request = on_loopback("239.78.1.1");
    CHECK_ERRNO(setsockopt(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &request, sizeof request), ENOBUFS);
}

CASE(sources_are_blocked_and_wanted) {
    int port = 0, in = receiver("0.0.0.0", &port), out = sender(), other = OK(socket(AF_INET, SOCK_DGRAM, 0));
    struct sockaddr_in second = at("127.0.0.2", 0);
    OK(bind(other, (void *)&second, sizeof second));
    struct ip_mreqn lo = {.imr_ifindex = if_nametoindex("lo")};
    OK(setsockopt(other, IPPROTO_IP, IP_MULTICAST_IF, &lo, sizeof lo));
    struct ip_mreq_source request = {{inet_addr("239.77.1.7")}, {htonl(INADDR_LOOPBACK)}, {inet_addr("127.0.0.2")}};
    CHECK_ERRNO(setsockopt(in, IPPROTO_IP, IP_BLOCK_SOURCE, &request, sizeof request), EINVAL);
    struct ip_mreq plain = {{inet_addr("239.77.1.7")}, {htonl(INADDR_LOOPBACK)}};
    OK(setsockopt(in, IPPROTO_IP, IP_ADD_MEMBERSHIP, &plain, sizeof plain));
    OK(setsockopt(in, IPPROTO_IP, IP_BLOCK_SOURCE, &request, sizeof request));
    CHECK_ERRNO(setsockopt(in, IPPROTO_IP, IP_BLOCK_SOURCE, &request, sizeof request), EADDRNOTAVAIL);
    say(other, "239.77.1.7", port, "blocked");
    say(out, "239.77.1.7", port, "first");
    hears(in, "first");
    hears_nothing(in);
    OK(setsockopt(in, IPPROTO_IP, IP_UNBLOCK_SOURCE, &request, sizeof request));
    say(other, "239.77.1.7", port, "again");
    hears(in, "again");
    OK(setsockopt(in, IPPROTO_IP, IP_DROP_MEMBERSHIP, &plain, sizeof plain));
    OK(setsockopt(in, IPPROTO_IP, IP_ADD_SOURCE_MEMBERSHIP, &request, sizeof request));
    say(out, "239.77.1.7", port, "unwanted");
    say(other, "239.77.1.7", port, "wanted");
    hears(in, "wanted");
    hears_nothing(in);
    OK(setsockopt(in, IPPROTO_IP, IP_DROP_SOURCE_MEMBERSHIP, &request, sizeof request));
    CHECK_ERRNO(setsockopt(in, IPPROTO_IP, IP_DROP_SOURCE_MEMBERSHIP, &request, sizeof request), EINVAL);
}

CASE(where_a_datagram_was_sent_to) {
    int port = 0, in = receiver("0.0.0.0", &port), out = sender(), on = 1, ttl = 3;
    OK(setsockopt(in, IPPROTO_IP, IP_PKTINFO, &on, sizeof on));
    join(in, "239.77.1.8");
    OK(setsockopt(out, IPPROTO_IP, IP_MULTICAST_TTL, &ttl, sizeof ttl));
    say(out, "239.77.1.8", port, "x");
    char text[4], control[64];
    struct iovec part = {text, 4};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    CHECK_EQ(recvmsg(in, &message, 0), 1);
    struct cmsghdr *first = CMSG_FIRSTHDR(&message);
    CHECK(first != NULL && first->cmsg_type == IP_PKTINFO);
    struct in_pktinfo info;
    memcpy(&info, CMSG_DATA(first), sizeof info);
    CHECK_EQ(info.ipi_ifindex, if_nametoindex("lo"));
    CHECK_EQ(info.ipi_addr.s_addr, inet_addr("239.77.1.8"));
    CHECK_EQ(info.ipi_spec_dst.s_addr, htonl(INADDR_LOOPBACK));
}

/* Linux makes no route for groups on the loopback by itself. */
static void heard_where_routed(int in, int out, struct sockaddr_in6 name) {
    if (sendto(out, "six", 3, 0, (void *)&name, sizeof name) == 3)
        hears(in, "six");
    else
        CHECK(errno == ENODEV || errno == ENETUNREACH);
}

CASE(groups_of_ipv6) {
    int in = OK(socket(AF_INET6, SOCK_DGRAM, 0)), out = OK(socket(AF_INET6, SOCK_DGRAM, 0)), shown = 0;
    int lo = if_nametoindex("lo"), bad = 4711;
    struct sockaddr_in6 name = {.sin6_family = AF_INET6};
    OK(bind(in, (void *)&name, sizeof name));
    socklen_t size = sizeof name;
    OK(getsockname(in, (void *)&name, &size));
    struct ipv6_mreq request = {.ipv6mr_interface = lo};
    OK(inet_pton(AF_INET6, "ff05::4711", &request.ipv6mr_multiaddr) - 1);
    CHECK_ERRNO(setsockopt(in, IPPROTO_IPV6, IPV6_DROP_MEMBERSHIP, &request, sizeof request), EADDRNOTAVAIL);
    OK(setsockopt(in, IPPROTO_IPV6, IPV6_ADD_MEMBERSHIP, &request, sizeof request));
    CHECK_ERRNO(setsockopt(in, IPPROTO_IPV6, IPV6_ADD_MEMBERSHIP, &request, sizeof request), EADDRINUSE);
    CHECK_ERRNO(setsockopt(out, IPPROTO_IPV6, IPV6_MULTICAST_IF, &bad, sizeof bad), ENODEV);
    OK(setsockopt(out, IPPROTO_IPV6, IPV6_MULTICAST_IF, &lo, sizeof lo));
    size = sizeof shown;
    OK(getsockopt(out, IPPROTO_IPV6, IPV6_MULTICAST_IF, &shown, &size));
    CHECK_EQ(shown, lo);
    name.sin6_addr = request.ipv6mr_multiaddr;
    heard_where_routed(in, out, name);
    OK(setsockopt(in, IPPROTO_IPV6, IPV6_DROP_MEMBERSHIP, &request, sizeof request));
    struct group_req any = {.gr_interface = lo};
    struct sockaddr_in6 wanted = {.sin6_family = AF_INET6, .sin6_addr = request.ipv6mr_multiaddr};
    memcpy(&any.gr_group, &wanted, sizeof wanted);
    OK(setsockopt(in, IPPROTO_IPV6, MCAST_JOIN_GROUP, &any, sizeof any));
    heard_where_routed(in, out, name);
    OK(setsockopt(in, IPPROTO_IPV6, MCAST_LEAVE_GROUP, &any, sizeof any));
}

/* A line of a table of /proc/net with a word in it, or NULL. */
static char *line_with(const char *path, const char *word) {
    static char line[512];
    FILE *file = fopen(path, "re");
    CHECK(file != NULL);
    char *found = NULL;
    while (!found && fgets(line, sizeof line, file)) found = strstr(line, word) ? line : NULL;
    fclose(file);
    return found;
}

CASE(groups_are_listed) {
    int port = 0, in = receiver("0.0.0.0", &port);
    CHECK(line_with("/proc/net/igmp", "010000E0") != NULL);
    CHECK(line_with("/proc/net/igmp", "09014DEF") == NULL);
    join(in, "239.77.1.9");
    CHECK(line_with("/proc/net/igmp", "09014DEF") != NULL);
    CHECK_EQ(strncmp(line_with("/proc/net/igmp6", "ff020000000000000000000000000001"), "1    lo ", 8), 0);
    OK(close(in));
    AWAIT(line_with("/proc/net/igmp", "09014DEF") == NULL);
}
