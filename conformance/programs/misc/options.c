/* Options that few programs set, and that must not be taken for set when they are not. */
#include "../case.h"
#include <arpa/inet.h>
#include <ifaddrs.h>
#include <linux/keyctl.h>
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

/* keyrings(7): a kernel has all three calls or none. */
CASE(keys_are_kept_or_the_calls_are_not_there) {
    long ring = syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL);
    if (ring == -1) {
        CHECK_EQ(errno, ENOSYS);
        CHECK_ERRNO(syscall(SYS_add_key, "user", "name", "text", 4, KEY_SPEC_SESSION_KEYRING), ENOSYS);
        CHECK_ERRNO(syscall(SYS_request_key, "user", "name", NULL, 0), ENOSYS);
        return;
    }
    long key = OK(syscall(SYS_add_key, "user", "name", "text", 4, KEY_SPEC_SESSION_KEYRING));
    char got[8] = "";
    CHECK_EQ(syscall(SYS_keyctl, KEYCTL_READ, key, got, sizeof got), 4);
    CHECK_STR(got, "text");
    CHECK_EQ(syscall(SYS_request_key, "user", "name", NULL, 0), key);
}

/* name_to_handle_at(2): a file system has handles, whose size it tells, or has none. */
CASE(files_have_handles_or_none) {
    write_file("file", "text", 4);
    char room[sizeof(struct file_handle) + MAX_HANDLE_SZ];
    struct file_handle *handle = (struct file_handle *)room;
    memset(room, 0, sizeof room);
    int mount;
    CHECK_EQ(name_to_handle_at(AT_FDCWD, "file", handle, &mount, 0), -1);
    CHECK(errno == EOVERFLOW || errno == EOPNOTSUPP);
    if (errno == EOVERFLOW) {
        CHECK_RANGE(handle->handle_bytes, 1, MAX_HANDLE_SZ);
        OK(name_to_handle_at(AT_FDCWD, "file", handle, &mount, 0));
    }
    CHECK_ERRNO(name_to_handle_at(AT_FDCWD, "none", handle, &mount, 0), ENOENT);
    CHECK_ERRNO(name_to_handle_at(-1, "file", handle, &mount, 0), EBADF);
    CHECK_ERRNO(name_to_handle_at(AT_FDCWD, "file", handle, &mount, 0x10), EINVAL);
}
