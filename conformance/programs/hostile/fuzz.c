/*
 * Calls system calls with random and hostile arguments, in children that are replaced when they
 * die. Only for a guest: as root on a host it would do what it says.
 *
 *   fuzz SEED MILLISECONDS      prints the seed, runs, prints what was done, exits 0
 *
 * Without arguments it lists no cases, so that the suite finds none here; a test of its own runs
 * it in an instance with LITTLECLOUD_GUEST=1.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { CALLS_PER_CHILD = 1000, CHILD_SECONDS = 3, CHILDREN_AT_ONCE = 3, HIGHEST_CALL = 460 };

static uint64_t state;

/* xorshift64*, so that a seed means the same run everywhere. */
static uint64_t next(void) {
    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;
    return state * 2685821657736338717ULL;
}

static uint64_t below(uint64_t bound) { return next() % bound; }

static int64_t now_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

/*
 * What was done, in memory that the children share: calls by number, random ones first, then aimed
 * ones by kind. The last entries are for numbers that are none.
 */
enum { AIMED_KINDS = 7 };
struct counts {
    uint32_t random[HIGHEST_CALL + 1], aimed[AIMED_KINDS], succeeded[HIGHEST_CALL + 1];
    int32_t last[CHILDREN_AT_ONCE]; /* what a child does now: a call's number, or -1 - an aimed kind */
};
static struct counts *counts;

static int place; /* of this child */

static char *writable, *readable, *forbidden, *edge;
static int descriptors[32], descriptor_count;

static void keep(int fd) {
    if (fd >= 0 && descriptor_count < 32) descriptors[descriptor_count++] = fd;
}

/* One of each kind of memory and descriptor for the calls to trip over. */
static void prepare(void) {
    int flags = MAP_PRIVATE | MAP_ANONYMOUS;
    writable = mmap(NULL, 1 << 16, PROT_READ | PROT_WRITE, flags, -1, 0);
    readable = mmap(NULL, 1 << 16, PROT_READ, flags, -1, 0);
    forbidden = mmap(NULL, 1 << 16, PROT_NONE, flags, -1, 0);
    edge = mmap(NULL, 2 << 12, PROT_READ | PROT_WRITE, flags, -1, 0);
    munmap(edge + 4096, 4096);
    int pair[2];
    if (pipe(pair) == 0) keep(pair[0]), keep(pair[1]);
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0) keep(pair[0]), keep(pair[1]);
    if (socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) == 0) keep(pair[0]), keep(pair[1]);
    keep(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
    keep(socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0));
    keep(socket(AF_INET6, SOCK_STREAM | SOCK_NONBLOCK, 0));
    keep(epoll_create1(0));
    keep(eventfd(0, EFD_NONBLOCK));
    keep(socket(16 /* AF_NETLINK */, SOCK_RAW | SOCK_NONBLOCK, 0));
    keep(syscall(SYS_timerfd_create, CLOCK_MONOTONIC, 0));
    keep(syscall(SYS_memfd_create, "fuzz", 0));
    keep(syscall(SYS_inotify_init1, 0));
    keep(open("/dev/null", O_RDWR));
    keep(open("/dev/zero", O_RDWR));
    keep(open("/dev/urandom", O_RDWR));
    keep(open("/dev/ptmx", O_RDWR | O_NOCTTY));
    keep(open("/proc/self/maps", O_RDONLY));
    keep(open("/proc", O_RDONLY | O_DIRECTORY));
    keep(open(".", O_RDONLY | O_DIRECTORY));
    keep(open("fuzz-file", O_RDWR | O_CREAT, 0600));
    keep(open("fuzz-file", O_PATH));
}

static uint64_t pointer(void) {
    static const char *const paths[] = {"fuzz-file", ".", "/", "/proc/self/exe", "/dev/null", "fuzz-dir", "fuzz-dir/x",
            "", "none", "/proc/self/fd/0", "fuzz-link"};
    switch (below(16)) {
    case 0: return 0;
    case 1: return next();
    case 2: return 0xffff800000000000 | next() >> 17;
    case 3: return 0x800000000000 + below(4096);
    case 4: return 0x7ffffffff000 - below(16);
    case 5: return (uint64_t)forbidden + below(1 << 16);
    case 6: return (uint64_t)readable + below(1 << 16);
    case 7: return (uint64_t)edge + 4096 - below(64);
    case 8: return below(4096);
    case 9: case 10: return (uint64_t)paths[below(sizeof paths / sizeof *paths)];
    default: {
        /* A buffer of random words, small ones mostly, so that structures pass the first checks. */
        uint64_t *words = (uint64_t *)(writable + below(1 << 12) * 8);
        for (int i = 0; i < 16; i++) words[i] = below(3) == 0 ? next() : below(3) == 0 ? (uint64_t)writable + below(1 << 15) : below(64);
        return (uint64_t)words;
    }
    }
}

static uint64_t argument(void) {
    static const uint64_t edges[] = {0, 1, 2, 7, 8, 16, 63, 64, 4095, 4096, 65536, 1 << 20, 0x7fffffff, 0x80000000,
            0xffffffff, 0x100000000, 0x7fffffffffffffff, 0x8000000000000000, -1UL, -2UL, -100UL, -4096UL};
    switch (below(6)) {
    case 0: return edges[below(sizeof edges / sizeof *edges)];
    case 1: return below(256);
    case 2: return descriptors[below(descriptor_count)];
    case 3: return 1UL << below(64);
    default: return pointer();
    }
}

/*
 * Half of the calls are random throughout; the others go where random numbers seldom get: requests and
 * options that exist, of the descriptor they are for or of another, messages of netlink, addresses.
 */
static void aimed(void) {
    static const unsigned requests[] = {0x5401, 0x5402, 0x5403, 0x5404, 0x5405, 0x5408, 0x5409, 0x540a, 0x540b, 0x540e,
            0x540f, 0x5410, 0x5411, 0x5412, 0x5413, 0x5414, 0x541b, 0x5420, 0x5421, 0x5422, 0x5423, 0x5424, 0x5429, 0x5430,
            0x5431, 0x5432, 0x5437, 0x5450, 0x5451, 0x5452, 0x5457, 0x80045430, 0x40045431, 0x80045432, 0x8905, 0x8906,
            0x8910, 0x8912, 0x8913, 0x8915, 0x891b, 0x8921, 0x8927, 0x8933, 0x8938, 0x8942, 0x8946, 0x890b, 0x890c};
    static const int levels[] = {SOL_SOCKET, 0, 6, 17, 41, 270};
    uint64_t fd = descriptors[below(descriptor_count)];
    unsigned lengths[] = {0, 1, 3, 4, 5, 8, 12, 16, 20, 28, 64, 110, 128, 4096, 65536, 0x7fffffff, 0xffffffff};
    unsigned length = lengths[below(sizeof lengths / sizeof *lengths)];
    char *buffer = writable + below(1 << 12) * 8;
    for (int i = 0; i < 128; i++) buffer[i] = below(2) ? 0 : next();
    unsigned kind = below(AIMED_KINDS);
    __atomic_fetch_add(&counts->aimed[kind], 1, __ATOMIC_RELAXED);
    counts->last[place] = -1 - (int)kind;
    switch (kind) {
    case 0:
        syscall(SYS_ioctl, fd, requests[below(sizeof requests / sizeof *requests)], below(4) ? (uint64_t)buffer : pointer());
        break;
    case 1:
        syscall(SYS_setsockopt, fd, levels[below(6)], below(80), below(4) ? (uint64_t)buffer : pointer(), length);
        break;
    case 2:
        *(unsigned *)writable = length;
        syscall(SYS_getsockopt, fd, levels[below(6)], below(80), below(4) ? (uint64_t)buffer : pointer(), writable);
        break;
    case 3: {
        /* A header of netlink, with a length that fits or does not, and any type. */
        int netlink = syscall(SYS_socket, 16, SOCK_RAW | SOCK_NONBLOCK, below(20) ? 0 : below(32));
        uint32_t *header = (uint32_t *)buffer;
        header[0] = below(2) ? 16 + below(100) : (uint32_t)next();
        header[1] = 16 + below(90) | (below(4) ? 0x0301 : below(65536)) << 16;
        syscall(SYS_sendto, netlink, buffer, 16 + below(100), 0, 0, 0);
        syscall(SYS_recvfrom, netlink, writable, length & 0xffff, MSG_DONTWAIT, 0, 0);
        syscall(SYS_close, netlink);
        break;
    }
    case 4:
        *(uint16_t *)buffer = below(2) ? below(4) * 5 : next();
        syscall(below(2) ? SYS_bind : SYS_connect, fd, buffer, length);
        break;
    case 5: {
        /* A control message of any level, type and length. */
        uint64_t *control = (uint64_t *)buffer, message[7] = {0};
        control[0] = below(2) ? 16 + below(64) : next();
        control[1] = levels[below(6)] | below(16) << 32;
        uint64_t part[2] = {(uint64_t)writable, below(4096)};
        message[2] = (uint64_t)part, message[3] = 1, message[4] = (uint64_t)buffer, message[5] = below(2) ? 24 : below(200);
        syscall(below(2) ? SYS_sendmsg : SYS_recvmsg, fd, message, MSG_DONTWAIT);
        break;
    }
    default: {
        static const char *const files[] = {"/proc/self/mem", "/proc/self/maps", "/proc/self/oom_score_adj", "/proc/self/comm",
                "/proc/sys/kernel/hostname", "/proc/self/clear_refs", "/proc/self/pagemap", "/proc/self/uid_map",
                "/proc/self/loginuid", "/proc/self/coredump_filter", "/proc/self/timerslack_ns", "/proc/self/limits",
                "/proc/net/tcp", "/proc/self/fdinfo/5", "/proc/self/task", "/proc/self/environ", "/proc/self/auxv",
                "/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/cpu.max", "/sys/fs/cgroup/cgroup.procs", "/dev/pts", "/dev/full",
                "/proc/self/smaps", "/proc/self/stat", "/proc/meminfo", "/proc/self/cwd/../fd", "/proc/self/attr/current"};
        int file = syscall(SYS_open, files[below(sizeof files / sizeof *files)], below(3) | O_NONBLOCK);
        syscall(SYS_lseek, file, below(2) ? below(1 << 13) : next(), below(5));
        syscall(below(2) ? SYS_read : SYS_write, file, pointer(), length);
        syscall(below(2) ? SYS_pread64 : SYS_pwrite64, file, buffer, length, below(2) ? below(1 << 13) : next());
        syscall(SYS_mmap, 0, 4096 << below(3), below(8), 1 + below(2), file, below(4) * 4096);
        syscall(SYS_ioctl, file, requests[below(sizeof requests / sizeof *requests)], buffer);
        syscall(SYS_close, file);
    }
    }
}

/* Calls that would only end the child, hang it on purpose or lose its standard streams. */
static int useless(long number) {
    switch (number) {
    case SYS_exit: case SYS_exit_group: case SYS_pause: case SYS_rt_sigsuspend: case SYS_rt_sigreturn:
    case SYS_vfork: case SYS_reboot: case SYS_kill: case SYS_tkill: case SYS_tgkill: case SYS_rt_sigqueueinfo:
    case SYS_rt_tgsigqueueinfo: case SYS_pidfd_send_signal:
        return 1;
    default:
        return 0;
    }
}

/*
 * Calls after which most children would not call much more: they are made seldom, so that a child
 * sees many others first.
 */
static int deadly(long number) {
    switch (number) {
    case SYS_execve: case SYS_execveat: case SYS_alarm: case SYS_setitimer: case SYS_timer_create: case SYS_prctl:
    case SYS_arch_prctl: case SYS_seccomp: case SYS_setrlimit: case SYS_prlimit64: case SYS_rt_sigprocmask:
    case SYS_rt_sigaction: case SYS_sigaltstack: case SYS_close_range: case SYS_chroot: case SYS_munmap:
    case SYS_mremap: case SYS_brk: case SYS_remap_file_pages: case SYS_clone: case SYS_clone3: case SYS_fork:
    case SYS_unshare: case SYS_set_robust_list: case SYS_set_tid_address: case SYS_rseq:
    case SYS_ppoll: case SYS_pselect6: case SYS_epoll_pwait: case SYS_epoll_pwait2: case SYS_rt_sigtimedwait:
    case SYS_io_pgetevents: case SYS_signalfd: case SYS_signalfd4: case SYS_ptrace: case SYS_process_vm_writev: case SYS_sched_setaffinity: case SYS_setpriority:
        return 1;
    default:
        return 0;
    }
}

/*
 * Whether a range is the program's own: its code, its data, its stack, what it counts in. Calls that
 * change memory seldom get such a range, or the child would end with nothing learnt.
 */
static int is_own(uint64_t start, uint64_t length) {
    extern char __executable_start, _end;
    uint64_t here = (uint64_t)&here, end = length > 1UL << 47 ? UINT64_MAX : start + length + 4096;
    uint64_t own[][2] = {
            {(uint64_t)&__executable_start, (uint64_t)&_end},
            {here - (256 << 10), here + (256 << 10)},
            {(uint64_t)counts, (uint64_t)counts + sizeof *counts},
            {(uint64_t)writable, (uint64_t)writable + (1 << 16)},
    };
    for (unsigned i = 0; i < sizeof own / sizeof *own; i++)
        if (start < own[i][1] && end > own[i][0]) return 1;
    return 0;
}

static int changes_memory(long number) {
    return number == SYS_mmap || number == SYS_munmap || number == SYS_mprotect || number == SYS_mremap
            || number == SYS_madvise || number == SYS_shmat || number == SYS_pkey_mprotect;
}

static void interrupt(int number) { (void)number; }

static void child(void) {
    struct rlimit processes = {200, 200};
    setrlimit(RLIMIT_NPROC, &processes);
    /* Ends what blocks; some call may well switch it off, then the parent ends the child. */
    struct sigaction action = {.sa_handler = interrupt};
    sigaction(SIGALRM, &action, NULL);
    for (int number = 32; number < 65; number++) sigaction(number, &action, NULL);
    signal(SIGIO, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
    struct itimerval often = {{0, 20000}, {0, 20000}};
    setitimer(ITIMER_REAL, &often, NULL);
    setpgid(0, 0);
    prepare();
    pid_t self = getpid();
    for (int i = 0; i < CALLS_PER_CHILD; i++) {
        if (below(2)) {
            aimed();
            if (syscall(SYS_getpid) != self) syscall(SYS_exit_group, 0);
            continue;
        }
        long number = below(20) == 0 ? (long)next() : (long)below(HIGHEST_CALL);
        if (useless(number) || (deadly(number) && below(40))) continue;
        long a = argument(), b = argument(), c = argument(), d = argument(), e = argument(), f = argument();
        if (changes_memory(number) && is_own(a, b) && below(100)) continue;
        unsigned slot = (uint64_t)number < HIGHEST_CALL ? number : HIGHEST_CALL;
        __atomic_fetch_add(&counts->random[slot], 1, __ATOMIC_RELAXED);
        counts->last[place] = slot;
        if (syscall(number, a, b, c, d, e, f) >= 0) __atomic_fetch_add(&counts->succeeded[slot], 1, __ATOMIC_RELAXED);
        if (syscall(SYS_getpid) != self) syscall(SYS_exit_group, 0); /* a copy that fork made */
    }
    syscall(SYS_exit_group, 0);
}

struct running {
    pid_t pid;
    int64_t limit;
};

/* The counts are in memory that a child may well scribble over: they are for people to read. */
static void report(unsigned long children, unsigned long killed) {
    static const char *const kinds[AIMED_KINDS] = {"ioctl", "setsockopt", "getsockopt", "netlink", "addresses", "control", "files"};
    unsigned long random = 0, aimed = 0, succeeded = 0, tried = 0, worked = 0;
    for (int i = 0; i <= HIGHEST_CALL; i++) {
        random += counts->random[i], succeeded += counts->succeeded[i];
        tried += counts->random[i] > 0, worked += counts->succeeded[i] > 0;
    }
    for (int i = 0; i < AIMED_KINDS; i++) aimed += counts->aimed[i];
    printf("%lu children, %lu killed by signals, %lu calls\n", children, killed, random + aimed);
    printf("random: %lu calls of %lu numbers; %lu of %lu numbers succeeded\naimed:", random, tried, succeeded, worked);
    for (int i = 0; i < AIMED_KINDS; i++) printf(" %s %u", kinds[i], counts->aimed[i]);
    puts("");
}

int main(int argc, char **argv) {
    if (argc < 2) return 0;
    const char *guest = getenv("LITTLECLOUD_GUEST");
    if (guest == NULL || strcmp(guest, "1") != 0) {
        fprintf(stderr, "fuzz: refuses to run outside a guest (LITTLECLOUD_GUEST=1)\n");
        return 2;
    }
    uint64_t seed = strtoull(argv[1], NULL, 0);
    int64_t until = now_ms() + (argc > 2 ? atoll(argv[2]) : 1000);
    printf("seed %llu\n", (unsigned long long)seed);
    fflush(stdout);
    signal(SIGPIPE, SIG_IGN);
    counts = mmap(NULL, sizeof *counts, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    unsigned long children = 0, killed = 0;
    struct running running[CHILDREN_AT_ONCE] = {0};
    for (int left = 1; left > 0;) {
        left = now_ms() < until;
        for (int i = 0; i < CHILDREN_AT_ONCE; i++) {
            struct running *one = &running[i];
            int status = 0;
            if (one->pid == 0 && now_ms() < until) {
                state = (seed + children) * 0x9e3779b97f4a7c15ULL + 1;
                pid_t pid = fork();
                if (pid == 0) place = i, child();
                if (pid < 0) continue;
                children++;
                *one = (struct running){pid, now_ms() + CHILD_SECONDS * 1000};
            }
            if (one->pid == 0) continue;
            if (waitpid(one->pid, &status, WNOHANG) == 0) {
                if (now_ms() > one->limit) {
                    if (one->limit > 0) printf("ended late, in %d\n", counts->last[i]);
                    one->limit = 0;
                    kill(one->pid, SIGKILL);
                }
                left++;
                continue;
            }
            if (WIFSIGNALED(status) && one->limit > 0) {
                killed++;
                printf("signal %d in %d\n", WTERMSIG(status), counts->last[i]);
            }
            kill(-one->pid, SIGKILL); /* what it forked */
            one->pid = 0;
        }
        struct timespec pause = {0, 2000000};
        nanosleep(&pause, NULL);
    }
    report(children, killed);
    return 0;
}
