/*
 * System calls made by instructions that a kernel may rewrite: at each place around the end of a
 * page, with each kind of instruction beside them, while something else happens to the pages.
 */
#include "../case.h"
#include <pthread.h>
#include <setjmp.h>

enum { FIRST = 0xff8, SITES = 15, BLOCK = 0x2000, PAGE = 0x1000, ROUNDS = 40, ADDED = 0x12345678 };

/* Blocks of two pages; in each the call is a byte further. Arguments: number, then those of the call. */
#define BLOCKS(name, entry_bytes, entry, tail) \
    __asm__(".pushsection .text\n" \
            ".p2align 13\n" #name ":\n" \
            ".set place, 0xff8\n" \
            ".rept 15\n" \
            ".p2align 13\n" \
            ".skip place - " #entry_bytes "\n" \
            entry "syscall\n" tail \
            ".set place, place + 1\n" \
            ".endr\n" \
            ".p2align 13\n" \
            ".popsection\n"); \
    extern char name[]

#define TAKE "mov %edi, %eax\n mov %rsi, %rdi\n mov %rdx, %rsi\n mov %rcx, %rdx\n"

enum { TAKE_BYTES = 11, NUMBER_BYTES = 5 };

/* What a C library does. */
BLOCKS(compared, 11, TAKE, "cmp $-4096, %rax\n ja 1f\n ret\n 1: mov $-1, %rax\n ret\n");

/* Must be done once, not twice. */
BLOCKS(added, 11, TAKE, "add $0x12345678, %rax\n ret\n");

/* Nothing behind the call that a jump would fit on. */
BLOCKS(returned, 5, "mov $110, %eax\n", "mov %eax, %edx\n neg %edx\n cmp $-4096, %eax\n ja 1f\n ret\n 1: mov $-1, %eax\n ret\n");

typedef long (*site)(long, ...);

static site place(char *blocks, int index, int entry_bytes) {
    return (site)(blocks + index * BLOCK + FIRST + index - entry_bytes);
}

static char *second_page(char *blocks, int index) { return blocks + index * BLOCK + PAGE; }

static int ends[2];

static long number_call(int index) { return place(returned, index, NUMBER_BYTES)(SYS_getppid); }

static void check_all(void) {
    long parent = getppid();
    for (int i = 0; i < SITES; i++) {
        CHECK_EQ(place(compared, i, TAKE_BYTES)(SYS_getppid), parent);
        CHECK_EQ(place(compared, i, TAKE_BYTES)(SYS_close, -1), -1);
        CHECK_EQ(place(added, i, TAKE_BYTES)(SYS_getppid), parent + ADDED);
        CHECK_EQ(number_call(i), parent);
    }
}

CASE(each_place_around_the_end_of_a_page) {
    for (int round = 0; round < ROUNDS; round++) check_all();
}

static volatile int ticks;
static long parent;

static void on_tick(int number) {
    (void)number;
    /* A few calls: a slow machine has to come to its program, too. */
    int index = ticks++ % SITES;
    if (place(added, index, TAKE_BYTES)(SYS_getppid) != parent + ADDED || number_call(index) != parent) _exit(3);
}

CASE(signals_come_amid_the_instructions) {
    parent = getppid();
    check_all();
    on_signal(SIGALRM, on_tick, SA_RESTART);
    struct itimerval every = {{0, 5000}, {0, 5000}};
    OK(setitimer(ITIMER_REAL, &every, NULL));
    for (int round = 0; round < ROUNDS || ticks == 0; round++) check_all();
    struct itimerval never = {{0, 0}, {0, 0}};
    OK(setitimer(ITIMER_REAL, &never, NULL));
}

static volatile int stop;

static void *call_all(void *unused) {
    while (!stop) check_all();
    return unused;
}

CASE(threads_come_to_the_same_instructions) {
    pthread_t other;
    CHECK_EQ(pthread_create(&other, NULL, call_all, NULL), 0);
    for (int round = 0; round < ROUNDS; round++) check_all();
    stop = 1;
    CHECK_EQ(pthread_join(other, NULL), 0);
}

/* Rights come and go, but never that to execute: nobody may notice. */
CASE(rights_change_while_a_thread_is_there) {
    pthread_t other;
    CHECK_EQ(pthread_create(&other, NULL, call_all, NULL), 0);
    for (int round = 0; round < ROUNDS; round++) {
        for (int i = 0; i < SITES; i++) {
            OK(mprotect(second_page(compared, i), PAGE, PROT_READ | PROT_EXEC | PROT_WRITE));
            OK(mprotect(second_page(returned, i), PAGE, PROT_READ | PROT_EXEC | PROT_WRITE));
            OK(mprotect(second_page(compared, i), PAGE, PROT_READ | PROT_EXEC));
            OK(mprotect(second_page(returned, i), PAGE, PROT_READ | PROT_EXEC));
        }
    }
    stop = 1;
    CHECK_EQ(pthread_join(other, NULL), 0);
}

CASE(children_have_the_instructions_too) {
    check_all();
    for (int i = 0; i < 4; i++) {
        pid_t child = OK(fork());
        if (child == 0) {
            check_all();
            OK(mprotect(second_page(compared, 6), PAGE, PROT_READ | PROT_EXEC | PROT_WRITE));
            check_all();
            _exit(0);
        }
        wait_ok(child);
        check_all();
    }
}

/* Comes to the call itself, with its number loaded elsewhere. */
CASE(a_jump_to_the_call) {
    check_all();
    long parent = getppid();
    for (int round = 0; round < ROUNDS; round++) {
        for (int i = 0; i < SITES; i++) {
            long result = SYS_getppid;
            char *call = returned + i * BLOCK + FIRST + i;
            __asm__ volatile("call *%1" : "+a"(result) : "r"(call) : "rcx", "rdx", "r11", "memory", "cc");
            CHECK_EQ(result, parent);
        }
    }
}

/* Comes behind the call, as a child does that is made by one. */
CASE(a_jump_behind_the_call) {
    check_all();
    for (int round = 0; round < ROUNDS; round++) {
        for (int i = 0; i < SITES; i++) {
            long result = 42;
            char *behind = added + i * BLOCK + FIRST + i + 2;
            __asm__ volatile("call *%1" : "+a"(result) : "r"(behind) : "rcx", "r11", "memory", "cc");
            CHECK_EQ(result, 42 + ADDED);
        }
    }
}

CASE(flags_stay_where_the_program_looks_at_them) {
    for (int round = 0; round < ROUNDS; round++) {
        long equal = round & 1;
        unsigned char seen;
        __asm__ volatile("cmp $1, %1\n mov $110, %%eax\n syscall\n sete %0"
                         : "=r"(seen)
                         : "r"(equal)
                         : "rax", "rcx", "r11", "memory", "cc");
        CHECK_EQ(seen, equal);
        __asm__ volatile("cmp $1, %1\n mov $110, %%eax\n syscall\n mov 0x8(%%rsp), %%rax\n mov %%rax, %%rdx\n sete %0"
                         : "=r"(seen)
                         : "r"(equal)
                         : "rax", "rcx", "rdx", "r11", "memory", "cc");
        CHECK_EQ(seen, equal);
    }
}

/* --- The second page is no longer what it was. */

static sigjmp_buf back;
static void *volatile fault_address;

static void on_fault(int number, siginfo_t *info, void *context) {
    (void)context;
    fault_address = info->si_addr;
    siglongjmp(back, number);
}

static void catch_faults(void) {
    struct sigaction action = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_NODEFER};
    int signals[] = {SIGSEGV, SIGBUS, SIGILL};
    for (int i = 0; i < 3; i++) OK(sigaction(signals[i], &action, NULL));
}

static long write_through(site call) { return call(SYS_write, (long)ends[1], "x", 1L); }

static int queued(void) {
    char bytes[16];
    int count = read(ends[0], bytes, sizeof bytes);
    return count < 0 ? 0 : count;
}

/* Calls where the second page cannot be executed: made where the call is in the first one. */
static void fault_through(site call, int index, char *second, int expected) {
    fault_address = NULL;
    volatile int signal_number = sigsetjmp(back, 1);
    if (signal_number == 0) {
        write_through(call);
        CHECK_EQ(0, 1);
    }
    CHECK_EQ(signal_number, expected);
    CHECK_EQ(fault_address == second, 1);
    /* The call was made if it is in the first page as a whole. */
    CHECK_EQ(queued(), FIRST + index + 2 <= PAGE ? 1 : 0);
}

static void write_often(site call, long expected) {
    for (int round = 0; round < ROUNDS; round++) {
        CHECK_EQ(write_through(call), expected);
        CHECK_EQ(queued(), 1);
    }
}

static void prepare(void) {
    OK(pipe2(ends, O_NONBLOCK));
    catch_faults();
}

/* Places where the compared instruction, or the call, needs the second page. */
#define FOR_EACH_END(i) for (int i = 1; i < 8; i++)

static site written_often(int index) {
    site call = place(compared, index, TAKE_BYTES);
    write_often(call, 1);
    return call;
}

CASE(no_right_to_execute_the_second_page) {
    prepare();
    FOR_EACH_END(i) {
        site call = written_often(i);
        char *second = second_page(compared, i);
        OK(mprotect(second, PAGE, PROT_READ));
        fault_through(call, i, second, SIGSEGV);
        OK(mprotect(second, PAGE, PROT_NONE));
        fault_through(call, i, second, SIGSEGV);
        OK(mprotect(second, PAGE, PROT_READ | PROT_EXEC));
        write_often(call, 1);
    }
}

CASE(the_second_page_is_unmapped) {
    prepare();
    FOR_EACH_END(i) {
        site call = written_often(i);
        char *second = second_page(compared, i);
        OK(munmap(second, PAGE));
        fault_through(call, i, second, SIGSEGV);
    }
}

/* Other instructions there: ret. */
CASE(the_second_page_is_another_one) {
    prepare();
    for (int i = 6; i < 8; i++) {
        site call = place(added, i, TAKE_BYTES);
        char *second = second_page(added, i);
        write_often(call, 1 + ADDED);
        char *other = mmap(second, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
        CHECK_EQ(other == second, 1);
        memset(other, 0xc3, PAGE);
        if (i == 7) other[0] = 5; /* the call's second byte */
        OK(mprotect(other, PAGE, PROT_READ | PROT_EXEC));
        write_often(call, 1);
    }
}

CASE(the_program_writes_to_the_second_page) {
    prepare();
    for (int i = 6; i < 8; i++) {
        site call = place(added, i, TAKE_BYTES);
        char *second = second_page(added, i);
        write_often(call, 1 + ADDED);
        OK(mprotect(second, PAGE, PROT_READ | PROT_WRITE | PROT_EXEC));
        second[i == 6 ? 2 : 3]++; /* the lowest byte of what is added */
        for (int again = 0; again < 2; again++) {
            write_often(call, 1 + ADDED + 1);
            OK(mprotect(second, PAGE, PROT_READ | PROT_EXEC));
        }
        OK(madvise(second, PAGE, MADV_DONTNEED));
        write_often(call, 1 + ADDED);
    }
}

CASE(the_file_loses_its_second_page) {
    prepare();
    FOR_EACH_END(i) {
        int file = OK(open("code", O_RDWR | O_CREAT | O_TRUNC, 0700));
        char *from = compared + i * BLOCK;
        CHECK_EQ(write(file, from, BLOCK), BLOCK);
        char *code = mmap(NULL, BLOCK, PROT_READ | PROT_EXEC, MAP_PRIVATE, file, 0);
        CHECK_EQ(code != MAP_FAILED, 1);
        site call = (site)(code + FIRST + i - TAKE_BYTES);
        write_often(call, 1);
        OK(ftruncate(file, PAGE));
        fault_through(call, i, code + PAGE, SIGBUS);
        OK(munmap(code, BLOCK));
        OK(close(file));
        OK(unlink("code"));
    }
}

CASE(the_pages_move) {
    prepare();
    for (int i = 0; i < SITES; i++) {
        int file = OK(open("code", O_RDWR | O_CREAT | O_TRUNC, 0700));
        CHECK_EQ(write(file, compared + i * BLOCK, BLOCK), BLOCK);
        char *code = mmap(NULL, BLOCK, PROT_READ | PROT_EXEC, MAP_PRIVATE, file, 0);
        CHECK_EQ(code != MAP_FAILED, 1);
        write_often((site)(code + FIRST + i - TAKE_BYTES), 1);
        char *room = mmap(NULL, BLOCK, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        char *moved = mremap(code, BLOCK, BLOCK, MREMAP_MAYMOVE | MREMAP_FIXED, room);
        CHECK_EQ(moved == room, 1);
        write_often((site)(moved + FIRST + i - TAKE_BYTES), 1);
        OK(munmap(moved, BLOCK));
        OK(close(file));
        OK(unlink("code"));
    }
}
