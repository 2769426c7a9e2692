/* Bombs of the kernel's own objects: what stands behind descriptors, names, queues and timers. */
#include "bomb.h"

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <mqueue.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <grp.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/prctl.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/timerfd.h>
#include <sys/xattr.h>

/* What is left to bombs of small objects. */
enum { SMALL = 512 << 10 };

BOMB(pipes) {
    static char block[1 << 20];
    memset(block, 'x', sizeof block);
    long count = 0;
    for (;; count++) {
        int ends[2];
        if (pipe2(ends, O_NONBLOCK) == -1) held(count);
        fcntl(ends[1], F_SETPIPE_SZ, 1 << 20);
        while (write(ends[1], block, sizeof block) > 0) {
        }
        if (errno != EAGAIN) held(count);
    }
}

BOMB(eventfds) {
    long count = 0;
    while (eventfd(1, 0) != -1) count++;
    held(count);
}

/* Each child has a table of 4,000 descriptors. */
BOMB(descriptors_of_children) {
    while (eventfd(1, 0) != -1) {
    }
    close(3);
    close(4);
    held(CHILDREN(1000));
}

/* Each epoll watches all the others' files: interests cost, not descriptors. */
BOMB(epoll_interests) {
    leave(SMALL);
    int files[1000];
    for (int i = 0; i < 1000; i++) files[i] = NEED(eventfd(1, 0));
    for (long count = 0;;) {
        int epoll = epoll_create1(0);
        if (epoll == -1) held(count);
        for (int i = 0; i < 1000; i++, count++) {
            struct epoll_event event = {EPOLLIN | EPOLLET};
            if (epoll_ctl(epoll, EPOLL_CTL_ADD, files[i], &event) == -1) held(count);
        }
    }
}

/* Epolls in epolls, each level watching the whole next one. */
BOMB(epoll_nests) {
    enum { WIDTH = 40, LEVELS = 4 };
    int level[LEVELS][WIDTH];
    for (int i = 0; i < LEVELS; i++)
        for (int j = 0; j < WIDTH; j++) level[i][j] = NEED(epoll_create1(0));
    long count = 0;
    for (int i = LEVELS - 1; i > 0; i--) {
        for (int j = 0; j < WIDTH; j++) {
            for (int k = 0; k < WIDTH; k++) {
                struct epoll_event event = {EPOLLIN};
                if (epoll_ctl(level[i - 1][k], EPOLL_CTL_ADD, level[i][j], &event) == -1)
                    held(count);
                count++;
            }
        }
    }
    held(count);
}

/*
 * Threads that each make one dear call, all at once. They are made and have touched their stacks
 * before the first of them begins, so that it is the calls that use the memory up and that are refused.
 */
enum { CALLERS = 60 };
static pthread_barrier_t callers_ready;
static sem_t call_refused;
static int refusal;

static __attribute__((noinline)) void touch_stack(void) {
    volatile char stack[4 * 4096];
    for (size_t i = 0; i < sizeof stack; i += 1024) stack[i] = 1;
}

static void refuse(void) {
    refusal = errno;
    sem_post(&call_refused);
}

static void call_at_once(void *(*call)(void *), void *argument) {
    pthread_attr_t small;
    pthread_attr_init(&small);
    pthread_attr_setstacksize(&small, 1 << 16);
    NEED(pthread_barrier_init(&callers_ready, NULL, CALLERS + 1));
    NEED(sem_init(&call_refused, 0, 0));
    touch_stack();
    for (int i = 0; i < CALLERS; i++) {
        pthread_t thread;
        if ((errno = pthread_create(&thread, &small, call, argument)) != 0) {
            say("cannot begin after %ld threads: %s\n", i, strerrorname_np(errno));
            exit(3);
        }
    }
    pthread_barrier_wait(&callers_ready);
    while (sem_wait(&call_refused) == -1) {
    }
    errno = refusal;
    held(CALLERS);
}

/* poll(2) on as many entries as it may have. */
static void *poll_much(void *entries) {
    touch_stack();
    poll(entries, 0, 0);
    pthread_barrier_wait(&callers_ready);
    if (poll(entries, 4000, -1) == -1) refuse();
    sleep_forever();
    return NULL;
}

BOMB(poll_waiters) {
    static struct pollfd entries[4000];
    int ends[2];
    NEED(pipe(ends));
    for (int i = 0; i < 4000; i++) entries[i] = (struct pollfd){ends[0], POLLIN};
    call_at_once(poll_much, entries);
}

BOMB(timerfds) {
    struct itimerspec later = {.it_value = {40000, 0}};
    for (long count = 0;; count++) {
        int timer = timerfd_create(CLOCK_MONOTONIC, 0);
        if (timer == -1) held(count);
        timerfd_settime(timer, 0, &later, NULL);
    }
}

BOMB(posix_timers) {
    leave(SMALL / 2);
    held(CHILDREN(1000, {
        struct itimerspec later = {.it_value = {40000, 0}};
        for (int i = 0;; i++) {
            struct sigevent event = {.sigev_notify = SIGEV_NONE};
            int id;
            if (syscall(SYS_timer_create, CLOCK_MONOTONIC, &event, &id) == -1) break;
            if (i % 16 == 0) syscall(SYS_timer_settime, id, 0, &later, NULL);
        }
    }));
}

BOMB(queued_signals) {
    leave(SMALL / 2);
    sigset_t all;
    sigfillset(&all);
    NEED(sigprocmask(SIG_SETMASK, &all, NULL));
    held(CHILDREN(1000, {
        while (sigqueue(getpid(), SIGRTMIN, (union sigval){0}) == 0) {
        }
    }));
}

BOMB(watches) {
    leave(SMALL);
    long count = 0;
    mkdir("/tmp/watched", 0700);
    for (;;) {
        int notify = inotify_init1(0);
        if (notify == -1) held(count);
        for (int i = 0; i < 2000; i++, count++) {
            char name[64];
            snprintf(name, sizeof name, "/tmp/watched/%d", i);
            int file = open(name, O_CREAT | O_WRONLY, 0600);
            if (file == -1) held(count);
            close(file);
            if (inotify_add_watch(notify, name, IN_ALL_EVENTS) == -1) held(count);
        }
    }
}

/* Events with long names that nobody reads. */
BOMB(watch_events) {
    char name[256];
    mkdir("/tmp/watched", 0700);
    for (int i = 0; i < 20; i++) {
        int notify = inotify_init1(0);
        if (notify == -1) held(i);
        NEED(inotify_add_watch(notify, "/tmp/watched", IN_ALL_EVENTS));
    }
    memset(name, 'n', sizeof name);
    memcpy(name, "/tmp/watched/", 13);
    for (long count = 0; count < 1500; count++) {
        snprintf(name + 200, 40, "%ld", count);
        int file = open(name, O_CREAT | O_WRONLY, 0600);
        if (file == -1) held(count);
        close(file);
        unlink(name);
    }
    errno = 0;
    held(1500);
}

static void name_of(char *into, long number) {
    memset(into, 'n', 240);
    snprintf(into + 220, 20, "%ld", number);
}

BOMB(files) {
    leave(SMALL);
    char name[256];
    NEED(chdir("/tmp"));
    for (long count = 0;; count++) {
        name_of(name, count);
        int file = open(name, O_CREAT | O_EXCL | O_WRONLY, 0600);
        if (file == -1) held(count);
        close(file);
    }
}

/* Open files of a volume stand for open files of the host; /tmp is one. */
BOMB(open_files) {
    held(CHILDREN(3, {
        char name[64];
        for (int i = 0;; i++) {
            snprintf(name, sizeof name, "/tmp/%d.%d", getpid(), i);
            if (open(name, O_CREAT | O_RDWR, 0600) == -1) break;
        }
    }));
}

BOMB(directories) {
    leave(2 * SMALL);
    char name[32];
    NEED(chdir("/dev/shm"));
    for (long count = 0;; count++) {
        snprintf(name, sizeof name, "%ld", count);
        if (mkdir(name, 0700) == -1) held(count);
    }
}

BOMB(links) {
    char name[256], target[4001];
    NEED(chdir("/tmp"));
    memset(target, 't', sizeof target);
    target[4000] = 0;
    for (long count = 0;; count++) {
        name_of(name, count);
        if (symlink(target, name) == -1) held(count);
    }
}

BOMB(hard_links) {
    leave(2 * SMALL);
    char name[256];
    NEED(chdir("/tmp"));
    close(NEED(open("one", O_CREAT | O_WRONLY, 0600)));
    for (long count = 0;; count++) {
        name_of(name, count);
        if (link("one", name) == -1) held(count);
    }
}

/* Names that are not there, which a kernel may remember. */
BOMB(missing_names) {
    char name[256];
    struct stat status;
    NEED(chdir("/tmp"));
    for (long count = 0; count < 5000; count++) {
        name_of(name, count);
        if (stat(name, &status) == 0 || errno != ENOENT) held(count);
    }
    errno = 0;
    held(5000);
}

BOMB(attributes) {
    static char value[4000];
    NEED(chdir("/tmp"));
    for (long file = 0;; file++) {
        char name[32];
        snprintf(name, sizeof name, "f%ld", file);
        int made = open(name, O_CREAT | O_WRONLY, 0600);
        if (made == -1) held(file);
        for (int i = 0; i < 14; i++) {
            snprintf(name, sizeof name, "user.a%d", i);
            if (fsetxattr(made, name, value, sizeof value, 0) == -1) held(file);
        }
        close(made);
    }
}

BOMB(shared_segments) {
    for (long count = 0;; count++) {
        int id = shmget(IPC_PRIVATE, 1 << 20, 0600 | IPC_CREAT);
        if (id == -1) held(count);
        char *at = shmat(id, NULL, 0);
        if (at == (void *)-1) held(count);
        memset(at, 1, 1 << 20);
        shmdt(at);
    }
}

BOMB(semaphores) {
    long count = 0;
    while (semget(IPC_PRIVATE, 250, 0600 | IPC_CREAT) != -1) count++;
    held(count);
}

BOMB(messages) {
    leave(SMALL / 4);
    struct {
        long type;
        char text[2];
    } message = {1, "x"};
    for (long count = 0;;) {
        int id = msgget(IPC_PRIVATE, 0600 | IPC_CREAT);
        if (id == -1) held(count);
        while (msgsnd(id, &message, 0, IPC_NOWAIT) == 0 && count % 16384 != 16383) count++;
        while (msgsnd(id, &message, 1, IPC_NOWAIT) == 0) count++;
        if (errno != EAGAIN) held(count);
    }
}

BOMB(posix_queues) {
    char name[32];
    for (long count = 0;; count++) {
        snprintf(name, sizeof name, "/q%ld", count);
        struct mq_attr attributes = {.mq_maxmsg = 10, .mq_msgsize = 8192};
        mqd_t queue = mq_open(name, O_CREAT | O_RDWR | O_NONBLOCK, 0600, &attributes);
        if (queue == -1) held(count);
        static char text[8192];
        while (mq_send(queue, text, sizeof text, 0) == 0) {
        }
    }
}

BOMB(locks) {
    leave(SMALL / 4);
    NEED(chdir("/tmp"));
    for (long file = 0, count = 0;; file++) {
        char name[32];
        snprintf(name, sizeof name, "l%ld", file);
        int fd = open(name, O_CREAT | O_RDWR, 0600);
        if (fd == -1) held(count);
        for (long i = 0; i < 5000; i++, count++) {
            struct flock lock = {.l_type = F_WRLCK, .l_start = i * 2, .l_len = 1};
            if (fcntl(fd, F_SETLK, &lock) == -1) {
                if (i == 0) held(count);
                break;
            }
        }
    }
}

BOMB(terminals) {
    static char line[4095];
    memset(line, 'x', sizeof line);
    for (long count = 0;; count++) {
        int master = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK);
        if (master == -1) held(count);
        grantpt(master);
        unlockpt(master);
        (void)!write(master, line, sizeof line);
    }
}

/* Filters of 4,000 instructions; each child adds its own to what it inherits. */
BOMB(call_filters) {
    static struct sock_filter code[4000];
    for (int i = 0; i < 4000; i++)
        code[i] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    struct sock_fprog program = {4000, code};
    NEED(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
    held(CHILDREN(1000, {
        while (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0) {
        }
    }));
}

BOMB(groups) {
    static gid_t many[65536];
    held(CHILDREN(30, {
        int own = getpid();
        for (int i = 0; i < 65536; i++) many[i] = i + own;
        setgroups(65536, many);
    }));
}

/* Vectors of addresses that calls copy, and pipes that are full before the whole is written. */
static void *write_much(void *vector) {
    int ends[2];
    touch_stack();
    pthread_barrier_wait(&callers_ready);
    if (pipe(ends) == -1 || writev(ends[1], vector, 1024) == -1) refuse();
    sleep_forever();
    return NULL;
}

BOMB(vectors) {
    static struct iovec vector[1024];
    static char block[4096];
    for (int i = 0; i < 1024; i++) vector[i] = (struct iovec){block, sizeof block};
    call_at_once(write_much, vector);
}

/* Each open file has the text that its reader saw first. */
BOMB(texts_of_proc) {
    for (int i = 0; i < 400; i++) NEED(mmap(NULL, 4096, i % 2 ? PROT_READ : PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    for (long count = 0;; count++) {
        char byte;
        int file = open("/proc/self/smaps", O_RDONLY);
        if (file == -1 || read(file, &byte, 1) != 1) held(count);
    }
}

/* Descriptors of processes that ended long ago. */
BOMB(ended_processes) {
    long count = 0;
    for (; count < 3000; count++) {
        pid_t child = vfork();
        if (child == 0) _exit(0);
        if (child == -1) held(count);
        int process = syscall(SYS_pidfd_open, child, 0);
        if (process == -1) held(count);
        NEED(waitpid(child, NULL, 0));
    }
    errno = 0;
    held(count);
}

static int end_with_many_descriptors(void *end) {
    char byte;
    for (int number = 3000; number > 100 && dup2(0, number) == -1; number /= 2) {
    }
    if (read(*(int *)end, &byte, 1) == 1) syscall(SYS_exit, 0);
    return 0;
}

/* Files about threads that had large tables of descriptors. */
BOMB(ended_threads) {
    static char stack[65536] __attribute__((aligned(16)));
    int ends[2];
    NEED(pipe(ends));
    long count = 0;
    for (; count < 3000; count++) {
        char path[64];
        int id = clone(end_with_many_descriptors, stack + sizeof stack,
                CLONE_VM | CLONE_FS | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM, &ends[0]);
        if (id == -1) held(count);
        snprintf(path, sizeof path, "/proc/self/task/%d/status", id);
        int file = open(path, O_RDONLY);
        if (file == -1) held(count);
        if (write(ends[1], "x", 1) != 1) held(count);
        while (syscall(SYS_tgkill, getpid(), id, 0) == 0) sched_yield();
    }
    errno = 0;
    held(count);
}

/* Sets that are gone, with what their user would have undone. */
BOMB(undone_semaphores) {
    long count = 0;
    for (; count < 4000; count++) {
        int set = semget(IPC_PRIVATE, 1000, 0600);
        struct sembuf up = {999, 1, SEM_UNDO};
        if (set == -1 || semop(set, &up, 1) == -1) held(count);
        NEED(semctl(set, 0, IPC_RMID));
    }
    errno = 0;
    held(count);
}
