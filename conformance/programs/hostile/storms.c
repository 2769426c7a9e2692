/* Programs that never end by themselves and try to hold a processor. StormTest runs and kills them. */
#include "../case.h"
#include <pthread.h>
#include <setjmp.h>
#include <ucontext.h>

enum { PAGE = 4096, THREADS = 4 };

static __thread sigjmp_buf back;

static void jump_out(int number) { siglongjmp(back, number); }

static void skip_byte(int number, siginfo_t *info, void *context) {
    (void)number, (void)info;
    ((ucontext_t *)context)->uc_mcontext.gregs[REG_RIP]++;
}

static void stay(int number) { (void)number; }

/* Goes on behind whatever the statement raises; siglongjmp without a saved mask costs no call. */
#define TRY(...) do { if (sigsetjmp(back, 0) == 0) { __VA_ARGS__; } } while (0)

static void catch_all(void) {
    static const int numbers[] = {SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGFPE, SIGSYS};
    static char stack[65536]; /* sysenter loses the stack pointer */
    stack_t alternate = {.ss_sp = stack, .ss_size = sizeof stack};
    OK(sigaltstack(&alternate, NULL));
    for (int i = 0; i < 6; i++) on_signal(numbers[i], jump_out, SA_NODEFER | SA_ONSTACK);
}

static void started(void) {
    puts("go");
    fflush(stdout);
}

/* The next of `count` things to try, over and over; each was tried once when the program says it has started. */
static unsigned following(unsigned one, unsigned count) {
    static int said;
    if (one + 1 == count && !said++) started();
    return (one + 1) % count;
}

/* A page that is one instruction and a return. */
static unsigned char *instruction_page(void) {
    return OK(mmap(NULL, PAGE, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
}

/* cli; jmp . */
HELPER(interrupts_off) {
    on_signal_info(SIGSEGV, skip_byte, 0);
    started();
    __asm__ volatile("cli\n1: jmp 1b");
    return 1;
}

static void *loop(void *unused) {
    (void)unused;
    __asm__ volatile("1: jmp 1b");
    return NULL;
}

/* Threads that loop with every signal blocked. */
HELPER(loops) {
    sigset_t all;
    sigfillset(&all);
    OK(sigprocmask(SIG_BLOCK, &all, NULL));
    for (int i = 1; i < THREADS; i++) {
        pthread_t thread;
        CHECK_ZERO(pthread_create(&thread, NULL, loop, NULL));
    }
    started();
    loop(NULL);
    return 1;
}

/* A handler that goes back to what it was called for. */
HELPER(faults) {
    on_signal(SIGSEGV, stay, 0);
    started();
    *(volatile int *)8 = 1;
    return 1;
}

HELPER(ports) {
    catch_all();
    started();
    for (unsigned port = 0;; port = (port + 1) & 0xffff) {
        if (port == 0x7e) continue; /* a system call by another name */
        TRY(__asm__ volatile("outb %%al, %%dx" ::"a"(0), "d"(port)));
        TRY(__asm__ volatile("inl %%dx, %%eax" ::"d"(port) : "rax"));
    }
}

HELPER(interrupts) {
    catch_all();
    unsigned char *code = instruction_page();
    for (unsigned number = 0;; number = following(number, 256)) {
        if (number == 0x80) continue;
        code[0] = 0xcd, code[1] = number, code[2] = 0xc3;
        TRY(((void (*)(void))code)());
    }
}

HELPER(privileged) {
    static const char *const instructions[] = {
        "\x0f\x34", "\x0f\x35", "\xf4", "\xfa", "\xfb", "\xf1", "\xcc", "\x0f\x30", "\x0f\x32", "\x0f\x33", /* sysenter ... rdpmc */
        "\x0f\x23\xf8", "\x0f\x21\xf8", "\x0f\x23\xc0", /* debug registers */
        "\x0f\x22\xc0", "\x0f\x22\xd8", "\x0f\x22\xe0", "\x44\x0f\x22\xc0", "\x0f\x06", "\x0f\x09", "\x0f\x08", /* control registers, caches */
        "\x0f\x01\x10", "\x0f\x01\x18", "\x0f\x00\xd8", "\x0f\x00\xd0", "\x0f\x01\xf0", "\x0f\x01\x38", /* tables, invlpg */
        "\x0f\x01\xf8", "\x0f\x01\xd1", "\x0f\x01\xc1", "\x0f\x01\xd9", "\x0f\x01\xc4", "\x0f\x07", "\x48\x0f\x07", /* swapgs, vmcall, sysret */
        "\x0f\xae\x31", "\x66\x0f\x38\x82\x08", "\x0f\x01\xc8", "\x0f\x01\xfa", "\x48\xcf", "\x0f\xaa", /* monitor, iretq, rsm */
    };
    catch_all();
    unsigned char *code = instruction_page();
    for (unsigned i = 0;; i = following(i, sizeof instructions / sizeof *instructions)) {
        memset(code, 0xc3, 16);
        memcpy(code, instructions[i], strlen(instructions[i]));
        TRY({
            __asm__ volatile("call *%0" ::"r"(code), "a"(0), "c"(0xc0000082), "d"(0)
                    : "rbx", "rsi", "rdi", "r8", "r9", "r10", "r11", "memory", "cc");
        });
    }
}

/* The trap flag: an exception for each instruction, system calls included. */
HELPER(single_steps) {
    on_signal(SIGTRAP, stay, 0);
    started();
    __asm__ volatile("pushf\norq $0x100, (%%rsp)\npopf" ::: "cc", "memory");
    for (;;) syscall(SYS_getppid);
}

/* Jumps to every byte of the machine's own code, and into the pages next to it. */
HELPER(stubs) {
    enum { CODE_BYTES = 0x300, STRIDE = 56, FARTHER = 18 * PAGE / STRIDE };
    catch_all();
    for (unsigned i = 0;; i = following(i, CODE_BYTES + FARTHER)) {
        uint64_t offset = i < CODE_BYTES ? i : (i - CODE_BYTES) * STRIDE;
        uint64_t target = 0xffffff0000000000 + offset;
        TRY(__asm__ volatile("call *%0" ::"r"(target), "a"(SYS_getppid)
                : "rbx", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11", "memory", "cc"));
        if (offset % 16 == 0) TRY((void)*(volatile char *)target);
    }
}

static unsigned char *volatile middle;

static void *jump_into(void *unused) {
    (void)unused;
    for (unsigned offset = 0;; offset = (offset + 1) % 9)
        TRY(__asm__ volatile("call *%0" ::"r"(middle + offset), "a"(SYS_getppid)
                : "rbx", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11", "memory", "cc"));
    return NULL;
}

/* Jumps into the middle of rewritten system calls, while they are written and made executable again. */
HELPER(halves) {
    static const unsigned char code[] = {0x90, 0xb8, 110, 0, 0, 0, 0x0f, 0x05, 0xc3};
    catch_all();
    middle = instruction_page();
    memset(middle, 0xc3, PAGE);
    memcpy(middle, code, sizeof code);
    started();
    for (int i = 1; i < THREADS; i++) {
        pthread_t thread;
        CHECK_ZERO(pthread_create(&thread, NULL, jump_into, NULL));
    }
    for (;;) {
        TRY({
            OK(mprotect(middle, PAGE, PROT_READ | PROT_EXEC));
            for (int i = 0; i < 5; i++) ((void (*)(void))(middle + 1))();
            OK(mprotect(middle, PAGE, PROT_READ | PROT_WRITE | PROT_EXEC));
            memcpy(middle, code, sizeof code);
        });
    }
}

/* System calls by all doors, as fast as they go, none of which ends the program. */
HELPER(calls) {
    catch_all();
    started();
    for (unsigned number = 0;; number++) {
        long result;
        TRY(__asm__ volatile("syscall" : "=a"(result) : "a"(0x1000 + number) : "rcx", "r11", "memory"));
        TRY(__asm__ volatile("out %%al, $0x7e" : "=a"(result) : "a"(0x1000 + number) : "rcx", "r11", "memory"));
        TRY(__asm__ volatile("int $0x80" : "=a"(result) : "a"(0x1000 + number) : "memory"));
    }
}
