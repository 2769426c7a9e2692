/* netlink(7): families beside NETLINK_ROUTE that programs open. */
#include "../case.h"
#include <arpa/inet.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

/* What ss asks first; where the kernel cannot tell, ENOENT has it read /proc/net without a word. */
CASE(sockets_are_told_of_or_not_known) {
    int fd = OK(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG));
    struct {
        struct nlmsghdr header;
        struct inet_diag_req_v2 asked;
    } request = {{sizeof request, SOCK_DIAG_BY_FAMILY, NLM_F_REQUEST | NLM_F_DUMP, 77, 0},
            {.sdiag_family = AF_INET, .sdiag_protocol = IPPROTO_TCP, .idiag_states = 1 << TCP_LISTEN}};
    CHECK_EQ(send(fd, &request, sizeof request, 0), sizeof request);
    char answer[16384];
    ssize_t length = OK(recv(fd, answer, sizeof answer, 0));
    struct nlmsghdr *first = (struct nlmsghdr *)answer;
    CHECK(NLMSG_OK(first, length));
    CHECK_EQ(first->nlmsg_seq, 77);
    if (first->nlmsg_type == NLMSG_ERROR)
        CHECK_EQ(((struct nlmsgerr *)NLMSG_DATA(first))->error, -ENOENT);
    else
        CHECK(first->nlmsg_type == SOCK_DIAG_BY_FAMILY || first->nlmsg_type == NLMSG_DONE);
    OK(close(fd));
}

/* As udev's library, which browsers have, waits for devices. */
CASE(devices_may_be_waited_for) {
    int fd = OK(socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_KOBJECT_UEVENT));
    int protocol;
    socklen_t size = sizeof protocol;
    OK(getsockopt(fd, SOL_SOCKET, SO_PROTOCOL, &protocol, &size));
    CHECK_EQ(protocol, NETLINK_KOBJECT_UEVENT);
    struct sockaddr_nl address = {.nl_family = AF_NETLINK, .nl_groups = 1};
    OK(bind(fd, (struct sockaddr *)&address, sizeof address));
    size = sizeof address;
    OK(getsockname(fd, (struct sockaddr *)&address, &size));
    CHECK_EQ(address.nl_groups, 1);
    CHECK(address.nl_pid != 0);
    struct pollfd polled = {fd, POLLIN | POLLOUT, 0};
    CHECK_EQ(poll(&polled, 1, 0), 1);
    CHECK(polled.revents & POLLOUT);
    OK(close(fd));
}

CASE(netlink_families_that_are_not_there) {
    CHECK_ERRNO(socket(AF_NETLINK, SOCK_RAW, 31), EPROTONOSUPPORT);
    CHECK_ERRNO(socket(AF_NETLINK, SOCK_RAW, 1000), EPROTONOSUPPORT);
}

/* As ip route get does, and entry points of images do to learn their own address. */
CASE(the_way_to_one_address) {
    static const char *const addresses[] = {"127.0.0.1", "127.1.2.3"};
    int fd = OK(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE));
    for (size_t i = 0; i < sizeof addresses / sizeof *addresses; i++) {
        struct {
            struct nlmsghdr header;
            struct rtmsg route;
            struct rtattr attribute;
            in_addr_t destination;
        } request = {{sizeof request, RTM_GETROUTE, NLM_F_REQUEST, i + 1, 0},
                {.rtm_family = AF_INET, .rtm_dst_len = 32, .rtm_flags = RTM_F_LOOKUP_TABLE},
                {RTA_LENGTH(4), RTA_DST}, inet_addr(addresses[i])};
        CHECK_EQ(send(fd, &request, sizeof request, 0), sizeof request);
        char answer[4096];
        ssize_t length = OK(recv(fd, answer, sizeof answer, 0));
        struct nlmsghdr *header = (struct nlmsghdr *)answer;
        CHECK(NLMSG_OK(header, length));
        CHECK_EQ(header->nlmsg_type, RTM_NEWROUTE);
        CHECK_EQ(header->nlmsg_seq, i + 1);
        CHECK_EQ(header->nlmsg_flags & NLM_F_MULTI, 0);
        struct rtmsg *route = NLMSG_DATA(header);
        CHECK_EQ(route->rtm_family, AF_INET);
        CHECK_EQ(route->rtm_dst_len, 32);
        /* Linux may have both in one. */
        CHECK(route->rtm_table == RT_TABLE_LOCAL || route->rtm_table == RT_TABLE_MAIN);
        CHECK_EQ(route->rtm_scope, RT_SCOPE_UNIVERSE);
        CHECK_EQ(route->rtm_type, RTN_LOCAL);
        CHECK_EQ(route->rtm_flags & RTM_F_CLONED, RTM_F_CLONED);
        int seen = 0, left = RTM_PAYLOAD(header);
        for (struct rtattr *one = RTM_RTA(route); RTA_OK(one, left); one = RTA_NEXT(one, left)) {
            uint32_t value;
            memcpy(&value, RTA_DATA(one), sizeof value);
            if (one->rta_type == RTA_DST) seen |= value == request.destination ? 1 : 0;
            if (one->rta_type == RTA_OIF) seen |= value == if_nametoindex("lo") ? 2 : 0;
            if (one->rta_type == RTA_PREFSRC) seen |= value == htonl(INADDR_LOOPBACK) ? 4 : 0;
            if (one->rta_type == RTA_TABLE) seen |= value == route->rtm_table ? 8 : 0;
        }
        CHECK_EQ(seen, 15);
    }
    OK(close(fd));
}

/* Attributes that end past the message, or are shorter than they must be. */
CASE(malformed_questions_about_routes) {
    int fd = OK(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE));
    for (int size = 1; size <= 20; size++) {
        struct {
            struct nlmsghdr header;
            struct rtmsg route;
            struct rtattr attribute;
            char value[8];
        } request = {{sizeof request, RTM_GETROUTE, NLM_F_REQUEST, size + 1, 0},
                {.rtm_family = AF_INET, .rtm_dst_len = 32}, {size * 3 - 50, RTA_DST}, {127, 0, 0, 1}};
        request.header.nlmsg_len = sizeof(struct nlmsghdr) + size;
        CHECK_EQ(send(fd, &request, sizeof request.header + size, 0), sizeof request.header + size);
        char answer[4096];
        ssize_t length = OK(recv(fd, answer, sizeof answer, 0));
        CHECK(NLMSG_OK((struct nlmsghdr *)answer, length));
        CHECK_EQ(((struct nlmsghdr *)answer)->nlmsg_seq, size + 1);
    }
    OK(close(fd));
}
