/* Bombs of processes and threads. */
#include "bomb.h"

#include <pthread.h>

/*
 * Everybody but the first forks for ever; each line says when it was refused first. They write to their
 * pages, so where memory is short some are killed, and nobody else.
 */
BOMB(forks) {
    if (NEED(fork()) != 0) sleep_forever();
    int score = NEED(open("/proc/self/oom_score_adj", O_WRONLY));
    NEED(write(score, "1000", 4));
    int told = 0;
    for (;;) {
        if (fork() == -1 && !told) {
            told = 1;
            say("refused %ld %s\n", 0, strerrorname_np(errno));
        }
    }
}

static void *sleep_in_thread(void *unused) {
    sleep_forever();
    return unused;
}

BOMB(threads) {
    pthread_attr_t small;
    pthread_attr_init(&small);
    pthread_attr_setstacksize(&small, 1 << 14);
    for (long count = 0;; count++) {
        pthread_t thread;
        errno = pthread_create(&thread, &small, sleep_in_thread, NULL);
        if (errno != 0) held(count);
    }
}

BOMB(sleeping_children) { held(CHILDREN(1000)); }

BOMB(zombies) {
    for (long count = 0;; count++) {
        pid_t child = fork();
        if (child == -1) held(count);
        if (child == 0) _exit(0);
    }
}

/* Replaces itself and its children by itself, for ever. */
BOMB(execs) {
    static char *again[] = {"/conformance/hostile/task_bombs", "execs", NULL};
    if (getenv("SAID") == NULL) {
        say("refused %ld %s\n", 0, "OK");
        setenv("SAID", "1", 1);
    }
    if (vfork() == 0) {
        execv(again[0], again);
        _exit(1);
    }
    execv(again[0], again);
}

static void *burn(void *unused) {
    for (;;) __asm__ volatile("");
    return unused;
}

static void burn_with(int threads) {
    pthread_t thread;
    for (int i = 1; i < threads; i++) pthread_create(&thread, NULL, burn, NULL);
    say("held %ld %s\n", threads, "OK");
    burn(NULL);
}

BOMB(burn_1) { burn_with(1); }

BOMB(burn_3) { burn_with(3); }
