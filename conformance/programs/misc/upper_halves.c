/* Arguments that are an int: what a program leaves in the register's upper half does not matter. */
#include "../case.h"
#include <linux/futex.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>

#define DIRT (0x7654321L << 32)
#define CALL(name, ...) syscall(SYS_##name, __VA_ARGS__)

CASE(descriptors) {
    int fd = OK(open("file", O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    char byte = 'x';
    CHECK_EQ(CALL(write, DIRT | fd, &byte, 1), 1);
    CHECK_EQ(CALL(lseek, DIRT | fd, 0, DIRT | SEEK_SET), 0);
    CHECK_EQ(CALL(read, DIRT | fd, &byte, 1), 1);
    CHECK_EQ(CALL(pread64, DIRT | fd, &byte, 1, 0), 1);
    CHECK_EQ(CALL(ftruncate, DIRT | fd, 4096), 0);
    CHECK_EQ(CALL(fsync, DIRT | fd), 0);
    CHECK_EQ(CALL(fcntl, DIRT | fd, DIRT | F_GETFD, 0), FD_CLOEXEC);
    CHECK_EQ(CALL(flock, DIRT | fd, DIRT | LOCK_EX), 0);
    CHECK_EQ(CALL(fallocate, DIRT | fd, DIRT, 0, 8192), 0);
    void *mapped = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0);
    CHECK(mapped != MAP_FAILED);
    CHECK_EQ(CALL(madvise, mapped, 4096, DIRT | MADV_NORMAL), 0);
    CHECK_EQ(CALL(msync, mapped, 4096, DIRT | MS_SYNC), 0);
    CHECK(CALL(mmap, NULL, 4096, PROT_READ, MAP_PRIVATE, DIRT | fd, 0) > 0);
    int copy = OK(CALL(dup, DIRT | fd));
    CHECK_EQ(CALL(dup2, DIRT | fd, DIRT | copy), copy);
    CHECK_EQ(CALL(dup3, DIRT | fd, DIRT | copy, DIRT | O_CLOEXEC), copy);
    struct stat status;
    CHECK_EQ(CALL(fstat, DIRT | copy, &status), 0);
    CHECK_EQ(CALL(close, DIRT | copy), 0);
    CHECK_ERRNO(CALL(close, DIRT | copy), EBADF);
    CHECK_EQ(CALL(close_range, DIRT | 500, DIRT | 600, DIRT), 0);
}

CASE(names) {
    int fd = OK(CALL(openat, DIRT | (uint32_t)AT_FDCWD, "file", DIRT | O_CREAT | O_RDWR, 0600));
    struct stat status;
    CHECK_EQ(CALL(newfstatat, DIRT | (uint32_t)AT_FDCWD, "file", &status, DIRT | AT_SYMLINK_NOFOLLOW), 0);
    struct statx more;
    CHECK_EQ(CALL(statx, DIRT | fd, "", DIRT | AT_EMPTY_PATH, DIRT | STATX_SIZE, &more), 0);
    CHECK_EQ(CALL(faccessat, DIRT | (uint32_t)AT_FDCWD, "file", DIRT | R_OK), 0);
    CHECK_EQ(CALL(faccessat2, DIRT | (uint32_t)AT_FDCWD, "file", DIRT | R_OK, DIRT), 0);
    CHECK_EQ(CALL(fchmod, DIRT | fd, DIRT | 0640), 0);
    CHECK_EQ(CALL(chmod, "file", DIRT | 0644), 0);
    CHECK_EQ(CALL(chown, "file", DIRT | (uint32_t)-1, DIRT | (uint32_t)-1), 0);
    CHECK_EQ(CALL(fchown, DIRT | fd, DIRT | 0, DIRT | 0), 0);
    CHECK_EQ(CALL(linkat, DIRT | (uint32_t)AT_FDCWD, "file", DIRT | (uint32_t)AT_FDCWD, "link", DIRT), 0);
    CHECK_EQ(CALL(renameat2, DIRT | (uint32_t)AT_FDCWD, "link", DIRT | (uint32_t)AT_FDCWD, "other", DIRT | 1), 0);
    CHECK_EQ(CALL(utimensat, DIRT | (uint32_t)AT_FDCWD, "other", NULL, DIRT), 0);
    CHECK_EQ(CALL(mkdirat, DIRT | (uint32_t)AT_FDCWD, "directory", DIRT | 0700), 0);
    CHECK_EQ(CALL(unlinkat, DIRT | (uint32_t)AT_FDCWD, "directory", DIRT | AT_REMOVEDIR), 0);
    CHECK_EQ(CALL(umask, DIRT | 022) & ~0777, 0);
}

CASE(what_makes_descriptors) {
    int ends[2];
    CHECK_EQ(CALL(pipe2, ends, DIRT | O_CLOEXEC), 0);
    CHECK_EQ(fcntl(ends[0], F_GETFD), FD_CLOEXEC);
    OK(CALL(memfd_create, "name", DIRT | MFD_CLOEXEC));
    OK(CALL(eventfd2, DIRT | 3, DIRT | EFD_CLOEXEC));
    int queue = OK(CALL(epoll_create1, DIRT | EPOLL_CLOEXEC));
    struct epoll_event event = {EPOLLOUT, {0}};
    CHECK_EQ(CALL(epoll_ctl, DIRT | queue, DIRT | EPOLL_CTL_ADD, DIRT | ends[1], &event), 0);
    CHECK_EQ(CALL(epoll_wait, DIRT | queue, &event, DIRT | 1, DIRT), 1);
    CHECK_EQ(CALL(epoll_pwait, DIRT | queue, &event, DIRT | 1, DIRT, NULL, 8), 1);
    struct pollfd poller = {ends[1], POLLOUT, 0};
    CHECK_EQ(CALL(poll, &poller, DIRT | 1, DIRT), 1);
    int watcher = OK(CALL(inotify_init1, DIRT | IN_CLOEXEC));
    int watch = OK(CALL(inotify_add_watch, DIRT | watcher, ".", DIRT | IN_CREATE));
    CHECK_EQ(CALL(inotify_rm_watch, DIRT | watcher, DIRT | watch), 0);
    OK(CALL(timerfd_create, DIRT | CLOCK_MONOTONIC, DIRT | TFD_CLOEXEC));
    uint64_t mask = 1 << (SIGUSR1 - 1);
    OK(CALL(signalfd4, DIRT | (uint32_t)-1, &mask, 8, DIRT | SFD_CLOEXEC));
    OK(CALL(pidfd_open, DIRT | getpid(), DIRT));
    char byte = 'x';
    struct iovec part = {&byte, 1};
    CHECK_EQ(CALL(vmsplice, DIRT | ends[1], &part, 1, DIRT), 1);
    int other[2];
    OK(pipe(other));
    CHECK_EQ(CALL(splice, DIRT | ends[0], NULL, DIRT | other[1], NULL, 1, DIRT), 1);
}

CASE(sockets) {
    int pair[2];
    CHECK_EQ(CALL(socketpair, DIRT | AF_UNIX, DIRT | SOCK_STREAM | SOCK_CLOEXEC, DIRT, pair), 0);
    CHECK_EQ(CALL(sendto, DIRT | pair[0], "x", 1, DIRT | MSG_NOSIGNAL, NULL, DIRT), 1);
    char byte;
    CHECK_EQ(CALL(recvfrom, DIRT | pair[1], &byte, 1, DIRT | MSG_DONTWAIT, NULL, NULL), 1);
    struct iovec part = {&byte, 1};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    CHECK_EQ(CALL(sendmsg, DIRT | pair[0], &message, DIRT | MSG_NOSIGNAL), 1);
    CHECK_EQ(CALL(recvmsg, DIRT | pair[1], &message, DIRT | MSG_DONTWAIT), 1);
    int fd = OK(CALL(socket, DIRT | AF_INET, DIRT | SOCK_STREAM | SOCK_NONBLOCK, DIRT)), on = 1;
    socklen_t size = sizeof on;
    CHECK_EQ(CALL(setsockopt, DIRT | fd, DIRT | SOL_SOCKET, DIRT | SO_REUSEADDR, &on, DIRT | sizeof on), 0);
    CHECK_EQ(CALL(getsockopt, DIRT | fd, DIRT | SOL_SOCKET, DIRT | SO_REUSEADDR, &on, &size), 0);
    CHECK_EQ(CALL(listen, DIRT | fd, DIRT | 5), 0);
    CHECK_ERRNO(CALL(accept4, DIRT | fd, NULL, NULL, DIRT | SOCK_CLOEXEC), EAGAIN);
    CHECK_EQ(CALL(shutdown, DIRT | pair[0], DIRT | SHUT_WR), 0);
}

CASE(processes) {
    CHECK_EQ(CALL(kill, DIRT | getpid(), DIRT), 0);
    CHECK_EQ(CALL(tgkill, DIRT | getpid(), DIRT | gettid(), DIRT), 0);
    CHECK_EQ(CALL(getpgid, DIRT), getpgrp());
    CHECK_EQ(CALL(getsid, DIRT), getsid(0));
    CHECK_ERRNO(CALL(wait4, DIRT | (uint32_t)-1, NULL, DIRT | WNOHANG, NULL), ECHILD);
    struct rlimit limit;
    CHECK_EQ(CALL(getrlimit, DIRT | RLIMIT_NOFILE, &limit), 0);
    CHECK_EQ(CALL(prlimit64, DIRT, DIRT | RLIMIT_NOFILE, NULL, &limit), 0);
    OK(CALL(getpriority, DIRT | PRIO_PROCESS, DIRT));
    struct rusage usage;
    CHECK_EQ(CALL(getrusage, DIRT | RUSAGE_SELF, &usage), 0);
    uint64_t mask;
    CHECK_EQ(CALL(rt_sigprocmask, DIRT | SIG_BLOCK, NULL, &mask, 8), 0);
    struct timespec now;
    CHECK_EQ(CALL(clock_gettime, DIRT | CLOCK_MONOTONIC, &now), 0);
    CHECK_EQ(CALL(clock_getres, DIRT | CLOCK_MONOTONIC, &now), 0);
    now = (struct timespec){0, 1};
    CHECK_EQ(CALL(clock_nanosleep, DIRT | CLOCK_MONOTONIC, DIRT, &now, NULL), 0);
    char bytes[8];
    CHECK_EQ(CALL(getrandom, bytes, 8, DIRT), 8);
    int word = 0;
    CHECK_EQ(CALL(futex, &word, DIRT | FUTEX_WAKE_PRIVATE, DIRT | 1, NULL, NULL, DIRT), 0);
    CHECK_ERRNO(CALL(futex, &word, DIRT | FUTEX_WAIT_PRIVATE, DIRT | 1, NULL, NULL, 0), EAGAIN);
    OK(CALL(membarrier, DIRT, DIRT, DIRT));
    CHECK_EQ(CALL(setuid, DIRT | getuid()), 0);
    CHECK_EQ(CALL(setresgid, DIRT | (uint32_t)-1, DIRT | (uint32_t)-1, DIRT | (uint32_t)-1), 0);
    CHECK_EQ(CALL(sched_getscheduler, DIRT), 0);
    CHECK_EQ(CALL(mlock2, &word, 4, DIRT), 0);
    CHECK_EQ(CALL(prctl, DIRT | 3 /* PR_GET_DUMPABLE */, 0, 0, 0, 0) < 0, 0);
}
