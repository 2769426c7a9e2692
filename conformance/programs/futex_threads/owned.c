/* build: static
 * The priority-inheriting operations of futex(2): the word names the owner, the kernel hands over. */
#include "../case.h"
#include <linux/futex.h>
#include <pthread.h>

static long futex(uint32_t *word, int operation, uint32_t value, void *timeout) {
    return syscall(SYS_futex, word, operation, value, timeout, NULL, 0);
}

static uint32_t own_tid(void) {
    return gettid();
}

CASE(an_uncontended_lock_names_its_owner) {
    uint32_t word = 0;
    OK(futex(&word, FUTEX_LOCK_PI, 0, NULL));
    CHECK_EQ(word, own_tid());
    CHECK_ERRNO(futex(&word, FUTEX_LOCK_PI, 0, NULL), EDEADLK);
    OK(futex(&word, FUTEX_UNLOCK_PI, 0, NULL));
    CHECK_EQ(word, 0);
    CHECK_ERRNO(futex(&word, FUTEX_UNLOCK_PI, 0, NULL), EPERM);
}

CASE(an_owner_that_never_was_is_no_process) {
    uint32_t word = FUTEX_TID_MASK - 1;
    CHECK_ERRNO(futex(&word, FUTEX_LOCK_PI, 0, NULL), ESRCH);
}

static void *hold(void *argument) {
    uint32_t *words = argument;
    OK(futex(&words[0], FUTEX_LOCK_PI, 0, NULL));
    __atomic_store_n(&words[1], 1, __ATOMIC_SEQ_CST);
    while (__atomic_load_n(&words[1], __ATOMIC_SEQ_CST) == 1) sleep_ms(1);
    OK(futex(&words[0], FUTEX_UNLOCK_PI, 0, NULL));
    return NULL;
}

CASE(a_held_lock_is_refused_to_those_who_try_and_times_out) {
    static uint32_t words[2];
    pthread_t holder;
    CHECK_ZERO(pthread_create(&holder, NULL, hold, words));
    AWAIT(__atomic_load_n(&words[1], __ATOMIC_SEQ_CST) == 1);
    CHECK_ERRNO(futex(&words[0], FUTEX_TRYLOCK_PI, 0, NULL), EAGAIN);
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    CHECK_ERRNO(futex(&words[0], FUTEX_LOCK_PI, 0, &now), ETIMEDOUT);
    CHECK(words[0] & FUTEX_WAITERS);
    __atomic_store_n(&words[1], 2, __ATOMIC_SEQ_CST);
    OK(futex(&words[0], FUTEX_LOCK_PI, 0, NULL));
    CHECK_EQ(words[0] & FUTEX_TID_MASK, own_tid());
    CHECK_ZERO(pthread_join(holder, NULL));
    OK(futex(&words[0], FUTEX_UNLOCK_PI, 0, NULL));
}

static volatile int handled;
static void count(int number) {
    (void)number;
    handled++;
}

/* futex(2): FUTEX_LOCK_PI goes on after a handler, whatever SA_RESTART says. */
CASE(a_handler_does_not_end_the_wait_for_a_lock) {
    uint32_t *word = shared_page();
    OK(futex(word, FUTEX_LOCK_PI, 0, NULL));
    pid_t child = SPAWN({
        on_signal(SIGUSR1, count, 0);
        word[1] = 1;
        OK(futex(word, FUTEX_LOCK_PI, 0, NULL));
        CHECK_EQ(handled, 1);
        CHECK_EQ(*word & FUTEX_TID_MASK, own_tid());
        OK(futex(word, FUTEX_UNLOCK_PI, 0, NULL));
    });
    AWAIT(((volatile uint32_t *)word)[1] == 1);
    AWAIT_SLEEPING(child);
    OK(kill(child, SIGUSR1));
    sleep_ms(5);
    AWAIT_SLEEPING(child);
    OK(futex(word, FUTEX_UNLOCK_PI, 0, NULL));
    wait_ok(child);
}

CASE(a_mutex_whose_owner_died_passes_on) {
    struct shared {
        pthread_mutex_t mutex;
        volatile int held;
    } *shared = shared_page();
    pthread_mutexattr_t attributes;
    CHECK_ZERO(pthread_mutexattr_init(&attributes));
    CHECK_ZERO(pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED));
    CHECK_ZERO(pthread_mutexattr_setprotocol(&attributes, PTHREAD_PRIO_INHERIT));
    CHECK_ZERO(pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST));
    CHECK_ZERO(pthread_mutex_init(&shared->mutex, &attributes));
    pid_t owner = SPAWN({
        CHECK_ZERO(pthread_mutex_lock(&shared->mutex));
        shared->held = 1;
        pause();
    });
    AWAIT(shared->held);
    pid_t heir = SPAWN({
        CHECK_EQ(pthread_mutex_lock(&shared->mutex), EOWNERDEAD);
        CHECK_ZERO(pthread_mutex_consistent(&shared->mutex));
        CHECK_ZERO(pthread_mutex_unlock(&shared->mutex));
    });
    AWAIT_SLEEPING(heir);
    OK(kill(owner, SIGKILL));
    wait_signal(owner, SIGKILL);
    wait_ok(heir);
    CHECK_ZERO(pthread_mutex_lock(&shared->mutex));
    CHECK_ZERO(pthread_mutex_unlock(&shared->mutex));
}

static pthread_mutex_t inheriting;
static int total;
static void *add(void *unused) {
    for (int i = 0; i < 50; i++) {
        CHECK_ZERO(pthread_mutex_lock(&inheriting));
        total++;
        if (i % 10 == 0) sched_yield();
        CHECK_ZERO(pthread_mutex_unlock(&inheriting));
    }
    return unused;
}

CASE(priority_inheriting_mutexes_exclude) {
    pthread_mutexattr_t attributes;
    CHECK_ZERO(pthread_mutexattr_init(&attributes));
    CHECK_ZERO(pthread_mutexattr_setprotocol(&attributes, PTHREAD_PRIO_INHERIT));
    CHECK_ZERO(pthread_mutex_init(&inheriting, &attributes));
    pthread_t threads[4];
    for (int i = 0; i < 4; i++) CHECK_ZERO(pthread_create(&threads[i], NULL, add, NULL));
    for (int i = 0; i < 4; i++) CHECK_ZERO(pthread_join(threads[i], NULL));
    CHECK_EQ(total, 200);
}
