/* build: static
 * futex_waitv(2) and the calls that stand for one operation of futex(2) each. */
#include "../case.h"

enum { SIZE_U32 = 2, PRIVATE = 128 };
enum { WAITV = 449, WAKE = 454, WAIT = 455, REQUEUE = 456 };

struct word {
    uint64_t value, address;
    uint32_t flags, reserved;
};

static void need(long number) {
    if (syscall(number, 0, 0, 0, 0, 0, 0) == -1 && errno == ENOSYS) case_skip("an older kernel");
}

static struct word word(uint32_t *address, uint32_t value) {
    return (struct word){value, (uintptr_t)address, SIZE_U32, 0};
}

static struct timespec past(void) {
    return (struct timespec){1, 0};
}

CASE(a_wait_for_several_checks_each) {
    need(WAITV);
    uint32_t one = 1, two = 2;
    struct word words[] = {word(&one, 1), word(&two, 3)};
    CHECK_ERRNO(syscall(WAITV, words, 2, 0, NULL, 0), EAGAIN);
    words[1].value = 2;
    struct timespec timeout = past();
    CHECK_ERRNO(syscall(WAITV, words, 2, 0, &timeout, CLOCK_MONOTONIC), ETIMEDOUT);
    CHECK_ERRNO(syscall(WAITV, words, 2, 0, &timeout, CLOCK_REALTIME), ETIMEDOUT);
    CHECK_ERRNO(syscall(WAITV, words, 2, 0, &timeout, CLOCK_BOOTTIME), EINVAL);
    CHECK_ERRNO(syscall(WAITV, words, 2, 1, NULL, 0), EINVAL);
    CHECK_ERRNO(syscall(WAITV, words, 0, 0, NULL, 0), EINVAL);
    CHECK_ERRNO(syscall(WAITV, words, 129, 0, NULL, 0), EINVAL);
    words[1].reserved = 1;
    CHECK_ERRNO(syscall(WAITV, words, 2, 0, NULL, 0), EINVAL);
    words[1].reserved = 0;
    words[1].flags = 0x1000;
    CHECK_ERRNO(syscall(WAITV, words, 2, 0, NULL, 0), EINVAL);
    CHECK_ERRNO(syscall(WAITV, 8, 2, 0, NULL, 0), EFAULT);
}

CASE(the_word_that_is_woken_is_told) {
    need(WAITV);
    uint32_t *shared = shared_page();
    pid_t child = SPAWN({
        struct word words[3] = {word(&shared[0], 0), word(&shared[1], 0), word(&shared[2], 0)};
        CHECK_EQ(syscall(WAITV, words, 3, 0, NULL, 0), 1);
    });
    AWAIT_SLEEPING(child);
    CHECK_EQ(syscall(SYS_futex, &shared[1], 1, 1, NULL, NULL, 0), 1);
    wait_ok(child);
    CHECK_EQ(syscall(SYS_futex, &shared[0], 1, 1, NULL, NULL, 0), 0);
}

static void ignore(int number) {
    (void)number;
}

CASE(a_handler_ends_the_wait_for_several) {
    need(WAITV);
    uint32_t *shared = shared_page();
    pid_t child = SPAWN({
        on_signal(SIGUSR1, ignore, 0);
        struct word words[1] = {word(shared, 0)};
        shared[1] = 1;
        CHECK_ERRNO(syscall(WAITV, words, 1, 0, NULL, 0), EINTR);
    });
    AWAIT(((volatile uint32_t *)shared)[1] == 1);
    AWAIT_SLEEPING(child);
    OK(kill(child, SIGUSR1));
    wait_ok(child);
}

CASE(one_word_is_waited_for_and_woken_by_mask) {
    need(WAIT);
    uint32_t *shared = shared_page();
    struct timespec timeout = past();
    CHECK_ERRNO(syscall(WAIT, shared, 1, ~0u, SIZE_U32, NULL, 0), EAGAIN);
    CHECK_ERRNO(syscall(WAIT, shared, 0, ~0u, SIZE_U32, &timeout, CLOCK_MONOTONIC), ETIMEDOUT);
    CHECK_ERRNO(syscall(WAIT, shared, 0, 0, SIZE_U32, NULL, 0), EINVAL);
    CHECK_ERRNO(syscall(WAIT, shared, 1ull << 32, ~0u, SIZE_U32, NULL, 0), EINVAL);
    CHECK_ERRNO(syscall(WAIT, (char *)shared + 1, 0, ~0u, SIZE_U32, NULL, 0), EINVAL);
    pid_t child = SPAWN(OK(syscall(WAIT, shared, 0, 2, SIZE_U32, NULL, 0)));
    AWAIT_SLEEPING(child);
    CHECK_EQ(syscall(WAKE, shared, 1, 1, SIZE_U32), 0);
    CHECK_EQ(syscall(WAKE, shared, 2, 0, SIZE_U32), 0);
    CHECK_EQ(syscall(WAKE, shared, 2, 5, SIZE_U32), 1);
    wait_ok(child);
    CHECK_ERRNO(syscall(WAKE, shared, 0, 1, SIZE_U32), EINVAL);
    CHECK_ERRNO(syscall(WAKE, shared, 1, 1, 0x100), EINVAL);
}

CASE(waiters_move_to_another_word) {
    need(REQUEUE);
    uint32_t *shared = shared_page();
    pid_t children[3];
    for (int i = 0; i < 3; i++) {
        children[i] = SPAWN(OK(syscall(WAIT, &shared[0], 0, ~0u, SIZE_U32, NULL, 0)));
        AWAIT_SLEEPING(children[i]);
    }
    struct word words[2] = {word(&shared[0], 1), word(&shared[1], 0)};
    CHECK_ERRNO(syscall(REQUEUE, words, 0, 1, 9), EAGAIN);
    words[0].value = 0;
    CHECK_ERRNO(syscall(REQUEUE, words, 1, 1, 9), EINVAL);
    CHECK_ERRNO(syscall(REQUEUE, words, 0, -1, 9), EINVAL);
    CHECK_EQ(syscall(REQUEUE, words, 0, 1, 9), 3);
    CHECK_EQ(syscall(WAKE, &shared[0], ~0u, 9, SIZE_U32), 0);
    CHECK_EQ(syscall(WAKE, &shared[1], ~0u, 9, SIZE_U32), 2);
    for (int i = 0; i < 3; i++) wait_ok(children[i]);
}
