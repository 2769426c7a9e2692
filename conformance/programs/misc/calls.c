/* One call after the other: what a kernel does to make that cheap must not be seen. */
#include "../case.h"
#include <pthread.h>
#include <sched.h>

enum { ROUNDS = 1000 };

static int ends[2];
static volatile int handled;

/* Sends a number through a pipe of this process and checks it; four calls. */
static void send_to_self(int *pipe_ends, int number) {
    int got = -1;
    CHECK_EQ(write(pipe_ends[1], &number, sizeof number), (int)sizeof number);
    CHECK_EQ(read(pipe_ends[0], &got, sizeof got), (int)sizeof got);
    CHECK_EQ(got, number);
    CHECK_EQ(lseek(pipe_ends[0], 0, SEEK_CUR), -1);
    CHECK_EQ(errno, ESPIPE);
    CHECK_EQ(getppid() > 0, 1);
}

CASE(each_answer_belongs_to_its_call) {
    OK(pipe(ends));
    for (int i = 0; i < ROUNDS; i++) send_to_self(ends, i);
}

static void on_tick(int number) {
    (void)number;
    int saved = errno;
    handled++;
    getppid();
    errno = saved;
}

CASE(signals_come_between_calls) {
    OK(pipe(ends));
    on_signal(SIGALRM, on_tick, SA_RESTART);
    struct itimerval every = {{0, 1000}, {0, 1000}};
    OK(setitimer(ITIMER_REAL, &every, NULL));
    for (int i = 0; i < ROUNDS || handled == 0; i++) send_to_self(ends, i);
}

CASE(calls_block_and_go_on) {
    int there[2], back[2], number;
    OK(pipe(there));
    OK(pipe(back));
    pid_t child = OK(fork());
    if (child == 0) {
        close(there[1]);
        while (read(there[0], &number, sizeof number) == (int)sizeof number) {
            number++;
            write(back[1], &number, sizeof number);
        }
        _exit(0);
    }
    close(there[0]);
    for (int i = 0; i < ROUNDS; i++) {
        CHECK_EQ(write(there[1], &i, sizeof i), (int)sizeof i);
        CHECK_EQ(read(back[0], &number, sizeof number), (int)sizeof number);
        CHECK_EQ(number, i + 1);
    }
    close(there[1]);
    wait_ok(child);
}

CASE(who_is_woken_runs_beside_who_goes_on) {
    int there[2], back[2], number;
    volatile int *seen = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    CHECK(seen != MAP_FAILED);
    *seen = -1;
    OK(pipe(there));
    OK(pipe(back));
    pid_t child = OK(fork());
    if (child == 0) {
        close(there[1]);
        while (read(there[0], &number, sizeof number) == (int)sizeof number) {
            *seen = number;
            write(back[1], &number, sizeof number);
        }
        _exit(0);
    }
    close(there[0]);
    for (int i = 0; i < 400; i++) {
        CHECK_EQ(write(there[1], &i, sizeof i), (int)sizeof i);
        /* Mostly the two take turns of a few calls; now and then the first makes none for a while. */
        if (i % 20 == 19) {
            while (*seen != i) continue;
        }
        CHECK_EQ(read(back[0], &number, sizeof number), (int)sizeof number);
        CHECK_EQ(number, i);
    }
    close(there[1]);
    wait_ok(child);
}

CASE(children_go_on_with_calls) {
    OK(pipe(ends));
    for (int i = 0; i < ROUNDS / 2; i++) send_to_self(ends, i);
    for (int i = 0; i < 5; i++) {
        pid_t child = OK(fork());
        if (child == 0) {
            int own[2];
            OK(pipe(own));
            for (int j = 0; j < 200; j++) send_to_self(own, j);
            _exit(0);
        }
        for (int j = 0; j < 100; j++) send_to_self(ends, j);
        wait_ok(child);
    }
}

/* All of it rests in between, so that it may go on in another machine. */
CASE(rests_lie_between_calls) {
    struct timespec rest = {0, 20000000};
    OK(pipe(ends));
    for (int i = 0; i < 20; i++) {
        for (int j = 0; j < 60; j++) send_to_self(ends, j);
        CHECK_ZERO(nanosleep(&rest, NULL));
    }
}

static void *send_many(void *argument) {
    int own[2];
    OK(pipe(own));
    for (int i = 0; i < ROUNDS / 2; i++) send_to_self(own, i);
    return argument;
}

CASE(threads_get_their_own_answers) {
    pthread_t threads[3];
    for (int i = 0; i < 3; i++) CHECK_ZERO(pthread_create(&threads[i], NULL, send_many, NULL));
    for (int i = 0; i < 3; i++) CHECK_ZERO(pthread_join(threads[i], NULL));
}

static void *ask_who_i_am(void *argument) {
    int own[2];
    pid_t tid = gettid();
    OK(pipe(own));
    for (int i = 0; i < ROUNDS; i++) {
        CHECK_EQ(syscall(SYS_gettid), tid);
        send_to_self(own, i);
        CHECK_EQ(syscall(SYS_gettid), tid);
        if (i % 16 == 0) sched_yield();
    }
    return argument;
}

/* They change places all the time, and have signals amid their calls. */
CASE(threads_at_once_are_not_taken_for_each_other) {
    pthread_t threads[3];
    on_signal(SIGALRM, on_tick, SA_RESTART);
    struct itimerval every = {{0, 2000}, {0, 2000}};
    OK(setitimer(ITIMER_REAL, &every, NULL));
    for (int i = 0; i < 3; i++) CHECK_ZERO(pthread_create(&threads[i], NULL, ask_who_i_am, NULL));
    for (int i = 0; i < 3; i++) CHECK_ZERO(pthread_join(threads[i], NULL));
}

static volatile pid_t answers[2];
static volatile int strange[2];
static volatile int others_begun;

static int ask_for_process(void *argument) {
    int own = (int)(intptr_t)argument;
    answers[own] = syscall(SYS_getpid);
    __atomic_add_fetch(&others_begun, 1, __ATOMIC_SEQ_CST);
    for (int i = 0; i < ROUNDS * 4; i++) strange[own] += syscall(SYS_getpid) != answers[own];
    return 0;
}

static char stacks[2][65536] __attribute__((aligned(16)));

/* Nothing that a program can read tells them apart but the answers. */
CASE(processes_with_one_memory_and_one_thread_pointer) {
    pid_t children[2], self = getpid();
    for (intptr_t i = 0; i < 2; i++) {
        children[i] = OK(clone(ask_for_process, stacks[i] + sizeof stacks[i], CLONE_VM | SIGCHLD, (void *)i));
    }
    for (int i = 0; i < ROUNDS || others_begun < 2; i++) CHECK_EQ(syscall(SYS_getpid), self);
    for (int i = 0; i < 2; i++) {
        wait_ok(children[i]);
        CHECK_EQ(answers[i], children[i]);
        CHECK_EQ(strange[i], 0);
    }
}

/* A jump to a syscall instruction with RAX set elsewhere, as hand-written code has it. */
CASE(the_instruction_alone_still_calls) {
    OK(pipe(ends));
    for (int i = 0; i < ROUNDS / 2; i++) {
        long direct;
        /* Every eighth round enters behind the mov that most rounds execute. */
        __asm__ volatile("test $7, %1\n\t"
                         "jnz 1f\n\t"
                         "mov $110, %%rax\n\t"
                         "jmp 2f\n"
                         "1: mov $110, %%eax\n"
                         "2: syscall"
                         : "=&a"(direct)
                         : "r"(i)
                         : "rcx", "r11", "memory", "cc");
        CHECK_EQ(direct, getppid());
    }
}
