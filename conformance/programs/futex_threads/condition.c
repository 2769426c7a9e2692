/* build: static
 * Condition variables of futex(2), "Priority-inheritance futexes": a waiter on a word becomes the
 * owner of a mutex. */
#include "../case.h"
#include <linux/futex.h>
#include <pthread.h>

static long futex(uint32_t *word, int operation, uint32_t value, void *timeout, uint32_t *second,
        uint32_t third) {
    return syscall(SYS_futex, word, operation, value, timeout, second, third);
}

static uint32_t condition, mutex;

struct waiter {
    pthread_t thread;
    volatile pid_t tid;
    volatile long result;
    volatile uint32_t mutex_after;
    volatile int done;
    volatile int may_unlock;
};

static long wait_on_condition(void) {
    return futex(&condition, FUTEX_WAIT_REQUEUE_PI_PRIVATE, 0, NULL, &mutex, 0);
}

static void *await(void *argument) {
    struct waiter *waiter = argument;
    waiter->tid = gettid();
    waiter->result = wait_on_condition() == -1 ? -errno : 0;
    waiter->mutex_after = mutex;
    waiter->done = 1;
    AWAIT(waiter->may_unlock);
    if (waiter->result == 0) OK(futex(&mutex, FUTEX_UNLOCK_PI_PRIVATE, 0, NULL, NULL, 0));
    return NULL;
}

static void start(struct waiter *waiter) {
    CHECK_ZERO(pthread_create(&waiter->thread, NULL, await, waiter));
    AWAIT(waiter->tid != 0);
    AWAIT_THREAD_SLEEPING(waiter->tid);
}

static void finish(struct waiter *waiter, long result) {
    AWAIT(waiter->done);
    CHECK_EQ(waiter->result, result);
    if (result == 0) CHECK_EQ(waiter->mutex_after & FUTEX_TID_MASK, waiter->tid);
    waiter->may_unlock = 1;
    CHECK_ZERO(pthread_join(waiter->thread, NULL));
}

static long requeue(long moves) {
    return futex(&condition, FUTEX_CMP_REQUEUE_PI_PRIVATE, 1, (void *)moves, &mutex, condition);
}

CASE(bad_arguments) {
    CHECK_ERRNO(futex(&condition, FUTEX_WAIT_REQUEUE_PI, 0, NULL, &condition, 0), EINVAL);
    CHECK_ERRNO(futex(&condition, FUTEX_WAIT_REQUEUE_PI, 1, NULL, &mutex, 0), EAGAIN);
    uint32_t *odd = (uint32_t *)((char *)&mutex + 1);
    CHECK_ERRNO(futex(&condition, FUTEX_WAIT_REQUEUE_PI, 0, NULL, odd, 0), EINVAL);
    struct timespec wrong = {0, 1000000000};
    CHECK_ERRNO(futex(&condition, FUTEX_WAIT_REQUEUE_PI, 0, &wrong, &mutex, 0), EINVAL);
    CHECK_ERRNO(futex(&condition, FUTEX_CMP_REQUEUE_PI, 1, NULL, &condition, 0), EINVAL);
    CHECK_ERRNO(futex(&condition, FUTEX_CMP_REQUEUE_PI, 2, NULL, &mutex, 0), EINVAL);
    CHECK_ERRNO(futex(&condition, FUTEX_CMP_REQUEUE_PI, 1, (void *)-1L, &mutex, 0), EINVAL);
    CHECK_ERRNO(futex(&condition, FUTEX_CMP_REQUEUE_PI, 1, NULL, &mutex, 1), EAGAIN);
    CHECK_EQ(futex(&condition, FUTEX_CMP_REQUEUE_PI, 1, NULL, &mutex, 0), 0);
    CHECK_EQ(mutex, 0);
}

CASE(an_absolute_time_ends_the_wait_by_either_clock) {
    struct timespec time;
    OK(clock_gettime(CLOCK_MONOTONIC, &time));
    CHECK_ERRNO(futex(&condition, FUTEX_WAIT_REQUEUE_PI, 0, &time, &mutex, 0), ETIMEDOUT);
    OK(clock_gettime(CLOCK_REALTIME, &time));
    int operation = FUTEX_WAIT_REQUEUE_PI | FUTEX_CLOCK_REALTIME;
    CHECK_ERRNO(futex(&condition, operation, 0, &time, &mutex, 0), ETIMEDOUT);
    CHECK_EQ(mutex, 0);
}

CASE(a_free_mutex_goes_to_the_first) {
    struct waiter waiter = {0};
    start(&waiter);
    CHECK_EQ(requeue(0), 1);
    finish(&waiter, 0);
    CHECK_EQ(mutex, 0);
}

CASE(those_that_are_moved_get_the_mutex_one_after_another) {
    struct waiter waiters[3] = {0};
    for (int i = 0; i < 3; i++) start(&waiters[i]);
    CHECK_EQ(requeue(INT_MAX), 3);
    for (int i = 0; i < 3; i++) {
        AWAIT(waiters[i].done);
        CHECK(mutex & FUTEX_WAITERS || i == 2);
        for (int j = i + 1; j < 3; j++) CHECK(!waiters[j].done);
        finish(&waiters[i], 0);
    }
    CHECK_EQ(mutex, 0);
}

CASE(a_held_mutex_is_waited_for) {
    struct waiter waiter = {0}, late = {0};
    start(&waiter);
    start(&late);
    OK(futex(&mutex, FUTEX_LOCK_PI_PRIVATE, 0, NULL, NULL, 0));
    CHECK_EQ(requeue(0), 1);
    CHECK_EQ(mutex, (uint32_t)gettid() | FUTEX_WAITERS);
    AWAIT_THREAD_SLEEPING(waiter.tid);
    CHECK(!waiter.done);
    OK(futex(&mutex, FUTEX_UNLOCK_PI_PRIVATE, 0, NULL, NULL, 0));
    finish(&waiter, 0);
    CHECK(!late.done);
    CHECK_EQ(requeue(1), 1);
    finish(&late, 0);
}

CASE(other_operations_refuse_the_word) {
    struct waiter waiter = {0};
    start(&waiter);
    CHECK_ERRNO(futex(&condition, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0), EINVAL);
    CHECK_ERRNO(futex(&condition, FUTEX_CMP_REQUEUE_PRIVATE, 1, (void *)1, &mutex, 0), EINVAL);
    uint32_t third = 0;
    CHECK_ERRNO(futex(&condition, FUTEX_CMP_REQUEUE_PI_PRIVATE, 1, NULL, &third, 0), EINVAL);
    CHECK_EQ(requeue(0), 1);
    finish(&waiter, 0);
}

static void *await_plainly(void *argument) {
    *(volatile pid_t *)argument = gettid();
    OK(futex(&condition, FUTEX_WAIT_PRIVATE, 0, NULL, NULL, 0));
    return NULL;
}

CASE(waiters_of_another_kind_are_not_moved) {
    volatile pid_t tid = 0;
    pthread_t thread;
    CHECK_ZERO(pthread_create(&thread, NULL, await_plainly, (void *)&tid));
    AWAIT(tid != 0);
    AWAIT_THREAD_SLEEPING(tid);
    CHECK_ERRNO(requeue(1), EINVAL);
    CHECK_EQ(futex(&condition, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0), 1);
    CHECK_ZERO(pthread_join(thread, NULL));
}

static volatile int handled;
static void count(int number) {
    (void)number;
    handled++;
}

/* Before it was moved the call is restarted whatever SA_RESTART says; after that it is EAGAIN. */
CASE(a_handler_ends_the_wait_once_moved) {
    on_signal(SIGUSR1, count, 0);
    struct waiter waiter = {0};
    start(&waiter);
    CHECK_ZERO(pthread_kill(waiter.thread, SIGUSR1));
    AWAIT(handled == 1);
    AWAIT_THREAD_SLEEPING(waiter.tid);
    CHECK(!waiter.done);
    OK(futex(&mutex, FUTEX_LOCK_PI_PRIVATE, 0, NULL, NULL, 0));
    CHECK_EQ(requeue(0), 1);
    CHECK_ZERO(pthread_kill(waiter.thread, SIGUSR1));
    finish(&waiter, -EAGAIN);
    CHECK_EQ(handled, 2);
    OK(futex(&mutex, FUTEX_UNLOCK_PI_PRIVATE, 0, NULL, NULL, 0));
    CHECK_EQ(mutex, 0);
}
