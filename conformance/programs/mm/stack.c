/* Stack growth, guard pages, alternate stacks that catch overflow, RLIMIT_STACK and RLIMIT_AS. */
#include "../case.h"
#include <pthread.h>
#include <setjmp.h>
#include <sys/resource.h>

#define PAGE 4096L

static int __attribute__((noinline)) deep(int levels) {
    volatile char frame[1024];
    frame[0] = (char)levels;
    frame[1023] = 1;
    return levels == 0 ? 0 : deep(levels - 1) + frame[1023] - 1;
}

CASE(stack_grows_by_megabytes) { CHECK_EQ(deep(4000), 0); }

CASE(stack_may_be_touched_far_below_the_pointer) {
    volatile char *here = __builtin_frame_address(0);
    here[-256 * 1024] = 1;
    CHECK_EQ(here[-256 * 1024], 1);
}

static sigjmp_buf back;
static volatile siginfo_t fault;

static void overflow_handler(int number, siginfo_t *info, void *context) {
    (void)number, (void)context;
    fault = *info;
    siglongjmp(back, 1);
}

static volatile int endless = 1;
static int __attribute__((noinline)) recurse(int depth) {
    volatile char frame[4096];
    frame[0] = 1;
    return endless ? recurse(depth + 1) + frame[0] : 0;
}

static void use_alternate_stack(void) {
    stack_t alternate = {.ss_sp = malloc(65536), .ss_size = 65536};
    OK(sigaltstack(&alternate, NULL));
    on_signal_info(SIGSEGV, overflow_handler, SA_ONSTACK);
}

CASE(overflow_is_caught_on_the_alternate_stack) {
    use_alternate_stack();
    if (sigsetjmp(back, 1) == 0) {
        recurse(0);
        FAIL("no overflow");
    }
    CHECK_EQ(fault.si_signo, SIGSEGV);
    CHECK(fault.si_code == SEGV_MAPERR || fault.si_code == SEGV_ACCERR);
}

CASE(overflow_without_alternate_stack_kills) {
    pid_t child = SPAWN(recurse(0));
    wait_signal(child, SIGSEGV);
}

/* A handler that cannot be run because there is no stack for its frame: SIGSEGV by default. */
CASE(handler_without_room_for_its_frame_kills) {
    pid_t child = SPAWN({
        on_signal_info(SIGSEGV, overflow_handler, 0);
        recurse(0);
    });
    wait_signal(child, SIGSEGV);
}

static void *overflow_thread(void *argument) {
    (void)argument;
    use_alternate_stack();
    if (sigsetjmp(back, 1) == 0) recurse(0);
    return (void *)(intptr_t)fault.si_code;
}

CASE(thread_stack_ends_at_its_guard_page) {
    pthread_t thread;
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    CHECK_ZERO(pthread_attr_setstacksize(&attributes, 256 * 1024));
    CHECK_ZERO(pthread_create(&thread, &attributes, overflow_thread, NULL));
    void *code;
    CHECK_ZERO(pthread_join(thread, &code));
    CHECK_EQ(code, SEGV_ACCERR); /* the guard page is mapped PROT_NONE */
}

CASE(stack_limit_is_obeyed_after_exec) {
    struct rlimit limit = {1 << 20, 1 << 20};
    pid_t child = SPAWN({
        OK(setrlimit(RLIMIT_STACK, &limit));
        execl(self_path, self_path, "@recurse", "2000", NULL);
    });
    wait_signal(child, SIGSEGV);
    child = SPAWN({
        OK(setrlimit(RLIMIT_STACK, &limit));
        execl(self_path, self_path, "@recurse", "500", NULL);
    });
    wait_ok(child);
}

HELPER(recurse) { return deep(atoi(argv[1])); }

CASE(growsdown_mapping_grows) {
    char *area = OK(mmap(NULL, 512 * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    OK(munmap(area, 512 * PAGE));
    char *top = area + 511 * PAGE;
    OK(mmap(top, PAGE, PROT_READ | PROT_WRITE,
            MAP_PRIVATE | MAP_ANONYMOUS | MAP_GROWSDOWN | MAP_FIXED_NOREPLACE, -1, 0));
    for (int page = 0; page < 16; page++) top[-page * PAGE] = (char)page;
    for (int page = 0; page < 16; page++) CHECK_EQ(top[-page * PAGE], page);
}

CASE(system_call_grows_the_stack) {
    /* read(2) into stack memory that was never touched. */
    int ends[2];
    OK(pipe(ends));
    CHECK_EQ(write(ends[1], "deep", 4), 4);
    volatile char *here = __builtin_frame_address(0);
    CHECK_EQ(read(ends[0], (void *)(here - 512 * 1024), 4), 4);
    CHECK_MEM((void *)(here - 512 * 1024), "deep", 4);
}

CASE(address_space_limit_makes_mmap_fail) {
    IN_CHILD({
        struct rlimit limit = {256 << 20, 256 << 20};
        OK(setrlimit(RLIMIT_AS, &limit));
        CHECK_ERRNO((intptr_t)mmap(NULL, 512 << 20, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), ENOMEM);
        OK(mmap(NULL, 16 << 20, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    });
}

CASE(data_limit_makes_brk_fail) {
    IN_CHILD({
        struct rlimit limit = {1 << 20, 1 << 20};
        OK(setrlimit(RLIMIT_DATA, &limit));
        long start = syscall(SYS_brk, 0);
        CHECK_EQ(syscall(SYS_brk, start + (64 << 20)), start);
    });
}

CASE(stack_is_not_executable) {
    pid_t child = SPAWN({
        unsigned char code[16] = {0xc3};
        void (*volatile function)(void) = (void (*)(void))code;
        function();
    });
    wait_signal(child, SIGSEGV);
}
