/*
 * Programs that use up a resource until they are refused, or until the kernel ends them. Only for a
 * guest with small limits: on a host they would do harm.
 *
 *   program NAME      runs one bomb in an instance (LITTLECLOUD_GUEST=1)
 *
 * A bomb that was refused prints "held COUNT ERRNO", keeps all it has and sleeps, so that the test
 * can measure what it costs the host. Without arguments it lists no cases, so that the suite, which
 * runs cases natively too, finds none here.
 */
#ifndef BOMB_H
#define BOMB_H

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct bomb {
    const char *name;
    void (*run)(void);
    struct bomb *next;
};

static struct bomb *bombs;

#define BOMB(id)                                                                       \
    static void bomb_##id(void);                                                       \
    __attribute__((constructor)) static void register_##id(void) {                     \
        static struct bomb entry = {#id, bomb_##id, NULL};                             \
        entry.next = bombs;                                                            \
        bombs = &entry;                                                                \
    }                                                                                  \
    static void bomb_##id(void)

static char said[256];

/* Prints without taking memory. */
static __attribute__((unused)) void say(const char *format, long first, const char *second) {
    int length = snprintf(said, sizeof said, format, first, second);
    while (write(1, said, length) == -1 && (errno == EINTR || errno == EAGAIN)) {
    }
}

static __attribute__((unused)) void sleep_forever(void) {
    for (;;) pause();
}

/* The bomb was refused: keeps everything. */
static __attribute__((unused)) void held(long count) {
    const char *why = errno == 0 ? "OK" : strerrorname_np(errno);
    say("held %ld %s\n", count, why);
    sleep_forever();
}

/* A step that must work before the bomb can begin. */
#define NEED(call)                                                                     \
    ({                                                                                 \
        __typeof__(call) result_ = (call);                                             \
        if ((long)result_ == -1) {                                                     \
            say("cannot begin, line %ld: %s\n", __LINE__, strerrorname_np(errno));     \
            exit(3);                                                                   \
        }                                                                              \
        result_;                                                                       \
    })

/*
 * Uses memory up but for so many bytes, for bombs that cost a call for each small object. Files get
 * all but a thirty-second of it.
 */
static __attribute__((unused)) void leave(size_t bytes) {
    static char block[1 << 16];
    int file = NEED(memfd_create("ballast", 0));
    memset(block, 'x', sizeof block);
    size_t used = 0;
    for (ssize_t count; (count = write(file, block, sizeof block)) > 0;) used += count;
    NEED(ftruncate(file, used > bytes ? used - bytes : 0));
}

static __attribute__((unused)) void *reserve(size_t length, int protection, int flags) {
    void *area = mmap(NULL, length, protection, flags | MAP_NORESERVE, -1, 0);
    return NEED(area);
}

/*
 * Forks children that run the statements and sleep, until one is refused or killed; counts them.
 * Each child is waited for until it is done, so that the memory is used up in order.
 */
#define CHILDREN(most, ...)                                                            \
    ({                                                                                 \
        long made_ = 0;                                                                \
        int done_[2];                                                                  \
        NEED(pipe(done_));                                                             \
        while (made_ < (most)) {                                                       \
            pid_t child_ = fork();                                                     \
            if (child_ == -1) break;                                                   \
            if (child_ == 0) {                                                         \
                close(done_[0]);                                                       \
                __VA_ARGS__;                                                           \
                if (write(done_[1], "x", 1) != 1) _exit(1);                            \
                close(done_[1]);                                                       \
                sleep_forever();                                                       \
            }                                                                          \
            char byte_;                                                                \
            struct pollfd poll_ = {done_[0], POLLIN};                                  \
            while (poll(&poll_, 1, 50) == 0 && waitpid(child_, NULL, WNOHANG) == 0) {  \
            }                                                                          \
            if (poll(&poll_, 1, 0) != 1) { /* without memory it ended */               \
                errno = ENOMEM;                                                        \
                break;                                                                 \
            }                                                                          \
            (void)!read(done_[0], &byte_, 1);                                          \
            if (++made_ == (most)) errno = 0;                                          \
        }                                                                              \
        made_;                                                                         \
    })

int main(int argc, char **argv) {
    if (argc < 2) return 0;
    if (getenv("LITTLECLOUD_GUEST") == NULL) {
        fprintf(stderr, "%s refuses to run outside of a guest\n", argv[0]);
        return 2;
    }
    memset(said, 1, sizeof said);
    struct rlimit files;
    NEED(getrlimit(RLIMIT_NOFILE, &files));
    files.rlim_cur = 4000;
    NEED(setrlimit(RLIMIT_NOFILE, &files));
    for (struct bomb *bomb = bombs; bomb != NULL; bomb = bomb->next) {
        if (strcmp(bomb->name, argv[1]) == 0) {
            bomb->run();
            return 0;
        }
    }
    fprintf(stderr, "no bomb named %s\n", argv[1]);
    return 2;
}

#endif
