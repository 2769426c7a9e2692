/* Bombs of the kernel's own objects: what stands behind descriptors and timers. */
#include "bomb.h"

#include <pthread.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>

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

/* Threads in poll(2) on as many entries as they may have. */
static void *poll_much(void *entries) {
    poll(entries, 4000, -1);
    sleep_forever();
    return NULL;
}

BOMB(poll_waiters) {
    static struct pollfd entries[4000];
    int ends[2];
    NEED(pipe(ends));
    for (int i = 0; i < 4000; i++) entries[i] = (struct pollfd){ends[0], POLLIN};
    pthread_attr_t small;
    pthread_attr_init(&small);
    pthread_attr_setstacksize(&small, 1 << 16);
    long count = 0;
    for (;; count++) {
        pthread_t thread;
        errno = pthread_create(&thread, &small, poll_much, entries);
        if (errno != 0) held(count);
    }
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
    held(CHILDREN(1000, {
        struct itimerspec later = {.it_value = {40000, 0}};
        for (;;) {
            struct sigevent event = {.sigev_notify = SIGEV_NONE};
            int id;
            if (syscall(SYS_timer_create, CLOCK_MONOTONIC, &event, &id) == -1) break;
            syscall(SYS_timer_settime, id, 0, &later, NULL);
        }
    }));
}
