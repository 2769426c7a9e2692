/* What a thread takes along when it goes from one processor to another. Where the machine has only
 * one, this shows no more than switches between threads; ProcessorsTest runs it with two. */
#include "../case.h"

#include <pthread.h>

enum { ROUNDS = 500 };

static int tokens[2][2];

/* A system call with a value in a vector register, which the kernel must leave alone. */
static long call_holding(uint64_t value, long number, long a, void *b, long c) {
    uint64_t found;
    __asm__ volatile(
            "movq %2, %%xmm7\n"
            "syscall\n"
            "movq %%xmm7, %1\n"
            : "+a"(number), "=&r"(found)
            : "r"(value), "D"(a), "S"(b), "d"(c)
            : "xmm7", "rcx", "r11", "memory");
    CHECK_EQ(found, value);
    return number;
}

static void *pass_on(void *argument) {
    long me = (long)argument;
    uint64_t value = (me + 1) << 32;
    char token;
    for (int i = 0; i < ROUNDS; i++) {
        CHECK_EQ(call_holding(++value, SYS_read, tokens[me][0], &token, 1), 1);
        CHECK_EQ(call_holding(++value, SYS_write, tokens[1 - me][1], &token, 1), 1);
        /* Different times until the next call: either thread waits for the other. */
        for (volatile int spin = 0; spin < i * 7919 % 20000;) spin++;
    }
    return NULL;
}

CASE(vector_registers_follow_a_thread) {
    pthread_t threads[2];
    OK(pipe(tokens[0]));
    OK(pipe(tokens[1]));
    for (long i = 0; i < 2; i++) {
        CHECK_ZERO(pthread_create(&threads[i], NULL, pass_on, (void *)i));
        OK(write(tokens[i][1], "x", 1));
    }
    for (int i = 0; i < 2; i++) CHECK_ZERO(pthread_join(threads[i], NULL));
}
