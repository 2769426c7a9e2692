/*
 * Wild pointers in every pointer argument of every call: what Linux answers is printed, and the
 * guest must answer the same. Each row is a call whose other arguments are fine; a string of letters
 * says what the pointers are for:
 *
 *   r  the call reads what is there          w  the call writes there
 *   s  a string                              -  no pointer
 *   R  as r, and W  as w, where Linux moves what comes before the end of the memory
 *   b  both                                  t  a timeout, without which the call waits for ever
 */
#include "../case.h"
#include <linux/capability.h>
#include <linux/futex.h>
#include <linux/sched.h>
#include <mqueue.h>
#include <netinet/in.h>
#include <sys/auxv.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/ipc.h>
#include <sys/ioctl.h>
#include <sys/msg.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/rseq.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/xattr.h>

struct row {
    const char *name;
    int number;
    const char *kinds;
    long arguments[6];
};

static char *good, *nothing, *edge, *constant;
static int file, directory, reader, writer, datagrams[2], epoll, timer, notify, listener, message_queue;
/* Whether answers are kept back, since they may differ. */
static int is_quiet;

static int segment, semaphores, messages, queue, self;

/* Descriptors, and zeros for structures; a good structure of zeros mostly is a fine argument. */
static void prepare(void) {
    int flags = MAP_PRIVATE | MAP_ANONYMOUS, ends[2];
    good = OK(mmap(NULL, 65536, PROT_READ | PROT_WRITE, flags, -1, 0));
    nothing = OK(mmap(NULL, 4096, PROT_NONE, flags, -1, 0));
    constant = OK(mmap(NULL, 4096, PROT_READ, flags, -1, 0));
    edge = OK(mmap(NULL, 8192, PROT_READ | PROT_WRITE, flags, -1, 0));
    memset(edge, 'e', 4096);
    OK(munmap(edge + 4096, 4096));
    edge += 4095;
    write_file("file", "0123456789abcdef", 16);
    OK(symlink("file", "link"));
    OK(mkdir("directory", 0755));
    file = OK(open("file", O_RDWR));
    OK(fsetxattr(file, "user.present", "here", 4, 0));
    directory = OK(open(".", O_RDONLY | O_DIRECTORY));
    OK(pipe2(ends, O_NONBLOCK));
    reader = ends[0], writer = ends[1];
    CHECK_EQ(write(writer, "pipe", 4), 4);
    OK(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, datagrams));
    for (int i = 0; i < 4; i++) CHECK_EQ(write(datagrams[1], "datagram", 8), 8);
    epoll = OK(epoll_create1(0));
    OK(epoll_ctl(epoll, EPOLL_CTL_ADD, writer, &(struct epoll_event){.events = EPOLLOUT}));
    timer = OK(timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK));
    notify = OK(inotify_init1(IN_NONBLOCK));
    listener = OK(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
    OK(listen(listener, 1));
    struct sockaddr_in address;
    OK(getsockname(listener, (void *)&address, &(socklen_t){sizeof address}));
    int client = OK(socket(AF_INET, SOCK_STREAM, 0));
    OK(connect(client, (void *)&address, sizeof address));
    queue = OK(mq_open("/wild", O_CREAT | O_RDWR | O_NONBLOCK, 0600, &(struct mq_attr){.mq_maxmsg = 8, .mq_msgsize = 8192}));
    OK(mq_unlink("/wild"));
    OK(mq_send(queue, "queued", 6, 0));
    self = OK(syscall(SYS_pidfd_open, getpid(), 0));
    segment = OK(shmget(IPC_PRIVATE, 4096, 0600));
    semaphores = OK(semget(IPC_PRIVATE, 2, 0600));
    messages = OK(msgget(IPC_PRIVATE, 0600));
    OK(msgsnd(messages, &(struct { long type; char text[8]; }){1, "message"}, 8, 0));
}

static void forget(void) {
    shmctl(segment, IPC_RMID, NULL);
    semctl(semaphores, 0, IPC_RMID);
    msgctl(messages, IPC_RMID, NULL);
}

static const char *outcome(long result) { return result == -1 ? strerrorname_np(errno) : "ok"; }

static void attempt(const struct row *row) {
    for (int i = 0; row->kinds[i]; i++) {
        char kind = row->kinds[i];
        if (kind == '-') continue;
        struct { const char *name; void *pointer; } wild[] = {
            {"null", NULL},
            {"low", (void *)8},
            {"unmapped", (void *)0x2000000000},
            {"none", nothing},
            {"edge", edge},
            {"top", (void *)0x7ffffffff000},
            {"hole", (void *)0x800000000000},
            {"kernel", (void *)0xffff888000000000},
            {"last", (void *)-8L},
            {"read-only", kind == 'w' || kind == 'W' ? constant : NULL},
            {"vdso", kind == 'w' || kind == 'W' ? (void *)getauxval(AT_SYSINFO_EHDR) : NULL},
        };
        char line[512];
        int length = snprintf(line, sizeof line, "%s/%d:", row->name, i + 1);
        const char *before = "";
        for (size_t w = 0; w < sizeof wild / sizeof *wild; w++) {
            if (wild[w].pointer == NULL && (w > 0 || kind == 't')) continue;
            if (wild[w].pointer == edge && (kind == 'R' || kind == 'W')) continue;
            long a[6];
            memcpy(a, row->arguments, sizeof a);
            a[i] = (long)wild[w].pointer;
            errno = 0;
            const char *now = outcome(syscall(row->number, a[0], a[1], a[2], a[3], a[4], a[5]));
            if (now != before) length += snprintf(line + length, sizeof line - length, " %s=%s", wild[w].name, now);
            before = now;
        }
        line[length++] = '\n';
        if (is_quiet) continue;
        CHECK_EQ(write(1, line, length), length);
    }
}

static void attempt_all(const struct row *rows, int count) {
    for (int i = 0; i < count; i++) {
        pid_t child = SPAWN({
            alarm(8);
            /* Timer 0 of this process, for the calls that take one. */
            OK(timer_create(CLOCK_MONOTONIC, &(struct sigevent){.sigev_notify = SIGEV_NONE}, &(timer_t){0}));
            attempt(&rows[i]);
        });
        int status = wait_status(child);
        if (status != 0) dprintf(1, "%s: child ended with 0x%x\n", rows[i].name, status);
    }
    forget();
}

#define CALL(name, kinds, ...) {#name, SYS_##name, kinds, {__VA_ARGS__}}
#define G ((long)good)
#define RUN(...)                                                        \
    do {                                                                \
        prepare();                                                      \
        struct row rows[] = {__VA_ARGS__};                              \
        attempt_all(rows, sizeof rows / sizeof *rows);                  \
    } while (0)

CASE(paths) {
    long f = (long)"file", d = (long)"directory";
    RUN(CALL(open, "s", 0, O_RDONLY), CALL(stat, "sw", f, G), CALL(lstat, "sw", f, G), CALL(access, "s"),
        CALL(chdir, "s"), CALL(mkdir, "s", 0, 0700), CALL(rmdir, "s"), CALL(creat, "s", 0, 0600), CALL(unlink, "s"),
        CALL(rename, "ss", f, (long)"new"), CALL(link, "ss", f, (long)"other"), CALL(symlink, "ss", f, (long)"symbolic"),
        CALL(readlink, "sw-", (long)"link", G, 100), CALL(chmod, "s", 0, 0600), CALL(chown, "s", 0, -1, -1),
        CALL(lchown, "s", 0, -1, -1), CALL(truncate, "s", 0, 5), CALL(utime, "sr", f, G), CALL(utimes, "sr", f, G),
        CALL(mknod, "s", 0, S_IFREG | 0600), CALL(chroot, "s"), CALL(statfs, "sw", f, G),
        CALL(openat, "-s", AT_FDCWD), CALL(mkdirat, "-s", AT_FDCWD, 0, 0700), CALL(mknodat, "-s", AT_FDCWD, 0, S_IFREG),
        CALL(futimesat, "-sr", AT_FDCWD, f, G), CALL(newfstatat, "-sw", AT_FDCWD, f, G),
        CALL(unlinkat, "-s", AT_FDCWD), CALL(renameat, "-s-s", AT_FDCWD, f, AT_FDCWD, (long)"new"),
        CALL(linkat, "-s-s", AT_FDCWD, f, AT_FDCWD, (long)"other2"), CALL(symlinkat, "s-s", f, AT_FDCWD, (long)"symbolic2"),
        CALL(readlinkat, "-sw-", AT_FDCWD, (long)"link", G, 100), CALL(fchmodat, "-s", AT_FDCWD, 0, 0600),
        CALL(fchownat, "-s", AT_FDCWD, 0, -1, -1), CALL(faccessat, "-s", AT_FDCWD), CALL(utimensat, "-sr", AT_FDCWD, f, G),
        CALL(statx, "-s--w", AT_FDCWD, f, 0, 0x7ff, G), CALL(renameat2, "-s-s", AT_FDCWD, d, AT_FDCWD, (long)"new", 1),
        {"openat2", 437, "-sr", {AT_FDCWD, f, G, 24}}, {"faccessat2", 439, "-s", {AT_FDCWD}}, {"fchmodat2", 452, "-s", {AT_FDCWD, 0, 0600}});
}

/* Calls that take addresses for what they are, where the layout of memory decides what comes of it. */
CASE(addresses) {
    is_quiet = 1;
    RUN(CALL(migrate_pages, "--rr", 0, 64, G, G + 64),
        CALL(mmap, "r", 0, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1), CALL(mprotect, "r", 0, 4096, PROT_READ),
        CALL(madvise, "r", 0, 4096, MADV_NORMAL), CALL(mlock, "r", 0, 4096), CALL(mlock2, "r", 0, 4096, 0), CALL(munlock, "r", 0, 4096),
        CALL(msync, "r", 0, 4096, MS_ASYNC), CALL(mremap, "r---r", G, 4096, 4096, MREMAP_MAYMOVE | MREMAP_FIXED),
        CALL(shmat, "-t", segment, 0, 0), CALL(shmdt, "r"), CALL(brk, "r"), CALL(set_robust_list, "r", 0, 24),
        CALL(set_tid_address, "r"), CALL(munmap, "r", 0, 4096),
        CALL(mmap, "t", 0, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1));
}

CASE(transfers) {
    RUN(CALL(read, "-W", file, G, 5), CALL(write, "-R", file, G, 5), CALL(pread64, "-W", file, G, 5),
        CALL(pwrite64, "-R", file, G, 5), CALL(readv, "-r", file, G, 1), CALL(writev, "-r", file, G, 1),
        CALL(preadv, "-r", file, G, 1), CALL(pwritev, "-r", file, G, 1), CALL(preadv2, "-r", file, G, 1),
        CALL(pwritev2, "-r", file, G, 1), CALL(sendfile, "--b", writer, file, G, 3),
        CALL(splice, "-b", file, G, writer, 0, 3), CALL(vmsplice, "-r", writer, G, 1),
        CALL(copy_file_range, "-b-b", file, G, file, G + 64, 3), CALL(read, "-w", reader, G, 4),
        CALL(write, "-r", writer, G, 4), CALL(getdents, "-w", directory, G, 4096), CALL(getdents64, "-w", directory, G, 4096),
        CALL(getcwd, "w", G, 4096), CALL(fstat, "-w", file, G), CALL(fstatfs, "-w", file, G),
        CALL(getrandom, "w", G, 16), CALL(memfd_create, "s"));
}

CASE(attributes) {
    long f = (long)"file", n = (long)"user.name", p = (long)"user.present";
    RUN(CALL(setxattr, "ssr", f, n, G, 4), CALL(lsetxattr, "ssr", f, n, G, 4), CALL(fsetxattr, "-sr", file, n, G, 4),
        CALL(getxattr, "ssw", f, p, G, 4), CALL(listxattr, "sw", f, G, 4096), CALL(removexattr, "ss", f, n),
        CALL(lgetxattr, "ssw", f, p, G, 4), CALL(fgetxattr, "-sw", file, p, G, 4), CALL(llistxattr, "sw", f, G, 4096),
        CALL(flistxattr, "-w", file, G, 4096), CALL(lremovexattr, "ss", f, n), CALL(fremovexattr, "-s", file, n));
}

CASE(polling) {
    RUN(CALL(poll, "w", G, 1, 0), CALL(ppoll, "-rr", 0, G, G, 8), CALL(select, "-bbbt", 5, G, G + 128, G + 256, G + 384),
        CALL(pselect6, "-bbbtr", 5, G, G + 128, G + 256, G + 384, 0), CALL(epoll_ctl, "---r", epoll, EPOLL_CTL_MOD, writer, G),
        CALL(epoll_wait, "-w", epoll, G, 1, 0), CALL(epoll_pwait, "-w--r", epoll, G, 1, 0, G, 8),
        {"epoll_pwait2", 441, "-w-rr", {epoll, G, 1, G, G + 64, 8}}, CALL(inotify_add_watch, "-s", notify, 0, IN_CREATE),
        CALL(signalfd, "-r", -1, G, 8), CALL(signalfd4, "-r", -1, G, 8), CALL(timerfd_settime, "--rw", timer, 0, G, G + 64),
        CALL(timerfd_gettime, "-w", timer, G), CALL(pipe, "w", G), CALL(pipe2, "w", G));
}

CASE(signals) {
    RUN(CALL(rt_sigaction, "-rw-", SIGUSR1, G, G + 64, 8), CALL(rt_sigprocmask, "-rw-", SIG_BLOCK, G, G + 64, 8),
        CALL(rt_sigpending, "w", G, 8), CALL(rt_sigtimedwait, "rwt", G, G + 64, G + 256, 8),
        CALL(rt_sigqueueinfo, "--r", 1, 0, G), CALL(rt_tgsigqueueinfo, "---r", 1, 1, 0, G), CALL(sigaltstack, "rw", G, G + 64),
        CALL(rt_sigsuspend, "r", G, 7), {"pidfd_send_signal", 424, "--r", {self, 0, G}});
}

CASE(time) {
    RUN(CALL(gettimeofday, "ww", G, G + 64), CALL(time, "w", G), CALL(nanosleep, "rw", G, G + 64),
        CALL(clock_gettime, "-w", 1, G), CALL(clock_getres, "-w", 1, G), CALL(clock_nanosleep, "--rw", 1, 0, G, G + 64),
        CALL(getitimer, "-w", 0, G), CALL(setitimer, "-rw", 0, G, G + 64), CALL(timer_create, "-rw", 1, 0, G),
        CALL(timer_settime, "--rw", 0, 0, G, G + 64), CALL(timer_gettime, "-w", 0, G),
        CALL(adjtimex, "b", G), CALL(clock_adjtime, "-b", 0, G), CALL(clock_settime, "-r", 0, G),
        CALL(settimeofday, "t", G, 0), CALL(times, "w", G), CALL(getcpu, "ww", G, G + 8), CALL(getrusage, "-w", 0, G));
}

CASE(sockets) {
    RUN(CALL(socketpair, "---w", AF_UNIX, SOCK_STREAM, 0, G), CALL(bind, "-r", listener, G, 16),
        CALL(connect, "-r", listener, G, 16), CALL(accept, "-ww", listener, G, G + 512),
        CALL(accept4, "-ww", listener, G, G + 512), CALL(getsockname, "-ww", listener, G, (long)&(int){16}),
        CALL(getpeername, "-ww", datagrams[0], G, (long)&(int){16}), CALL(sendto, "-r--r", datagrams[0], G, 4, 0, 0, 110),
        CALL(recvfrom, "-w--ww", datagrams[0], G, 4, MSG_PEEK, G + 512, (long)&(int){110}), CALL(sendmsg, "-r", datagrams[0], G),
        CALL(recvmsg, "-w", datagrams[0], G, MSG_PEEK), CALL(sendmmsg, "-r", datagrams[0], G, 1),
        CALL(recvmmsg, "-w--r", datagrams[0], G, 1, MSG_PEEK, G + 1024),
        CALL(setsockopt, "---r", listener, SOL_SOCKET, SO_KEEPALIVE, G, 4),
        CALL(getsockopt, "---ww", listener, SOL_SOCKET, SO_TYPE, G, (long)&(int){4}));
}

CASE(processes) {
    long arguments = (long)(char *[]){"x", NULL};
    RUN(CALL(execve, "s", (long)"/none", arguments, arguments), CALL(execveat, "-s", AT_FDCWD, (long)"/none", arguments, arguments),
        CALL(wait4, "-w-w", -1, G, WNOHANG, G + 64), CALL(waitid, "--w-w", P_ALL, 0, G, WEXITED | WNOHANG, G + 256),
        CALL(uname, "w", G), CALL(sysinfo, "w", G), CALL(getrlimit, "-w", RLIMIT_CORE, G), CALL(setrlimit, "-r", RLIMIT_CORE, G),
        CALL(prlimit64, "--rw", 0, RLIMIT_CORE, G, G + 64), CALL(getgroups, "-w", 100, G), CALL(setgroups, "-r", 2, G),
        CALL(getresuid, "www", G, G + 8, G + 16), CALL(getresgid, "www", G, G + 8, G + 16),
        CALL(capget, "rw", G, G + 64), CALL(capset, "rr", G, G + 64), CALL(sched_setparam, "-r", 0, G),
        CALL(sched_getparam, "-w", 0, G), CALL(sched_setscheduler, "--r", 0, 0, G), CALL(sched_rr_get_interval, "-w", 0, G),
        CALL(sched_setaffinity, "--r", 0, 128, G), CALL(sched_getaffinity, "--w", 0, 128, G),
        CALL(sched_setattr, "-r", 0, G), CALL(sched_getattr, "-w-", 0, G, 48), CALL(get_robust_list, "-ww", 0, G, G + 8),
        {"clone3", 435, "r", {G, 64}}, CALL(get_mempolicy, "ww-", G, G + 64, 64), CALL(set_mempolicy, "-r", 2, G, 64),
        CALL(process_vm_readv, "-r-r", getpid(), G, 1, G + 64, 1), CALL(process_vm_writev, "-r-r", getpid(), G, 1, G + 64, 1));
}

/* Not in a child each: a thread's tracer alone may ask. */
CASE(tracing) {
    prepare();
    pid_t t = SPAWN({
        OK(ptrace(PTRACE_TRACEME, 0, 0, 0));
        raise(SIGSTOP);
    });
    int status;
    CHECK_EQ(waitpid(t, &status, 0), t);
    CHECK(WIFSTOPPED(status));
    struct row rows[] = {
        CALL(ptrace, "--rw", PTRACE_PEEKDATA, t, G, G), CALL(ptrace, "--w", PTRACE_POKEDATA, t, G, 0),
        CALL(ptrace, "---w", PTRACE_PEEKUSER, t, 0, G), CALL(ptrace, "---w", PTRACE_GETREGS, t, 0, G),
        CALL(ptrace, "---r", PTRACE_SETREGS, t, 0, G), CALL(ptrace, "---w", PTRACE_GETFPREGS, t, 0, G),
        CALL(ptrace, "---r", PTRACE_SETFPREGS, t, 0, G), CALL(ptrace, "---b", PTRACE_GETREGSET, t, 1, G),
        CALL(ptrace, "---b", PTRACE_SETREGSET, t, 1, G), CALL(ptrace, "---w", PTRACE_GETEVENTMSG, t, 0, G),
        CALL(ptrace, "---w", PTRACE_GETSIGINFO, t, 0, G), CALL(ptrace, "---r", PTRACE_SETSIGINFO, t, 0, G),
        CALL(ptrace, "--r-", PTRACE_PEEKSIGINFO, t, G, G), CALL(ptrace, "---w", PTRACE_GETSIGMASK, t, 8, G),
        CALL(ptrace, "---r", PTRACE_SETSIGMASK, t, 8, G), CALL(ptrace, "---w", PTRACE_GET_SYSCALL_INFO, t, 88, G)};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) attempt(&rows[i]);
    OK(kill(t, SIGKILL));
    CHECK_EQ(waitpid(t, &status, 0), t);
    forget();
}

CASE(process_settings) {
    RUN(CALL(prctl, "-s", PR_SET_NAME), CALL(prctl, "-w", PR_GET_NAME, G), CALL(prctl, "-w", PR_GET_PDEATHSIG, G),
        CALL(prctl, "-w", PR_GET_CHILD_SUBREAPER, G), CALL(prctl, "-w", PR_GET_TID_ADDRESS, G),
        CALL(arch_prctl, "-w", 0x1003, G), CALL(arch_prctl, "-w", 0x1004, G), CALL(seccomp, "--r", 1, 0, G),
        CALL(seccomp, "--r", 2, 0, G));
}

CASE(memory) {
    RUN(CALL(mincore, "--w", G, 4096, G), CALL(shmctl, "--w", segment, IPC_STAT, G), CALL(shmctl, "--r", segment, IPC_SET, G),
        CALL(semctl, "---w", semaphores, 0, IPC_STAT, G), CALL(semctl, "---w", semaphores, 0, GETALL, G),
        CALL(semctl, "---r", semaphores, 0, SETALL, G), CALL(semop, "-r", semaphores, G, 1),
        CALL(semtimedop, "-r-r", semaphores, G, 1, G + 64), CALL(msgctl, "--w", messages, IPC_STAT, G),
        CALL(msgsnd, "-r", messages, G, 8, IPC_NOWAIT), CALL(msgrcv, "-w", messages, G, 8, 2, IPC_NOWAIT),
        CALL(mq_open, "s", 0, O_CREAT | O_RDWR, 0600), CALL(mq_unlink, "s"),
        CALL(mq_timedsend, "-r--r", queue, G, 1, 0, G + 64), CALL(mq_timedreceive, "-w-wr", queue, G, 8192, G + 8192, G + 8256),
        CALL(mq_notify, "-r", queue, G), CALL(mq_getsetattr, "-rw", queue, G, G + 64),
        CALL(mbind, "---r", G, 4096, 0, G, 64),
        CALL(move_pages, "--rrw", 0, 1, G, G + 64, G + 128));
}

/* Without the area that libc has registered, or all others were refused. One that can be read and
 * not written ends the process. */
CASE(restartable_sequences) {
    OK(syscall(SYS_rseq, (char *)__builtin_thread_pointer() + __rseq_offset, 32, 1, RSEQ_SIG));
    RUN(CALL(rseq, "r", G, 32, 0, 1), CALL(rseq, "w", G, 32, 0, 1));
}

CASE(futexes) {
    RUN(CALL(futex, "r", G, FUTEX_WAIT, 1), CALL(futex, "r", G, FUTEX_WAKE, 1), CALL(futex, "---t", G, FUTEX_WAIT, 0, (long)&(struct timespec){0}),
        CALL(futex, "r---r", G, FUTEX_REQUEUE, 1, 1, G + 64), CALL(futex, "r---r", G, FUTEX_CMP_REQUEUE, 1, 1, G + 64),
        CALL(futex, "r---w", G, FUTEX_WAKE_OP, 1, 1, G + 64));
}

CASE(file_controls) {
    RUN(CALL(fcntl, "--b", file, F_GETLK, G), CALL(fcntl, "--r", file, F_SETLK, G), CALL(fcntl, "--b", file, F_OFD_GETLK, G),
        CALL(fcntl, "--w", file, F_GETOWN_EX, G), CALL(fcntl, "--r", file, F_SETOWN_EX, G),
        CALL(ioctl, "--w", reader, FIONREAD, G), CALL(ioctl, "--r", reader, FIONBIO, G), CALL(ioctl, "--r", reader, FIOASYNC, G),
        CALL(ioctl, "--w", listener, SIOCATMARK, G));
}

/* Calls that kernels of this age differ in: what comes of them is not compared. */
CASE(newer_calls) {
    is_quiet = 1;
    long mapped = self; /* any descriptor of a process */
    RUN({"io_setup", 206, "-w", {1, G}}, {"io_destroy", 207, "r"}, {"io_getevents", 208, "r--wr", {G, 0, 1, G + 64, G + 256}},
        {"io_submit", 209, "r-r", {G, 1, G + 64}}, {"io_cancel", 210, "rrw", {G, G + 64, G + 256}},
        {"io_pgetevents", 333, "r--wrr", {G, 0, 1, G + 64, G + 256, G + 512}},
        {"remap_file_pages", 216, "r", {0, 4096, 0, 0, 0}}, {"pkey_mprotect", 329, "r", {0, 4096, 1, -1}},
        {"process_madvise", 440, "-r", {mapped, G, 1, MADV_COLD, 0}}, {"futex_waitv", 449, "r--t", {G, 1, 0, G + 64, 1}},
        {"cachestat", 451, "-rw", {file, G, G + 64, 0}}, {"futex_wake", 454, "r", {0, -1, 1, 2}},
        {"futex_wait", 455, "r---t", {G, 1, -1, 2, G + 64, 1}}, {"futex_requeue", 456, "r", {0, 0, 1, 1}},
        {"mseal", 462, "r", {0, 4096, 1}}, {"name_to_handle_at", 303, "-rbw", {AT_FDCWD, G, G + 64, G + 256, 0}});
}

CASE(addresses_all_over_the_upper_half) {
    /* The processor's tables, the entry stubs: nothing there is the program's to name. */
    int fd = OK(open("/dev/zero", O_RDWR));
    for (uint64_t address = 0xffff800000000000; address >= 0xffff800000000000; address += 1UL << 37) {
        CHECK_ERRNO(read(fd, (void *)address, 8), EFAULT);
        CHECK_ERRNO(open((void *)address, O_RDONLY), EFAULT);
    }
    for (uint64_t address = -(1UL << 31); address != 0; address += 1UL << 20) CHECK_ERRNO(read(fd, (void *)address, 8), EFAULT);
}
