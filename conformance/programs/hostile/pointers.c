/* Bad pointers in every pointer argument: EFAULT, never a signal, never anything else. */
#include "../case.h"
#include <linux/futex.h>
#include <sys/epoll.h>
#include <sys/inotify.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/statfs.h>
#include <sys/sysinfo.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <sys/utsname.h>

/* Addresses that no transfer may touch; "low" ones are last. */
static void *bad[8];
static int bad_count;

static void make_bad(void) {
    char *pages = OK(mmap(NULL, 4 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    OK(mprotect(pages + 3 * 4096, 4096, PROT_NONE));
    bad[bad_count++] = (void *)0x2000000000;    /* unmapped, and nothing is ever put there */
    bad[bad_count++] = pages + 3 * 4096;        /* PROT_NONE */
    bad[bad_count++] = (void *)0x7ffffffff000;  /* above user space */
    bad[bad_count++] = (void *)0x800000000000;  /* not canonical */
    bad[bad_count++] = (void *)0xffff888000000000;
    bad[bad_count++] = (void *)0xffffffffffffff00;
    bad[bad_count++] = (void *)8;
}

/* The call must fail with EFAULT for each bad pointer. */
#define EACH_BAD(call)                                                               \
    do {                                                                             \
        if (bad_count == 0) make_bad();                                              \
        for (int i_ = 0; i_ < bad_count; i_++) {                                     \
            void *p = bad[i_];                                                       \
            errno = 0;                                                               \
            long result_ = (call);                                                   \
            if (result_ != -1 || errno != EFAULT)                                    \
                FAIL("%s with %p returned %ld, %s", #call, p, result_, strerrorname_np(errno)); \
        }                                                                            \
    } while (0)

/* A read-only page: fine to read from, EFAULT to write to. */
static void *read_only(void) {
    return OK(mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
}

CASE(paths) {
    EACH_BAD(syscall(SYS_open, p, O_RDONLY));
    EACH_BAD(syscall(SYS_openat, AT_FDCWD, p, O_RDONLY));
    EACH_BAD(syscall(SYS_creat, p, 0600));
    EACH_BAD(syscall(SYS_unlink, p));
    EACH_BAD(syscall(SYS_rmdir, p));
    EACH_BAD(syscall(SYS_mkdir, p, 0700));
    EACH_BAD(syscall(SYS_chdir, p));
    EACH_BAD(syscall(SYS_chmod, p, 0600));
    EACH_BAD(syscall(SYS_chown, p, 0, 0));
    EACH_BAD(syscall(SYS_access, p, 0));
    EACH_BAD(syscall(SYS_truncate, p, 0));
    EACH_BAD(syscall(SYS_rename, p, "x"));
    EACH_BAD(syscall(SYS_link, p, "x"));
    EACH_BAD(syscall(SYS_symlink, p, "x"));
    EACH_BAD(syscall(SYS_symlink, "x", p));
    EACH_BAD(syscall(SYS_mknod, p, S_IFREG, 0));
    EACH_BAD(syscall(SYS_chroot, p));
    write_file("f", "", 0);
    EACH_BAD(syscall(SYS_rename, "f", p));
    EACH_BAD(syscall(SYS_link, "f", p));
}

CASE(file_status) {
    struct stat about;
    struct statfs system;
    (void)about, (void)system;
    EACH_BAD(syscall(SYS_stat, ".", p));
    EACH_BAD(syscall(SYS_lstat, ".", p));
    EACH_BAD(syscall(SYS_fstat, 0, p));
    EACH_BAD(syscall(SYS_newfstatat, AT_FDCWD, ".", p, 0));
    EACH_BAD(syscall(SYS_statx, AT_FDCWD, ".", 0, 0xfff, p));
    EACH_BAD(syscall(SYS_statfs, ".", p));
    EACH_BAD(syscall(SYS_fstatfs, 0, p));
    EACH_BAD(syscall(SYS_stat, p, &about));
    CHECK_ERRNO(syscall(SYS_stat, ".", read_only()), EFAULT);
    EACH_BAD(syscall(SYS_getcwd, p, 4096));
    OK(symlink("target", "l"));
    EACH_BAD(syscall(SYS_readlink, "l", p, 100));
    EACH_BAD(syscall(SYS_utimensat, AT_FDCWD, ".", p, 0));
    EACH_BAD(syscall(SYS_getdents64, OK(open(".", O_RDONLY)), p, 4096));
}

CASE(transfers) {
    write_file("f", "0123456789", 10);
    int fd = OK(open("f", O_RDWR)), ends[2];
    OK(pipe(ends));
    EACH_BAD(syscall(SYS_read, fd, p, 5));
    EACH_BAD(syscall(SYS_write, fd, p, 5));
    EACH_BAD(syscall(SYS_pread64, fd, p, 5, 0));
    EACH_BAD(syscall(SYS_pwrite64, fd, p, 5, 0));
    EACH_BAD(syscall(SYS_readv, fd, p, 1));
    EACH_BAD(syscall(SYS_writev, fd, p, 1));
    EACH_BAD(syscall(SYS_write, ends[1], p, 5));
    EACH_BAD(({ struct iovec part = {p, 5}; syscall(SYS_writev, ends[1], &part, 1); }));
    EACH_BAD(({ struct iovec part = {p, 5}; syscall(SYS_readv, fd, &part, 1); }));
    CHECK_ERRNO(read(fd, read_only(), 5), EFAULT);
    CHECK_EQ(lseek(fd, 0, SEEK_CUR), 0);
    char text[16];
    CHECK_EQ(pread(fd, text, 16, 0), 10);
    CHECK_MEM(text, "0123456789", 10);
    EACH_BAD(syscall(SYS_sendfile, ends[1], fd, p, 5));
    EACH_BAD(syscall(SYS_splice, fd, p, ends[1], NULL, 5, 0));
}

CASE(descriptors_made) {
    int notify = OK(inotify_init1(0)), next = OK(dup(0));
    close(next);
    EACH_BAD(syscall(SYS_pipe, p));
    EACH_BAD(syscall(SYS_pipe2, p, 0));
    EACH_BAD(syscall(SYS_socketpair, AF_UNIX, SOCK_STREAM, 0, p));
    EACH_BAD(syscall(SYS_memfd_create, p, 0));
    EACH_BAD(syscall(SYS_inotify_add_watch, notify, p, IN_CREATE));
    CHECK_ERRNO(syscall(SYS_pipe, read_only()), EFAULT);
    CHECK_EQ(dup(0), next); /* no descriptor leaked on the way */
}

CASE(signals) {
    EACH_BAD(syscall(SYS_rt_sigaction, SIGUSR1, p, NULL, 8));
    EACH_BAD(syscall(SYS_rt_sigaction, SIGUSR1, NULL, p, 8));
    EACH_BAD(syscall(SYS_rt_sigprocmask, SIG_BLOCK, p, NULL, 8));
    EACH_BAD(syscall(SYS_rt_sigprocmask, SIG_BLOCK, NULL, p, 8));
    EACH_BAD(syscall(SYS_rt_sigpending, p, 8));
    EACH_BAD(syscall(SYS_rt_sigsuspend, p, 8));
    EACH_BAD(syscall(SYS_rt_sigtimedwait, p, NULL, NULL, 8));
    EACH_BAD(syscall(SYS_rt_sigqueueinfo, getpid(), SIGUSR1, p));
    EACH_BAD(syscall(SYS_sigaltstack, p, NULL));
    EACH_BAD(syscall(SYS_sigaltstack, NULL, p));
    EACH_BAD(syscall(SYS_signalfd4, -1, p, 8, 0));
    uint64_t set = 1 << (SIGUSR1 - 1);
    block_signal(SIGUSR1);
    raise(SIGUSR1);
    EACH_BAD((raise(SIGUSR1), syscall(SYS_rt_sigtimedwait, &set, p, NULL, 8)));
}

CASE(clocks_and_timers) {
    EACH_BAD(syscall(SYS_clock_gettime, CLOCK_MONOTONIC, p));
    EACH_BAD(syscall(SYS_clock_getres, CLOCK_MONOTONIC, p));
    EACH_BAD(syscall(SYS_gettimeofday, p, NULL));
    EACH_BAD(syscall(SYS_time, p));
    EACH_BAD(syscall(SYS_nanosleep, p, NULL));
    EACH_BAD(syscall(SYS_clock_nanosleep, CLOCK_MONOTONIC, 0, p, NULL));
    EACH_BAD(syscall(SYS_getitimer, ITIMER_REAL, p));
    EACH_BAD(syscall(SYS_setitimer, ITIMER_REAL, p, NULL));
    EACH_BAD(syscall(SYS_timer_create, CLOCK_MONOTONIC, p, &(int){0}));
    EACH_BAD(syscall(SYS_timer_create, CLOCK_MONOTONIC, NULL, p));
    int fd = OK(timerfd_create(CLOCK_MONOTONIC, 0));
    EACH_BAD(syscall(SYS_timerfd_settime, fd, 0, p, NULL));
    EACH_BAD(syscall(SYS_timerfd_gettime, fd, p));
    EACH_BAD(syscall(SYS_times, p));
    EACH_BAD(syscall(SYS_getrusage, RUSAGE_SELF, p));
}

CASE(waiting) {
    pid_t child = SPAWN();
    siginfo_t info;
    OK(waitid(P_PID, child, &info, WEXITED | WNOWAIT));
    EACH_BAD(syscall(SYS_poll, p, 1, 0));
    EACH_BAD(syscall(SYS_ppoll, NULL, 0, p, NULL, 8));
    EACH_BAD(syscall(SYS_ppoll, NULL, 0, NULL, p, 8));
    EACH_BAD(syscall(SYS_select, 5, p, NULL, NULL, NULL));
    EACH_BAD(syscall(SYS_select, 0, NULL, NULL, NULL, p));
    EACH_BAD(syscall(SYS_pselect6, 0, NULL, NULL, NULL, NULL, p));
    int epoll = OK(epoll_create1(0)), ends[2];
    OK(pipe(ends));
    EACH_BAD(syscall(SYS_epoll_ctl, epoll, EPOLL_CTL_ADD, ends[1], p));
    struct epoll_event event = {.events = EPOLLOUT};
    OK(epoll_ctl(epoll, EPOLL_CTL_ADD, ends[1], &event));
    EACH_BAD(syscall(SYS_epoll_wait, epoll, p, 1, 0));
    EACH_BAD(syscall(SYS_waitid, P_PID, child, p, WEXITED | WNOWAIT, NULL));
    wait_ok(child);
}

CASE(futexes) {
    int word = 0;
    EACH_BAD(syscall(SYS_futex, p, FUTEX_WAIT, 0, NULL, NULL, 0));
    EACH_BAD(syscall(SYS_futex, &word, FUTEX_WAIT, 0, p, NULL, 0));
    EACH_BAD(syscall(SYS_futex, p, FUTEX_WAKE_OP, 1, 1L, &word, 0));
    EACH_BAD(syscall(SYS_futex, &word, FUTEX_WAKE_OP, 1, 1L, p, 0));
}

CASE(sockets) {
    int pair[2];
    OK(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
    EACH_BAD(syscall(SYS_sendto, pair[0], p, 5, 0, NULL, 0));
    EACH_BAD(syscall(SYS_sendmsg, pair[0], p, 0));
    EACH_BAD(syscall(SYS_bind, pair[0], p, 16));
    EACH_BAD(syscall(SYS_connect, pair[0], p, 16));
    EACH_BAD(syscall(SYS_getsockname, pair[0], p, &(socklen_t){16}));
    EACH_BAD(syscall(SYS_getsockname, pair[0], &(struct sockaddr){0}, p));
    EACH_BAD(syscall(SYS_setsockopt, pair[0], SOL_SOCKET, SO_REUSEADDR, p, 4));
    EACH_BAD(syscall(SYS_getsockopt, pair[0], SOL_SOCKET, SO_TYPE, p, &(socklen_t){4}));
    EACH_BAD(syscall(SYS_getsockopt, pair[0], SOL_SOCKET, SO_TYPE, &(int){0}, p));
    CHECK_EQ(write(pair[0], "data", 4), 4);
    EACH_BAD(syscall(SYS_recvfrom, pair[1], p, 4, MSG_PEEK, NULL, NULL));
    EACH_BAD(syscall(SYS_recvmsg, pair[1], p, MSG_PEEK));
    char text[8];
    CHECK_EQ(read(pair[1], text, 8), 4);
    CHECK_MEM(text, "data", 4);
}

CASE(processes) {
    char *arguments[] = {"x", NULL};
    EACH_BAD(syscall(SYS_execve, p, arguments, NULL));
    EACH_BAD(syscall(SYS_execve, self_path, p, NULL));
    EACH_BAD(syscall(SYS_execve, self_path, arguments, p));
    EACH_BAD(({ char *wild[] = {"x", p, NULL}; syscall(SYS_execve, self_path, wild, NULL); }));
    EACH_BAD(({ char *wild[] = {p, NULL}; syscall(SYS_execve, self_path, arguments, wild); }));
    EACH_BAD(syscall(SYS_uname, p));
    EACH_BAD(syscall(SYS_sysinfo, p));
    EACH_BAD(syscall(SYS_getrlimit, RLIMIT_NOFILE, p));
    EACH_BAD(syscall(SYS_setrlimit, RLIMIT_NOFILE, p));
    EACH_BAD(syscall(SYS_prlimit64, 0, RLIMIT_NOFILE, p, NULL));
    EACH_BAD(syscall(SYS_getgroups, 65536, p) == 0 ? (errno = EFAULT, -1) : -1);
    EACH_BAD(syscall(SYS_setgroups, 3, p));
    EACH_BAD(syscall(SYS_getresuid, p, p, p));
    EACH_BAD(syscall(SYS_capget, p, NULL));
    EACH_BAD(syscall(SYS_sched_getaffinity, 0, 128, p));
    EACH_BAD(syscall(SYS_sched_setaffinity, 0, 128, p));
    EACH_BAD(syscall(SYS_sched_getparam, 0, p));
    EACH_BAD(syscall(SYS_getrandom, p, 10, 0));
    EACH_BAD(syscall(SYS_clone3, p, 88));
}

CASE(limits_are_not_changed_by_a_failed_call) {
    struct rlimit before, after;
    OK(getrlimit(RLIMIT_NOFILE, &before));
    EACH_BAD(syscall(SYS_setrlimit, RLIMIT_NOFILE, p));
    OK(getrlimit(RLIMIT_NOFILE, &after));
    CHECK_MEM(&before, &after, sizeof before);
}

/* Two pages, the second one unmapped: gives the first byte that is not there. */
static char *edge(void) {
    char *pages = OK(mmap(NULL, 2 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    OK(munmap(pages + 4096, 4096));
    return pages + 4096;
}

CASE(strings_at_the_edge_of_memory) {
    char *end = edge();
    memcpy(end - 4, "none", 4); /* no NUL before the edge */
    CHECK_ERRNO(open(end - 4, O_RDONLY), EFAULT);
    memcpy(end - 5, "none", 5);
    CHECK_ERRNO(open(end - 5, O_RDONLY), ENOENT);
    write_file("file", "", 0);
    memcpy(end - 5, "file", 5);
    OK(open(end - 5, O_RDONLY));
}

CASE(structures_at_the_edge_of_memory) {
    char *end = edge();
    struct stat *fits = (void *)(end - sizeof(struct stat)), *crosses = (void *)(end - sizeof(struct stat) + 8);
    OK(stat(".", fits));
    CHECK_ERRNO(syscall(SYS_stat, ".", crosses), EFAULT);
    struct timespec *time = (void *)(end - sizeof *time);
    OK(syscall(SYS_clock_gettime, CLOCK_MONOTONIC, time));
    CHECK_ERRNO(syscall(SYS_clock_gettime, CLOCK_MONOTONIC, (char *)time + 8), EFAULT);
    int *pair = (void *)(end - 4);
    CHECK_ERRNO(syscall(SYS_pipe, pair), EFAULT);
    OK(uname((void *)(end - sizeof(struct utsname))));
    struct iovec *vector = (void *)(end - 24); /* one and a half */
    vector[0] = (struct iovec){"x", 1};
    CHECK_ERRNO(writev(1, vector, 2), EFAULT);
}

CASE(transfers_over_the_edge_are_short) {
    char *end = edge();
    int ends[2];
    OK(pipe(ends));
    memset(end - 100, 'e', 100);
    write_file("f", "", 0);
    int fd = OK(open("f", O_RDWR));
    /* write(2) of a file stores what can be read; of a pipe too. */
    ssize_t written = write(fd, end - 100, 200);
    CHECK(written == 100 || (written == -1 && errno == EFAULT));
    static char block[8192];
    CHECK_EQ(pwrite(fd, block, 8192, 0), 8192);
    ssize_t got = pread(fd, end - 100, 200, 0);
    CHECK(got == 100 || (got == -1 && errno == EFAULT));
}

CASE(huge_counts) {
    char byte;
    int fd = OK(open("/dev/zero", O_RDWR)), null = OK(open("/dev/null", O_RDWR));
    CHECK_ERRNO(syscall(SYS_read, fd, &byte, ~0UL), EFAULT); /* the range wraps around */
    CHECK_ERRNO(syscall(SYS_read, fd, &byte, 1UL << 63), EFAULT);
    CHECK_ERRNO(syscall(SYS_write, null, &byte, 1UL << 63), EFAULT);
    CHECK_ERRNO(syscall(SYS_poll, &byte, 1U << 31, 0), EINVAL);
    CHECK_ERRNO(syscall(SYS_readv, fd, &byte, 1UL << 20), EINVAL);
    CHECK_ERRNO(syscall(SYS_setgroups, 1 << 30, &byte), EINVAL);
    CHECK_ERRNO(syscall(SYS_setgroups, -1, &byte), EINVAL);
    CHECK_ERRNO(syscall(SYS_select, INT_MIN, NULL, NULL, NULL, NULL), EINVAL);
    CHECK_ERRNO(syscall(SYS_epoll_wait, 0, &byte, INT_MAX, 0), EINVAL);
    CHECK_ERRNO(syscall(SYS_getcwd, &byte, 0), ERANGE);
    CHECK_ERRNO(syscall(SYS_setsockopt, 0, SOL_SOCKET, SO_REUSEADDR, &byte, -1), ENOTSOCK);
    CHECK_ERRNO(syscall(SYS_clone3, &byte, ~0UL), E2BIG);
    CHECK_ERRNO(syscall(SYS_mlock, 0x10000, ~0UL >> 2), ENOMEM);
}

CASE(large_read_is_capped) {
    /* read(2): at most 0x7ffff000 bytes are transferred. */
    char *memory = OK(mmap(NULL, 3UL << 30, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0));
    int null = OK(open("/dev/null", O_RDWR));
    CHECK_EQ(write(null, memory, 3UL << 30), 0x7ffff000);
}

CASE(every_call_number_with_wild_arguments) {
    /* Calls that would end, stop or change this process for good are left out. */
    static const int skipped[] = {SYS_exit, SYS_exit_group, SYS_rt_sigreturn, SYS_pause, SYS_fork, SYS_vfork, SYS_clone,
            SYS_rt_sigsuspend, SYS_kill, SYS_tkill, SYS_tgkill, SYS_setrlimit, SYS_reboot, SYS_sync, SYS_syncfs,
            SYS_munmap, SYS_arch_prctl, SYS_vhangup, SYS_sethostname, SYS_setdomainname, SYS_swapoff,
            SYS_close_range, SYS_munlockall, SYS_mlockall, SYS_brk, SYS_restart_syscall, SYS_alarm, SYS_personality,
            SYS_setuid, SYS_setgid, SYS_setreuid, SYS_setregid, SYS_setresuid, SYS_setresgid, SYS_setfsuid, SYS_setfsgid,
            SYS_iopl, SYS_ioperm, SYS_set_robust_list, SYS_set_tid_address, SYS_landlock_restrict_self, SYS_seccomp,
            SYS_unshare, SYS_rseq, SYS_prctl, SYS_ptrace, SYS_syslog, SYS_acct, SYS_quotactl, SYS_setpriority,
            SYS_umask, SYS_setsid, SYS_setpgid, SYS_getpid, SYS_nanosleep, SYS_clock_nanosleep, SYS_shutdown,
            335 /* uretprobe: only for the kernel's own trampoline */, 336 /* uprobe */};
    IN_CHILD({
        OK(setresuid(65534, 65534, 65534));
        alarm(10);
        for (int number = 0; number < 450; number++) {
            int skip = 0;
            for (size_t i = 0; i < sizeof skipped / sizeof *skipped; i++) skip |= skipped[i] == number;
            if (skip) continue;
            long result = syscall(number, -1L, 0xffff888000000000, 0x8000000000000000, -1L, 0x7ffffffff000, 8L);
            if (result < -1 && result > -4096) FAIL("call %d returned %ld", number, result);
        }
    });
}
