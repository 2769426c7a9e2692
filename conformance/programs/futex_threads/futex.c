/* futex(2): every operation glibc and musl use, private and shared. */
#include "../case.h"
#include <linux/futex.h>
#include <pthread.h>

static long futex(int *word, int operation, int value, void *timeout, int *second, int third) {
    return syscall(SYS_futex, word, operation, value, timeout, second, third);
}

static int word, other;

/* Threads that wait on a word and note what their call returned. */
struct waiter {
    pthread_t thread;
    volatile pid_t tid;
    int *word;
    int operation, value, bits;
    volatile long result;
    volatile int done;
};

static void *wait_on(void *argument) {
    struct waiter *waiter = argument;
    waiter->tid = gettid();
    long result = futex(waiter->word, waiter->operation, waiter->value, NULL, NULL, waiter->bits);
    waiter->result = result == -1 ? -errno : result;
    waiter->done = 1;
    return NULL;
}

static void start_waiter(struct waiter *waiter, int *on, int operation, int bits) {
    memset(waiter, 0, sizeof *waiter);
    waiter->word = on;
    waiter->operation = operation;
    waiter->value = *on;
    waiter->bits = bits;
    CHECK_ZERO(pthread_create(&waiter->thread, NULL, wait_on, waiter));
    AWAIT(waiter->tid != 0);
    AWAIT_THREAD_SLEEPING(waiter->tid);
}

static void finish(struct waiter *waiter) {
    CHECK_ZERO(pthread_join(waiter->thread, NULL));
    CHECK_EQ(waiter->result, 0);
}

CASE(wait_with_another_value_is_eagain) {
    word = 5;
    CHECK_ERRNO(futex(&word, FUTEX_WAIT, 4, NULL, NULL, 0), EAGAIN);
    CHECK_ERRNO(futex(&word, FUTEX_WAIT_PRIVATE, 4, NULL, NULL, 0), EAGAIN);
    CHECK_ERRNO(futex(&word, FUTEX_WAIT_BITSET_PRIVATE, 4, NULL, NULL, -1), EAGAIN);
}

CASE(wake_without_waiters_is_zero) {
    CHECK_EQ(futex(&word, FUTEX_WAKE, 1, NULL, NULL, 0), 0);
    CHECK_EQ(futex(&word, FUTEX_WAKE_PRIVATE, INT_MAX, NULL, NULL, 0), 0);
}

CASE(relative_timeout) {
    struct timespec wait = {0, 30000000};
    int64_t start = now_ns();
    CHECK_ERRNO(futex(&word, FUTEX_WAIT_PRIVATE, 0, &wait, NULL, 0), ETIMEDOUT);
    CHECK_RANGE(now_ns() - start, 30000000, 5000000000);
}

CASE(absolute_timeout_by_both_clocks) {
    struct timespec until;
    for (int i = 0; i < 2; i++) {
        clock_gettime(i ? CLOCK_REALTIME : CLOCK_MONOTONIC, &until);
        until.tv_nsec += 30000000;
        if (until.tv_nsec >= 1000000000) until.tv_sec++, until.tv_nsec -= 1000000000;
        int64_t start = now_ns();
        int operation = FUTEX_WAIT_BITSET_PRIVATE | (i ? FUTEX_CLOCK_REALTIME : 0);
        CHECK_ERRNO(futex(&word, operation, 0, &until, NULL, -1), ETIMEDOUT);
        CHECK_RANGE(now_ns() - start, 25000000, 5000000000);
        /* A deadline in the past ends at once. */
        until.tv_sec -= 100;
        CHECK_ERRNO(futex(&word, operation, 0, &until, NULL, -1), ETIMEDOUT);
    }
}

CASE(bad_arguments) {
    struct timespec bad = {0, 1000000000}, negative = {-1, 0};
    CHECK_ERRNO(futex((int *)((char *)&word + 1), FUTEX_WAIT, 0, NULL, NULL, 0), EINVAL);
    CHECK_ERRNO(futex((int *)((char *)&word + 2), FUTEX_WAKE, 1, NULL, NULL, 0), EINVAL);
    CHECK_ERRNO(futex(&word, FUTEX_WAIT, 0, &bad, NULL, 0), EINVAL);
    CHECK_ERRNO(futex(&word, FUTEX_WAIT, 0, &negative, NULL, 0), EINVAL);
    CHECK_ERRNO(futex(&word, FUTEX_WAIT_BITSET, 0, NULL, NULL, 0), EINVAL);
    CHECK_ERRNO(futex(&word, FUTEX_WAKE_BITSET, 1, NULL, NULL, 0), EINVAL);
    CHECK_ERRNO(futex(&word, 99, 0, NULL, NULL, 0), ENOSYS);
    CHECK_ERRNO(futex(&word, FUTEX_WAKE | FUTEX_CLOCK_REALTIME, 1, NULL, NULL, 0), ENOSYS);
    CHECK_ERRNO(futex((int *)4096, FUTEX_WAIT, 0, NULL, NULL, 0), EFAULT);
    CHECK_ERRNO(futex(&word, FUTEX_WAIT, 0, (void *)4096, NULL, 0), EFAULT);
}

CASE(wake_wakes_as_many_as_asked) {
    struct waiter waiters[4];
    for (int i = 0; i < 4; i++) start_waiter(&waiters[i], &word, FUTEX_WAIT_PRIVATE, 0);
    CHECK_EQ(futex(&word, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0), 1);
    CHECK_EQ(futex(&word, FUTEX_WAKE_PRIVATE, 2, NULL, NULL, 0), 2);
    CHECK_EQ(futex(&word, FUTEX_WAKE_PRIVATE, 100, NULL, NULL, 0), 1);
    for (int i = 0; i < 4; i++) finish(&waiters[i]);
}

CASE(waiters_are_woken_first_in_first_out) {
    struct waiter waiters[3];
    for (int i = 0; i < 3; i++) start_waiter(&waiters[i], &word, FUTEX_WAIT_PRIVATE, 0);
    for (int i = 0; i < 3; i++) {
        CHECK_EQ(futex(&word, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0), 1);
        finish(&waiters[i]);
        for (int j = i + 1; j < 3; j++) CHECK_EQ(waiters[j].done, 0);
    }
}

CASE(shared_and_private_do_not_meet_on_private_memory) {
    /* On private memory a shared operation finds the waiters keyed by (mm, address) as well,
       but the two kinds of key differ: pthread_join relies on the shared kind for CLEARTID. */
    struct waiter waiter;
    start_waiter(&waiter, &word, FUTEX_WAIT, 0);
    CHECK_EQ(futex(&word, FUTEX_WAKE, 1, NULL, NULL, 0), 1);
    finish(&waiter);
}

CASE(bitset_selects_waiters) {
    struct waiter one, two;
    start_waiter(&one, &word, FUTEX_WAIT_BITSET_PRIVATE, 1);
    start_waiter(&two, &word, FUTEX_WAIT_BITSET_PRIVATE, 2);
    CHECK_EQ(futex(&word, FUTEX_WAKE_BITSET_PRIVATE, 10, NULL, NULL, 4), 0);
    CHECK_EQ(futex(&word, FUTEX_WAKE_BITSET_PRIVATE, 10, NULL, NULL, 2), 1);
    finish(&two);
    CHECK_EQ(one.done, 0);
    CHECK_EQ(futex(&word, FUTEX_WAKE_PRIVATE, 10, NULL, NULL, 0), 1);
    finish(&one);
}

CASE(requeue_moves_waiters) {
    struct waiter waiters[4];
    for (int i = 0; i < 4; i++) start_waiter(&waiters[i], &word, FUTEX_WAIT_PRIVATE, 0);
    CHECK_EQ(futex(&word, FUTEX_REQUEUE_PRIVATE, 1, (void *)2L, &other, 0), 3);
    CHECK_EQ(futex(&word, FUTEX_WAKE_PRIVATE, 10, NULL, NULL, 0), 1);
    CHECK_EQ(futex(&other, FUTEX_WAKE_PRIVATE, 10, NULL, NULL, 0), 2);
    for (int i = 0; i < 4; i++) finish(&waiters[i]);
}

CASE(cmp_requeue_checks_the_value) {
    struct waiter waiters[3];
    for (int i = 0; i < 3; i++) start_waiter(&waiters[i], &word, FUTEX_WAIT_PRIVATE, 0);
    CHECK_ERRNO(futex(&word, FUTEX_CMP_REQUEUE_PRIVATE, 1, (void *)2L, &other, 1), EAGAIN);
    CHECK_EQ(futex(&word, FUTEX_CMP_REQUEUE_PRIVATE, 0, (void *)100L, &other, 0), 3);
    CHECK_EQ(futex(&word, FUTEX_WAKE_PRIVATE, 10, NULL, NULL, 0), 0);
    CHECK_EQ(futex(&other, FUTEX_WAKE_PRIVATE, 10, NULL, NULL, 0), 3);
    for (int i = 0; i < 3; i++) finish(&waiters[i]);
}

static int wake_op(int operation, int argument, int comparison, int against) {
    return futex(&word, FUTEX_WAKE_OP_PRIVATE, 10, (void *)10L, &other,
            FUTEX_OP(operation, argument, comparison, against));
}

CASE(wake_op_changes_the_second_word) {
    other = 5;
    CHECK_EQ(wake_op(FUTEX_OP_SET, 9, FUTEX_OP_CMP_EQ, 5), 0);
    CHECK_EQ(other, 9);
    wake_op(FUTEX_OP_ADD, 3, FUTEX_OP_CMP_EQ, 0);
    CHECK_EQ(other, 12);
    wake_op(FUTEX_OP_ADD, -2, FUTEX_OP_CMP_EQ, 0);
    CHECK_EQ(other, 10);
    wake_op(FUTEX_OP_OR, 5, FUTEX_OP_CMP_EQ, 0);
    CHECK_EQ(other, 15);
    wake_op(FUTEX_OP_ANDN, 1, FUTEX_OP_CMP_EQ, 0);
    CHECK_EQ(other, 14);
    wake_op(FUTEX_OP_XOR, 2, FUTEX_OP_CMP_EQ, 0);
    CHECK_EQ(other, 12);
    wake_op(FUTEX_OP_SET | 8, 4, FUTEX_OP_CMP_EQ, 0); /* FUTEX_OP_ARG_SHIFT: 1 << 4 */
    CHECK_EQ(other, 16);
}

CASE(wake_op_wakes_both_when_the_comparison_holds) {
    struct waiter first, second;
    other = 1;
    start_waiter(&first, &word, FUTEX_WAIT_PRIVATE, 0);
    start_waiter(&second, &other, FUTEX_WAIT_PRIVATE, 0);
    CHECK_EQ(wake_op(FUTEX_OP_SET, 2, FUTEX_OP_CMP_GT, 1), 1); /* the old value is 1 */
    finish(&first);
    CHECK_EQ(second.done, 0);
    CHECK_EQ(wake_op(FUTEX_OP_SET, 3, FUTEX_OP_CMP_GE, 2), 1);
    finish(&second);
}

CASE(shared_futex_over_fork) {
    int *shared = shared_page();
    pid_t child = SPAWN({
        OK(futex(shared, FUTEX_WAIT, 0, NULL, NULL, 0));
        CHECK_EQ(shared[1], 7);
    });
    AWAIT_SLEEPING(child);
    shared[1] = 7;
    CHECK_EQ(futex(shared, FUTEX_WAKE, 1, NULL, NULL, 0), 1);
    wait_ok(child);
}

CASE(shared_futex_at_different_addresses) {
    int fd = OK(memfd_create("f", 0));
    OK(ftruncate(fd, 4096));
    int *mine = OK(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
    pid_t child = SPAWN({
        int *theirs = OK(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
        CHECK(theirs != mine);
        OK(futex(&theirs[3], FUTEX_WAIT, 0, NULL, NULL, 0));
    });
    AWAIT_SLEEPING(child);
    CHECK_EQ(futex(&mine[3], FUTEX_WAKE, 1, NULL, NULL, 0), 1);
    wait_ok(child);
}

CASE(futex_in_a_shared_file_mapping) {
    int fd = OK(open("f", O_RDWR | O_CREAT, 0600));
    OK(ftruncate(fd, 4096));
    int *mine = OK(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
    pid_t child = SPAWN({
        int again = OK(open("f", O_RDWR));
        int *theirs = OK(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, again, 0));
        OK(futex(theirs, FUTEX_WAIT, 0, NULL, NULL, 0));
    });
    AWAIT_SLEEPING(child);
    CHECK_EQ(futex(mine, FUTEX_WAKE, 1, NULL, NULL, 0), 1);
    wait_ok(child);
}

CASE(private_futexes_of_parent_and_child_are_apart) {
    pid_t child = SPAWN({
        struct timespec wait = {0, 200000000};
        CHECK_ERRNO(futex(&word, FUTEX_WAIT_PRIVATE, 0, &wait, NULL, 0), ETIMEDOUT);
    });
    AWAIT_SLEEPING(child);
    CHECK_EQ(futex(&word, FUTEX_WAKE_PRIVATE, 10, NULL, NULL, 0), 0);
    CHECK_EQ(futex(&word, FUTEX_WAKE, 10, NULL, NULL, 0), 0);
    wait_ok(child);
}

CASE(wake_of_unmapped_private_address_finds_nobody) {
    char *page = OK(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    OK(munmap(page, 4096));
    CHECK_EQ(futex((int *)page, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0), 0);
    CHECK_ERRNO(futex((int *)page, FUTEX_WAKE, 1, NULL, NULL, 0), EFAULT);
}

CASE(ping_pong) {
    static int turn;
    void *pong(void *argument) {
        (void)argument;
        for (int i = 0; i < 2000; i++) {
            while (__atomic_load_n(&turn, __ATOMIC_SEQ_CST) != 1) futex(&turn, FUTEX_WAIT_PRIVATE, 0, NULL, NULL, 0);
            __atomic_store_n(&turn, 0, __ATOMIC_SEQ_CST);
            futex(&turn, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
        }
        return NULL;
    }
    pthread_t thread;
    CHECK_ZERO(pthread_create(&thread, NULL, pong, NULL));
    for (int i = 0; i < 2000; i++) {
        __atomic_store_n(&turn, 1, __ATOMIC_SEQ_CST);
        futex(&turn, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
        while (__atomic_load_n(&turn, __ATOMIC_SEQ_CST) != 0) futex(&turn, FUTEX_WAIT_PRIVATE, 1, NULL, NULL, 0);
    }
    CHECK_ZERO(pthread_join(thread, NULL));
}

CASE(robust_list_marks_the_dead_owner) {
    struct robust_list_head *head;
    size_t size;
    OK(syscall(SYS_get_robust_list, 0, &head, &size));
    CHECK_EQ(size, sizeof *head);
    CHECK_ERRNO(syscall(SYS_set_robust_list, head, 5), EINVAL);
    /* A child dies while it holds a word of its list; the kernel sets FUTEX_OWNER_DIED. */
    struct shared {
        struct robust_list_head head;
        struct robust_list entry;
        int word;
    } *shared = shared_page();
    pid_t child = SPAWN({
        shared->head.list.next = &shared->entry;
        shared->entry.next = &shared->head.list;
        shared->head.futex_offset = (char *)&shared->word - (char *)&shared->entry;
        shared->head.list_op_pending = NULL;
        shared->word = gettid() | FUTEX_WAITERS;
        OK(syscall(SYS_set_robust_list, &shared->head, sizeof shared->head));
    });
    wait_ok(child);
    CHECK_EQ(shared->word, (int)(FUTEX_OWNER_DIED | FUTEX_WAITERS));
}

CASE(thread_end_clears_and_wakes_its_tid_word) {
    static int tid_word = -1;
    static char stack[65536] __attribute__((aligned(16)));
    /* A bare thread: nothing of glibc may run in it. */
    long result;
    __asm__ volatile(
            "mov %[stack], %%rsi\nmov %[flags], %%rdi\nxor %%edx, %%edx\nmov %[word], %%r10\nxor %%r8d, %%r8d\n"
            "mov $56, %%eax\nsyscall\ntest %%eax, %%eax\njnz 1f\n"
            "mov $60, %%eax\nxor %%edi, %%edi\nsyscall\n1:"
            : "=a"(result)
            : [stack] "r"(stack + sizeof stack), [flags] "r"(0x00200000L | 0x10f00L), [word] "r"(&tid_word)
            : "rdi", "rsi", "rdx", "r10", "r8", "rcx", "r11", "memory");
    CHECK(result > 0);
    while (__atomic_load_n(&tid_word, __ATOMIC_SEQ_CST) != 0)
        futex(&tid_word, FUTEX_WAIT, -1, NULL, NULL, 0);
    CHECK_EQ(tid_word, 0);
}
