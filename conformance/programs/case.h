/*
 * A test program is one C file that holds many cases.
 *
 *   program                 lists its cases, one name per line
 *   program NAME            runs one case in a fresh directory: 0 passed, 1 failed, 77 skipped
 *   program --all           runs every case in a child each, for use by hand
 *   program @HELPER ARG...  runs a helper; how a case re-executes its own program
 *
 * A failed check prints file:line, the expression and the values, and ends the process. In a
 * forked child the parent notices by the exit status (see IN_CHILD and wait_ok).
 */
#ifndef CASE_H
#define CASE_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { CASE_PASSED = 0, CASE_FAILED = 1, CASE_SKIPPED = 77 };

struct case_entry {
    const char *name;
    void (*run)(void);
    int (*help)(int argc, char **argv);
    struct case_entry *next;
};

static struct case_entry *case_first, **case_last = &case_first;

/* The absolute path of this program, for execve. */
static char self_path[PATH_MAX];

static __attribute__((unused)) void case_register(struct case_entry *entry) {
    *case_last = entry;
    case_last = &entry->next;
}

#define CASE(id)                                                                       \
    static void case_##id(void);                                                       \
    __attribute__((constructor)) static void register_##id(void) {                     \
        static struct case_entry entry = {#id, case_##id, NULL, NULL};                 \
        case_register(&entry);                                                         \
    }                                                                                  \
    static void case_##id(void)

#define HELPER(id)                                                                     \
    static int helper_##id(int argc, char **argv);                                     \
    __attribute__((constructor)) static void register_helper_##id(void) {              \
        static struct case_entry entry = {"@" #id, NULL, helper_##id, NULL};           \
        case_register(&entry);                                                         \
    }                                                                                  \
    static int helper_##id(__attribute__((unused)) int argc, __attribute__((unused)) char **argv)

/* Written with one write(2), since threads and children of a case may fail at once. */
static __attribute__((unused, noreturn, format(printf, 3, 4))) void case_fail(
        const char *file, int line, const char *format, ...) {
    char text[2048];
    int length = snprintf(text, sizeof text, "%s:%d: ", file, line);
    va_list arguments;
    va_start(arguments, format);
    length += vsnprintf(text + length, sizeof text - length - 1, format, arguments);
    va_end(arguments);
    if (length > (int)sizeof text - 2) length = sizeof text - 2;
    text[length++] = '\n';
    if (write(2, text, length) < 0) _exit(CASE_FAILED + 1);
    _exit(CASE_FAILED);
}

static __attribute__((unused, noreturn)) void case_skip(const char *why) {
    dprintf(1, "skipped: %s\n", why);
    _exit(CASE_SKIPPED);
}

#define FAIL(...) case_fail(__FILE__, __LINE__, __VA_ARGS__)

#define CHECK(expression)                                                              \
    do {                                                                               \
        if (!(expression)) FAIL("CHECK(%s) failed, errno %d (%s)", #expression, errno, \
                strerrorname_np(errno));                                               \
    } while (0)

/* Both sides are integers (or pointers cast to them); the values are printed on failure. */
#define CHECK_EQ(actual, expected)                                                     \
    do {                                                                               \
        int errno_before_ = errno;                                                     \
        long long actual_ = (long long)(actual), expected_ = (long long)(expected);    \
        if (actual_ != expected_)                                                      \
            FAIL("%s is %lld (0x%llx), expected %s = %lld (0x%llx); errno %s", #actual, \
                    actual_, actual_, #expected, expected_, expected_,                 \
                    strerrorname_np(errno_before_));                                   \
    } while (0)

#define CHECK_RANGE(actual, low, high)                                                 \
    do {                                                                               \
        long long actual_ = (long long)(actual);                                       \
        long long low_ = (long long)(low), high_ = (long long)(high);                  \
        if (actual_ < low_ || actual_ > high_)                                         \
            FAIL("%s is %lld, expected %lld..%lld", #actual, actual_, low_, high_);    \
    } while (0)

#define CHECK_STR(actual, expected)                                                    \
    do {                                                                               \
        const char *actual_ = (actual), *expected_ = (expected);                       \
        if (strcmp(actual_, expected_) != 0)                                           \
            FAIL("%s is \"%s\", expected \"%s\"", #actual, actual_, expected_);        \
    } while (0)

#define CHECK_MEM(actual, expected, size)                                              \
    do {                                                                               \
        if (memcmp((actual), (expected), (size)) != 0)                                 \
            FAIL("%s differs from %s", #actual, #expected);                            \
    } while (0)

/* The call must fail with this errno. */
#define CHECK_ERRNO(call, expected)                                                    \
    do {                                                                               \
        errno = 0;                                                                     \
        long long result_ = (long long)(call);                                         \
        if (result_ != -1)                                                             \
            FAIL("%s returned %lld, expected errno %s", #call, result_,                \
                    strerrorname_np(expected));                                        \
        if (errno != (expected))                                                       \
            FAIL("%s failed with %s, expected %s", #call, strerrorname_np(errno),      \
                    strerrorname_np(expected));                                        \
    } while (0)

/* The call must not return -1; gives its value. */
#define OK(call)                                                                       \
    ({                                                                                 \
        __typeof__(call) result_ = (call);                                             \
        if ((long long)result_ == -1)                                                  \
            FAIL("%s failed with %s", #call, strerrorname_np(errno));                  \
        result_;                                                                       \
    })

/* The call returns an error number, as the pthread functions do. */
#define CHECK_ZERO(call)                                                               \
    do {                                                                               \
        int result_ = (call);                                                          \
        if (result_ != 0) FAIL("%s returned %s", #call, strerrorname_np(result_));     \
    } while (0)

static __attribute__((unused)) int case_wait(pid_t child, const char *file, int line) {
    int status;
    pid_t done;
    do done = waitpid(child, &status, 0);
    while (done == -1 && errno == EINTR);
    if (done != child)
        case_fail(file, line, "waitpid(%d) gave %d, errno %s", child, done, strerrorname_np(errno));
    return status;
}

/* Reaps the child and gives its raw wait status. */
#define wait_status(child) case_wait((child), __FILE__, __LINE__)

/* The child must exit with this code. */
#define wait_exit(child, code)                                                         \
    do {                                                                               \
        int status_ = wait_status(child);                                              \
        if (!WIFEXITED(status_) || WEXITSTATUS(status_) != (code))                     \
            FAIL("child ended with status 0x%x, expected exit code %d", status_, (code)); \
    } while (0)

#define wait_ok(child) wait_exit(child, 0)

/* The child must be killed by this signal. */
#define wait_signal(child, signal_number)                                              \
    do {                                                                               \
        int status_ = wait_status(child);                                              \
        if (!WIFSIGNALED(status_) || WTERMSIG(status_) != (signal_number))             \
            FAIL("child ended with status 0x%x, expected signal %d", status_,          \
                    (int)(signal_number));                                             \
    } while (0)

/* Forks a child that runs the statements and exits 0; gives its process id. */
#define SPAWN(...)                                                                     \
    ({                                                                                 \
        pid_t child_ = OK(fork());                                                     \
        if (child_ == 0) {                                                             \
            __VA_ARGS__;                                                               \
            _exit(0);                                                                  \
        }                                                                              \
        child_;                                                                        \
    })

/* Runs the statements in a child and requires that it succeeds. */
#define IN_CHILD(...) wait_ok(SPAWN(__VA_ARGS__))

static __attribute__((unused)) int64_t now_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static __attribute__((unused)) void sleep_ms(int64_t milliseconds) {
    struct timespec left = {milliseconds / 1000, milliseconds % 1000 * 1000000};
    while (nanosleep(&left, &left) == -1 && errno == EINTR) {
    }
}

/* Waits for a condition another thread or process brings about. */
#define AWAIT(condition)                                                               \
    do {                                                                               \
        int64_t deadline_ = now_ns() + 10000000000LL;                                  \
        while (!(condition)) {                                                         \
            if (now_ns() > deadline_) FAIL("waited 10 s for %s", #condition);          \
            struct timespec pause_ = {0, 1000000};                                     \
            nanosleep(&pause_, NULL);                                                  \
        }                                                                              \
    } while (0)

/* The state letter of /proc/PID/stat (or of a thread: "self/task/TID"), 0 if there is none. */
static __attribute__((unused)) char task_state(const char *task) {
    char path[128], text[512];
    snprintf(path, sizeof path, "/proc/%s/stat", task);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd == -1) return 0;
    ssize_t length = read(fd, text, sizeof text - 1);
    close(fd);
    if (length <= 0) return 0;
    text[length] = 0;
    char *end = strrchr(text, ')');
    return end == NULL ? 0 : end[2];
}

/* Waits until a process (its main thread) sleeps in a system call. */
#define AWAIT_SLEEPING(pid)                                                            \
    do {                                                                               \
        char name_[24];                                                                \
        snprintf(name_, sizeof name_, "%d", (int)(pid));                               \
        AWAIT(task_state(name_) == 'S');                                               \
    } while (0)

#define AWAIT_THREAD_SLEEPING(tid)                                                     \
    do {                                                                               \
        char name_[48];                                                                \
        snprintf(name_, sizeof name_, "self/task/%d", (int)(tid));                     \
        AWAIT(task_state(name_) == 'S');                                               \
    } while (0)

/* Memory shared with the children that are forked later, zeroed. */
static __attribute__((unused)) void *shared_page(void) {
    void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED) FAIL("no shared page: %s", strerrorname_np(errno));
    return page;
}

static __attribute__((unused)) void write_file(const char *path, const void *bytes, size_t size) {
    int fd = OK(open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
    CHECK_EQ(write(fd, bytes, size), size);
    close(fd);
}

/* Reads a file to its end, adds a NUL, gives the size. */
static __attribute__((unused)) ssize_t read_file(const char *path, char *into, size_t room) {
    int fd = OK(open(path, O_RDONLY | O_CLOEXEC));
    size_t size = 0;
    while (size < room - 1) {
        ssize_t count = OK(read(fd, into + size, room - 1 - size));
        if (count == 0) break;
        size += count;
    }
    close(fd);
    into[size] = 0;
    return size;
}

/* Puts a signal handler in place with these flags and an empty mask. */
static __attribute__((unused)) void on_signal(int number, void (*handler)(int), int flags) {
    struct sigaction action = {.sa_handler = handler, .sa_flags = flags};
    OK(sigaction(number, &action, NULL));
}

static __attribute__((unused)) void on_signal_info(
        int number, void (*handler)(int, siginfo_t *, void *), int flags) {
    struct sigaction action = {.sa_sigaction = handler, .sa_flags = flags | SA_SIGINFO};
    OK(sigaction(number, &action, NULL));
}

static __attribute__((unused)) sigset_t signal_set(int number) {
    sigset_t set;
    sigemptyset(&set);
    if (number != 0) sigaddset(&set, number);
    return set;
}

static __attribute__((unused)) void block_signal(int number) {
    sigset_t set = signal_set(number);
    OK(sigprocmask(SIG_BLOCK, &set, NULL));
}

static __attribute__((unused)) void unblock_signal(int number) {
    sigset_t set = signal_set(number);
    OK(sigprocmask(SIG_UNBLOCK, &set, NULL));
}

/* A directory of its own for this case; the caller of the program removes $TMPDIR. */
static void case_enter_directory(void) {
    char path[PATH_MAX];
    const char *base = getenv("TMPDIR");
    if (base == NULL) base = "/tmp";
    mkdir(base, 01777);
    snprintf(path, sizeof path, "%s/case.XXXXXX", base);
    if (mkdtemp(path) == NULL || chdir(path) == -1)
        FAIL("no directory in %s: %s", base, strerrorname_np(errno));
}

static int case_run_all(void) {
    int failed = 0;
    for (struct case_entry *entry = case_first; entry; entry = entry->next) {
        if (entry->run == NULL) continue;
        int64_t start = now_ns();
        fflush(NULL);
        pid_t child = fork();
        if (child == 0) {
            setsid();
            execl(self_path, self_path, entry->name, NULL);
            _exit(127);
        }
        int status = 0;
        for (int waited = 0; waitpid(child, &status, WNOHANG) == 0; waited++) {
            if (waited == 20000) kill(-child, SIGKILL);
            struct timespec pause = {0, 1000000};
            nanosleep(&pause, NULL);
        }
        kill(-child, SIGKILL);
        int skipped = WIFEXITED(status) && WEXITSTATUS(status) == CASE_SKIPPED;
        printf("%-7s %5lld ms  %s\n", status == 0 ? "ok" : skipped ? "skipped" : "FAILED",
                (long long)(now_ns() - start) / 1000000, entry->name);
        if (status != 0 && !skipped) failed++;
        fflush(stdout);
    }
    return failed != 0;
}

int main(int argc, char **argv) {
    if (argv[0] == NULL) return CASE_FAILED;
    if (argv[0][0] == '/') snprintf(self_path, sizeof self_path, "%s", argv[0]);
    else if (realpath(argv[0], self_path) == NULL) self_path[0] = 0;
    if (argc < 2) {
        for (struct case_entry *entry = case_first; entry; entry = entry->next)
            if (entry->run != NULL) puts(entry->name);
        return 0;
    }
    if (strcmp(argv[1], "--all") == 0) return case_run_all();
    for (struct case_entry *entry = case_first; entry; entry = entry->next) {
        if (strcmp(argv[1], entry->name) != 0) continue;
        if (entry->help != NULL) return entry->help(argc - 1, argv + 1);
        case_enter_directory();
        entry->run();
        return CASE_PASSED;
    }
    fprintf(stderr, "no case named %s\n", argv[1]);
    return 2;
}

#endif
