/* Code that changes under the processor, above all around system calls that were used often. */
#include "../case.h"
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>

enum { PAGE = 4096 };

static const unsigned char call_getppid[] = {0xb8, 110, 0, 0, 0, 0x0f, 0x05, 0xc3};

typedef long (*function)(void);

/* A file whose pages hold a function each that makes a system call, mapped as programs are. */
static unsigned char *map_code(int pages, int *fd) {
    unsigned char page[PAGE];
    memset(page, 0xcc, PAGE);
    memcpy(page, call_getppid, sizeof call_getppid);
    *fd = OK(open("code", O_RDWR | O_CREAT, 0755));
    for (int i = 0; i < pages; i++) CHECK_EQ(pwrite(*fd, page, PAGE, i * PAGE), PAGE);
    return OK(mmap(NULL, pages * PAGE, PROT_READ | PROT_EXEC, MAP_PRIVATE, *fd, 0));
}

static void use(unsigned char *code, int times) {
    for (int i = 0; i < times; i++) CHECK_EQ(((function)code)(), getppid());
}

CASE(page_of_used_calls_becomes_writable) {
    int fd;
    unsigned char *code = map_code(600, &fd);
    use(code, 20);
    OK(mprotect(code, PAGE, PROT_READ | PROT_WRITE | PROT_EXEC));
    code[100] = 1; /* somewhere else on the page */
    for (int i = 1; i < 600; i++) use(code + i * PAGE, 5); /* whatever remembers sites forgets this one */
    use(code, 20);
    CHECK_MEM(code, call_getppid, sizeof call_getppid);
}

CASE(call_is_rewritten_by_the_program) {
    int fd;
    unsigned char *code = map_code(1, &fd);
    use(code, 20);
    OK(mprotect(code, PAGE, PROT_READ | PROT_WRITE));
    code[1] = 39; /* getpid */
    OK(mprotect(code, PAGE, PROT_READ | PROT_EXEC));
    for (int i = 0; i < 20; i++) CHECK_EQ(((function)code)(), getpid());
    unsigned char in_file[sizeof call_getppid];
    CHECK_EQ(pread(fd, in_file, sizeof in_file, 0), sizeof in_file);
    CHECK_MEM(in_file, call_getppid, sizeof in_file);
}

CASE(file_of_used_calls_changes) {
    int fd;
    unsigned char *code = map_code(1, &fd);
    use(code, 20);
    unsigned char other = 39;
    CHECK_EQ(pwrite(fd, &other, 1, 1), 1);
    for (int i = 0; i < 20; i++) CHECK_EQ(((function)code)(), getpid());
    OK(ftruncate(fd, 0));
    wait_signal(SPAWN(((function)code)()), SIGBUS);
}

CASE(child_rewrites_its_code) {
    int fd;
    unsigned char *code = map_code(1, &fd);
    use(code, 20);
    IN_CHILD({
        OK(mprotect(code, PAGE, PROT_READ | PROT_WRITE | PROT_EXEC));
        code[1] = 39;
        for (int i = 0; i < 20; i++) CHECK_EQ(((function)code)(), getpid());
    });
    use(code, 20);
}

CASE(copy_of_code_runs_elsewhere) {
    int fd;
    unsigned char *code = map_code(1, &fd);
    use(code, 20);
    unsigned char *copy = OK(mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    CHECK_EQ(pread(fd, copy, PAGE, 0), PAGE);
    OK(mprotect(copy, PAGE, PROT_READ | PROT_EXEC));
    use(copy, 20);
    unsigned char *moved = OK(mremap(code, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, copy));
    use(moved, 20);
}

CASE(jumps_into_the_middle) {
    int fd;
    unsigned char *code = map_code(1, &fd);
    use(code, 20);
    for (int offset = 1; offset < 12; offset++) {
        pid_t child = SPAWN({
            alarm(2);
            ((function)(code + offset))();
        });
        wait_status(child); /* however it ended, it ended */
    }
    use(code, 20);
}

static unsigned char *volatile shared_code;
static volatile int stop;
static __thread sigjmp_buf back;

static void jump_out(int number) { siglongjmp(back, number); }

static void *run_code(void *unused) {
    long calls = 0;
    while (!stop) {
        if (sigsetjmp(back, 1) == 0) {
            long parent = ((function)shared_code)();
            if (parent != getppid() && parent != getpid()) return (void *)1;
            calls++;
        } else sched_yield();
    }
    return NULL;
}

CASE(code_changes_under_other_threads) {
    int fd;
    shared_code = map_code(1, &fd);
    static const int numbers[] = {SIGSEGV, SIGBUS, SIGILL, SIGTRAP};
    for (int i = 0; i < 4; i++) on_signal(numbers[i], jump_out, SA_NODEFER);
    pthread_t threads[2];
    for (int i = 0; i < 2; i++) CHECK_ZERO(pthread_create(&threads[i], NULL, run_code, NULL));
    unsigned char *code = shared_code;
    for (int i = 0; i < 60; i++) {
        OK(mprotect(code, PAGE, PROT_READ | PROT_WRITE | PROT_EXEC));
        code[1] = i % 2 ? 39 : 110;
        OK(mprotect(code, PAGE, PROT_READ | PROT_EXEC));
        sched_yield();
        if (i % 3 == 0) OK(mprotect(code, PAGE, PROT_NONE));
        if (i % 3 == 1) OK(munmap(code, PAGE));
        CHECK(mmap(code, PAGE, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_FIXED, fd, 0) == code);
        if (i % 10 == 0) wait_ok(SPAWN());
        if (i % 7 == 0) madvise(code, PAGE, MADV_DONTNEED);
    }
    stop = 1;
    for (int i = 0; i < 2; i++) {
        void *result;
        CHECK_ZERO(pthread_join(threads[i], &result));
        CHECK(result == NULL);
    }
}
