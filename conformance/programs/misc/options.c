/* Options that few programs set, and that must not be taken for set when they are not. */
#include "../case.h"
#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <sys/ptrace.h>
#include <sys/uio.h>

CASE(loopback_interface_and_its_address) {
    struct ifaddrs *all;
    OK(getifaddrs(&all));
    int links = 0, addresses = 0;
    for (struct ifaddrs *each = all; each != NULL; each = each->ifa_next) {
        if (strcmp(each->ifa_name, "lo") != 0 || each->ifa_addr == NULL) continue;
        if (each->ifa_addr->sa_family == AF_PACKET) {
            links++;
            CHECK((each->ifa_flags & IFF_LOOPBACK) != 0);
        }
        if (each->ifa_addr->sa_family == AF_INET) {
            addresses++;
            struct sockaddr_in *address = (struct sockaddr_in *)each->ifa_addr;
            CHECK_EQ(address->sin_addr.s_addr, htonl(INADDR_LOOPBACK));
            CHECK_EQ(((struct sockaddr_in *)each->ifa_netmask)->sin_addr.s_addr, htonl(0xff000000));
        }
    }
    freeifaddrs(all);
    CHECK_EQ(links, 1);
    CHECK(addresses >= 1);
    CHECK_EQ(if_nametoindex("lo"), 1);
}

/* preadv2(2). */
CASE(flags_of_vector_calls) {
    int fd = OK(open("file", O_RDWR | O_CREAT, 0600));
    char text[] = "0123456789", got[11] = "";
    struct iovec out = {text, 10}, in = {got, 4};
    CHECK_EQ(pwritev2(fd, &out, 1, -1, 0), 10);
    CHECK_EQ(lseek(fd, 0, SEEK_CUR), 10);
    CHECK_EQ(pwritev2(fd, &out, 1, 0, RWF_APPEND), 10);
    CHECK_EQ(lseek(fd, 0, SEEK_END), 20);
    CHECK_EQ(pwritev2(fd, &out, 1, 2, RWF_DSYNC), 10);
    CHECK_EQ(preadv2(fd, &in, 1, 0, RWF_HIPRI), 4);
    CHECK_STR(got, "0101");
    CHECK_ERRNO(preadv2(fd, &in, 1, 0, 1 << 20), EOPNOTSUPP);
    CHECK_ERRNO(pwritev2(fd, &out, 1, 0, 1 << 20), EOPNOTSUPP);
}

/* fcntl(2), "Leases": refused as on file systems that have none, or kept. */
CASE(lease_is_granted_or_refused) {
    int fd = OK(open("file", O_RDONLY | O_CREAT, 0600));
    int result = fcntl(fd, F_SETLEASE, F_RDLCK);
    if (result != 0) CHECK_EQ(errno, EINVAL);
    CHECK_EQ(fcntl(fd, F_GETLEASE), result == 0 ? F_RDLCK : F_UNLCK);
    CHECK_ERRNO(fcntl(fd, F_SETLEASE, 77), EINVAL);
}

/* Seen from inside, a debugger either works or is told that it must not. */
CASE(tracing_works_or_is_not_permitted) {
    pid_t child = SPAWN({
        if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0) {
            CHECK_EQ(errno, EPERM);
            exit(0);
        }
        raise(SIGSTOP);
    });
    int status = wait_status(child);
    if (WIFSTOPPED(status)) {
        CHECK_EQ(WSTOPSIG(status), SIGSTOP);
        OK(ptrace(PTRACE_CONT, child, NULL, NULL));
        status = wait_status(child);
    }
    CHECK(WIFEXITED(status));
    CHECK_EQ(WEXITSTATUS(status), 0);
}
