/* build: static dynamic
 * One process after another of the same program and user: whatever one did to its memory, the next one
 * begins anew, wherever its parts lie. */
#include "../case.h"
#include <setjmp.h>

#define PAGE 4096L
#define PAGES 12
#define ROUNDS 8
#define KINDS 9
#define MARK 0x5a

static char data[PAGES * PAGE] __attribute__((aligned(4096))) = {1, 2, 3};
static char zeros[PAGES * PAGE] __attribute__((aligned(4096)));
static sigjmp_buf back;

static void faulted(int signal) {
    (void)signal;
    siglongjmp(back, 1);
}

static int can_write(char *at) {
    if (sigsetjmp(back, 1)) return 0;
    *(volatile char *)at = MARK;
    return 1;
}

static int can_read(char *at) {
    if (sigsetjmp(back, 1)) return 0;
    (void)*(volatile char *)at;
    return 1;
}

static int can_run(char *at) {
    if (sigsetjmp(back, 1)) return 0;
    ((void (*)(void))at)();
    return 1;
}

static void all_zero(char *from, long bytes) {
    for (long i = 0; i < bytes; i++) CHECK_EQ(from[i], 0);
}

static char *map(long pages, int protection, int flags, int fd) {
    return OK(mmap(NULL, pages * PAGE, protection, MAP_PRIVATE | flags, fd, 0));
}

/* What is in one place is something else in each round: the kinds take turns. */
static void map_kind(int kind) {
    int fd = OK(open(self_path, O_RDONLY));
    char first[PAGE];
    CHECK_EQ(read(fd, first, PAGE), PAGE);
    char *at;
    switch (kind) {
    case 0:
        at = map(PAGES, PROT_READ | PROT_WRITE, MAP_ANONYMOUS, -1);
        all_zero(at, PAGES * PAGE);
        memset(at, MARK, PAGES * PAGE);
        break;
    case 1:
        at = map(PAGES, PROT_READ, MAP_ANONYMOUS, -1);
        CHECK(!can_write(at + 3 * PAGE));
        all_zero(at, PAGES * PAGE);
        OK(mprotect(at, PAGES * PAGE, PROT_READ | PROT_WRITE));
        memset(at, MARK, PAGES * PAGE);
        break;
    case 2:
        at = map(PAGES, PROT_NONE, MAP_ANONYMOUS, -1);
        for (int i = 0; i < PAGES; i++) CHECK(!can_read(at + i * PAGE));
        OK(mprotect(at + PAGE, PAGE, PROT_READ | PROT_WRITE));
        all_zero(at + PAGE, PAGE);
        CHECK(!can_read(at + 2 * PAGE));
        break;
    case 3:
        at = map(PAGES, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_ANONYMOUS, -1);
        all_zero(at, PAGES * PAGE);
        for (int i = 0; i < PAGES; i++) {
            at[i * PAGE] = (char)0xc3; /* ret */
            CHECK(can_run(at + i * PAGE));
        }
        break;
    case 4:
        at = map(PAGES, PROT_READ | PROT_WRITE, MAP_ANONYMOUS, -1);
        all_zero(at, PAGES * PAGE);
        for (int i = 0; i < PAGES; i++) {
            at[i * PAGE] = (char)0xc3;
            CHECK(!can_run(at + i * PAGE));
        }
        break;
    case 5:
        at = map(1, PROT_READ, 0, fd);
        CHECK_MEM(at, first, PAGE);
        CHECK(!can_write(at));
        break;
    case 6:
        at = map(1, PROT_READ | PROT_WRITE, 0, fd);
        CHECK_MEM(at, first, PAGE);
        memset(at, MARK, PAGE);
        break;
    case 7:
        at = map(1, PROT_READ, MAP_DENYWRITE, fd);
        CHECK_MEM(at, first, PAGE);
        at = OK(mmap(at, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_FIXED | MAP_ANONYMOUS, -1, 0));
        all_zero(at, PAGE);
        memset(at, MARK, PAGE);
        break;
    default:
        at = OK(mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
        all_zero(at, PAGES * PAGE);
        IN_CHILD({ memset(at, MARK, PAGES * PAGE); });
        for (long i = 0; i < PAGES * PAGE; i++) CHECK_EQ(at[i], MARK);
    }
    OK(close(fd));
}

/* Goes through its memory, and leaves marks everywhere: "@round KIND". */
HELPER(round) {
    int kind = atoi(argv[1]);
    struct sigaction action = {.sa_handler = faulted};
    OK(sigaction(SIGSEGV, &action, NULL));
    CHECK_EQ(data[0], 1);
    CHECK_EQ(data[2], 3);
    all_zero(data + 3, sizeof data - 3);
    all_zero(zeros, sizeof zeros);
    char *heap = sbrk(0);
    long grown = (PAGES + kind) * PAGE;
    OK(sbrk(grown));
    all_zero(heap, grown);
    memset(heap, MARK, grown);
    map_kind(kind);
    char *behind = map(PAGES, PROT_READ | PROT_WRITE, MAP_ANONYMOUS, -1);
    all_zero(behind, PAGES * PAGE);
    memset(data, MARK, sizeof data);
    memset(zeros, MARK, sizeof zeros);
    memset(behind, MARK, PAGES * PAGE);
    if (kind % 3 == 0) {
        /* Pages that are shared with a child that outlasts nothing, and copies of them. */
        IN_CHILD({
            CHECK_EQ(heap[0], MARK);
            memset(heap, 0, grown);
            memset(zeros, 0, sizeof zeros);
        });
        CHECK_EQ(heap[grown - 1], MARK);
        CHECK_EQ(zeros[0], MARK);
    }
    return 0;
}

static void round_of(int kind) {
    char text[16];
    snprintf(text, sizeof text, "%d", kind);
    wait_ok(SPAWN(execl(self_path, self_path, "@round", text, NULL)));
}

CASE(the_same_again_and_again) {
    for (int i = 0; i < ROUNDS; i++) round_of(0);
}

/* Each kind comes after the one so many before it. */
static void in_steps_of(int step) {
    for (int i = 0; i <= KINDS; i++) round_of(i * step % KINDS);
}

CASE(something_else_each_time) { in_steps_of(1); }
CASE(something_else_in_steps_of_two) { in_steps_of(2); }
CASE(something_else_in_steps_of_four) { in_steps_of(4); }
CASE(something_else_backwards) { in_steps_of(KINDS - 1); }
CASE(something_else_in_long_steps) { in_steps_of(5); }

CASE(several_at_a_time) {
    for (int i = 0; i < 3; i++) {
        pid_t children[4];
        for (int j = 0; j < 4; j++) {
            char text[16];
            snprintf(text, sizeof text, "%d", (i + 2 * j) % KINDS);
            children[j] = SPAWN(execl(self_path, self_path, "@round", text, NULL));
        }
        for (int j = 0; j < 4; j++) wait_ok(children[j]);
    }
}

HELPER(places) {
    char *heap = sbrk(0);
    char text[128];
    snprintf(text, sizeof text, "%p %p\n", (void *)heap, (void *)map(1, PROT_READ, MAP_ANONYMOUS, -1));
    OK(write(atoi(argv[1]), text, strlen(text)));
    if (argc > 2) raise(SIGKILL);
    return 0;
}

static void places(char *into, const char *dies) {
    int ends[2];
    OK(pipe(ends));
    char text[16];
    snprintf(text, sizeof text, "%d", ends[1]);
    pid_t child = SPAWN(execl(self_path, self_path, "@places", text, dies, NULL));
    int status = 0;
    OK(waitpid(child, &status, 0));
    long got = OK(read(ends[0], into, 127));
    into[got] = 0;
    OK(close(ends[0]));
    OK(close(ends[1]));
}

CASE(who_crashes_is_placed_anew) {
    char before[128], after[128];
    for (int i = 0; i < 3; i++) {
        places(before, "dies");
        places(after, "dies");
        CHECK(strcmp(before, after) != 0);
    }
}
