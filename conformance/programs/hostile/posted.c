/*
 * Spoils what the kernel may have put below the lowest address that programs can map in order to
 * answer calls cheaply: a page it reads calls from, and code. On Linux nothing is there, so that each
 * attempt ends with a signal. The process that does it may get anything; nobody else may notice.
 */
#include "../case.h"
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>

enum { ROUNDS = 300, CHILDREN = 6, JUMPS = 60, PAUSES = 300, SLOT_WORDS = 64, CODE_BYTES = 0x580, ANSWER_BYTES = 0x780, LOOKUP_BYTES = 0x800, FIRST_TAIL = 0x420 };

#define CODE 0xd000UL
#define SLOT 0xe000UL
#define ANSWERS 0xf820UL
#define LOOKUPS 0xc000UL

static int ends[2];
static volatile int stop;
static sigjmp_buf back;

static void send_to_self(int number) {
    int got = -1;
    CHECK_EQ(write(ends[1], &number, sizeof number), (int)sizeof number);
    CHECK_EQ(read(ends[0], &got, sizeof got), (int)sizeof got);
    CHECK_EQ(got, number);
}

static void send_many(void) {
    for (int i = 0; i < ROUNDS; i++) send_to_self(i);
}

/* Spoiled calls may have blocked for ever, and all signals with them. */
static void await_or_kill(pid_t pid) {
    struct timespec pause = {0, 5000000};
    for (int i = 0; i < PAUSES; i++) {
        if (OK(waitpid(pid, NULL, WNOHANG)) == pid) return;
        nanosleep(&pause, NULL);
    }
    OK(kill(pid, SIGKILL));
    OK(waitpid(pid, NULL, 0));
}

static unsigned next(unsigned *seed) {
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

static void *scribble(void *argument) {
    unsigned seed = *(unsigned *)argument;
    while (!stop) {
        volatile unsigned *field = (volatile unsigned *)(SLOT + (next(&seed) % SLOT_WORDS) * 4);
        unsigned kind = next(&seed) % 3;
        *field = kind == 0 ? next(&seed) % 5 : kind == 1 ? next(&seed) % 400 : next(&seed);
    }
    return NULL;
}

static void *take_base(void *base) {
    char bytes[16];
    __asm__ volatile("wrfsbase %0" : : "r"(base) : "memory");
    while (!stop) {
        syscall(SYS_write, ends[1], bytes, 1);
        syscall(SYS_read, ends[0], bytes, 1);
        syscall(SYS_getppid);
        syscall(SYS_rt_sigprocmask, SIG_BLOCK, NULL, bytes, 8);
    }
    _exit(0);
}

/* Whatever the program comes to may complain, and must not speak for others or reach them. */
static void go_alone(void) {
    int nowhere = open("/dev/null", O_RDWR);
    for (int i = 0; i < 3; i++) dup2(nowhere, i);
    closefrom(3);
    OK(setpgid(0, 0));
    if (getuid() == 0) OK(setresuid(12345, 12345, 12345));
}

/* Calls whose answers may be anything while another thread writes to the slot. */
static void call_anyhow(unsigned seed) {
    char bytes[16];
    sigset_t mask;
    struct sigaction action;
    for (int i = 0; i < ROUNDS; i++) {
        unsigned kind = next(&seed) % 6;
        if (kind == 0) write(ends[1], bytes, 1);
        if (kind == 1) lseek(ends[0], 0, SEEK_CUR);
        if (kind == 2) getppid();
        if (kind == 3) sigaction(SIGUSR1, NULL, &action);
        if (kind == 4) sigprocmask(SIG_BLOCK, NULL, &mask);
        if (kind == 5) sched_yield();
    }
}

/* Has children make calls while a thread of each disturbs them, and sees that others' are right. */
static void disturb(int warm_ups, void *(*thread)(void *), void *argument) {
    OK(pipe(ends));
    send_many();
    for (unsigned child = 0; child < CHILDREN; child++) {
        pid_t pid = OK(fork());
        if (pid == 0) {
            pthread_t disturber;
            go_alone();
            OK(pipe(ends));
            for (int i = 0; i < warm_ups; i++) {
                lseek(ends[0], 0, SEEK_CUR);
                getppid();
            }
            pthread_create(&disturber, NULL, thread, argument == NULL ? &child : argument);
            call_anyhow(child);
            stop = 1;
            _exit(0);
        }
        await_or_kill(pid);
        send_many();
    }
}

CASE(a_slot_that_another_thread_writes) { disturb(ROUNDS, scribble, NULL); }

CASE(a_thread_with_the_base_of_another) {
    void *base;
    __asm__ volatile("rdfsbase %0" : "=r"(base));
    disturb(0, take_base, base);
}

static void jump_back(int number) { siglongjmp(back, number); }

/* Enters the code somewhere, with a place to come back to or the kernel's own in RCX. */
static void enter(unsigned long address, unsigned long returns) {
    unsigned long number = SYS_getppid;
    __asm__ volatile("mov %2, %%rcx\n\t"
                     "test %%rcx, %%rcx\n\t"
                     "jnz 1f\n\t"
                     "lea 2f(%%rip), %%rcx\n\t"
                     "1: jmp *%1\n\t"
                     "2:"
                     : "+a"(number)
                     : "d"(address), "S"(returns)
                     : "rcx", "rdi", "r8", "r9", "r10", "r11", "memory", "cc");
}

static unsigned long anywhere(unsigned *seed) {
    unsigned page = next(seed) % 4;
    if (page == 0) return ANSWERS + next(seed) % ANSWER_BYTES;
    if (page == 1) return LOOKUPS + next(seed) % LOOKUP_BYTES;
    return CODE + next(seed) % CODE_BYTES;
}

static void enter_many(unsigned seed) {
    static char stack[65536];
    stack_t other = {.ss_sp = stack, .ss_size = sizeof stack};
    sigaltstack(&other, NULL);
    int signals[] = {SIGSEGV, SIGILL, SIGBUS, SIGTRAP, SIGFPE, SIGALRM, SIGSYS};
    for (unsigned i = 0; i < sizeof signals / sizeof *signals; i++) {
        struct sigaction action = {.sa_handler = jump_back, .sa_flags = SA_ONSTACK | SA_NODEFER};
        sigaction(signals[i], &action, NULL);
    }
    for (volatile int i = 0; i < JUMPS; i++) {
        struct itimerval soon = {{0, 20000}, {0, 20000}};
        setitimer(ITIMER_REAL, &soon, NULL);
        unsigned long returns = next(&seed) % 2 ? 0 : CODE + FIRST_TAIL + next(&seed) % 8 * 48;
        unsigned long to = anywhere(&seed);
        if (sigsetjmp(back, 1) == 0) enter(to, returns);
    }
    _exit(0);
}

CASE(code_that_is_entered_anywhere) {
    OK(pipe(ends));
    send_many();
    for (unsigned child = 0; child < CHILDREN; child++) {
        pid_t pid = OK(fork());
        if (pid == 0) {
            go_alone();
            OK(pipe(ends));
            struct stat status;
            for (int i = 0; i < ROUNDS; i++) {
                getppid();
                stat("/tmp", &status);
                access("/none", F_OK);
            }
            enter_many(child);
        }
        await_or_kill(pid);
        send_many();
    }
}

CASE(what_all_programs_read_is_written_by_none) {
    struct stat status;
    for (int i = 0; i < ROUNDS; i++) {
        OK(stat("/tmp", &status));
        CHECK_ERRNO(access("/none", F_OK), ENOENT);
    }
    for (unsigned long page = 0x1000; page < SLOT; page += 0x1000) {
        pid_t child = OK(fork());
        if (child == 0) {
            OK(stat("/tmp", &status));
            *(volatile char *)(page + 8) = 1;
            _exit(0);
        }
        int end;
        OK(waitpid(child, &end, 0));
        CHECK(WIFSIGNALED(end) && WTERMSIG(end) == SIGSEGV);
    }
    OK(stat("/tmp", &status));
}
