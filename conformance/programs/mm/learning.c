/* What one process of a program did to its memory is not there for the next one, nor missing. */
#include <sys/resource.h>

#include "../case.h"

#define PAGE 4096L
#define DATA_PAGES 40
#define RUNS "6"

/* More than a few pages each, and not all of them touched. */
static char data[DATA_PAGES * PAGE] __attribute__((aligned(4096))) = {1, 2, 3};
static char zeros[DATA_PAGES * PAGE] __attribute__((aligned(4096)));

static void check_and_touch(int step) {
    CHECK_EQ(data[0], 1);
    CHECK_EQ(data[1], 2);
    CHECK_EQ(data[2], 3);
    for (long i = 3; i < (long)sizeof data; i++) CHECK_EQ(data[i], 0);
    for (long i = 0; i < (long)sizeof zeros; i++) CHECK_EQ(zeros[i], 0);
    char *heap = sbrk(0);
    OK(sbrk(DATA_PAGES * PAGE));
    for (long i = 0; i < DATA_PAGES * PAGE; i++) CHECK_EQ(heap[i], 0);
    for (long page = 0; page < DATA_PAGES; page += step) {
        memset(data + page * PAGE, 77, PAGE);
        memset(zeros + page * PAGE, 78, PAGE);
        memset(heap + page * PAGE, 79, PAGE);
    }
}

HELPER(again) {
    int runs = atoi(argv[1]);
    check_and_touch(1 + runs % 3);
    if (runs == 0) return 0;
    char left[16];
    snprintf(left, sizeof left, "%d", runs - 1);
    pid_t child = OK(fork());
    if (child == 0) {
        /* A child has what its parent wrote. */
        CHECK_EQ(data[0], 77);
        CHECK_EQ(zeros[PAGE - 1], 78);
        execl(self_path, self_path, "@again", left, NULL);
        _exit(CASE_FAILED);
    }
    wait_ok(child);
    return 0;
}

CASE(each_process_of_a_program_begins_anew) {
    execl(self_path, self_path, "@again", RUNS, NULL);
    CHECK(0);
}

/* A file of the image, mapped again and again as a library is. */
CASE(each_mapping_of_a_file_begins_anew) {
    int fd = OK(open(self_path, O_RDONLY));
    struct stat about;
    OK(fstat(fd, &about));
    char *first = malloc(about.st_size);
    CHECK_EQ(read(fd, first, about.st_size), about.st_size);
    for (int round = 0; round < 4; round++) {
        char *map = OK(mmap(NULL, about.st_size, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0));
        CHECK_EQ(memcmp(map, first, about.st_size), 0);
        for (long at = 0; at < about.st_size; at += (1 + round % 2) * PAGE) map[at] ^= 0x55;
        OK(munmap(map, about.st_size));
        map = OK(mmap(NULL, about.st_size, PROT_READ, MAP_PRIVATE, fd, 0));
        CHECK_EQ(memcmp(map, first, about.st_size), 0);
        OK(munmap(map, about.st_size));
    }
    close(fd);
}

/* A file that is written is no longer what the image has. */
CASE(a_mapping_shows_a_file_as_it_is_now) {
    int from = OK(open(self_path, O_RDONLY)), fd = OK(open("copy", O_RDWR | O_CREAT, 0700));
    char page[PAGE];
    for (ssize_t got; (got = OK(read(from, page, PAGE))) > 0;) CHECK_EQ(write(fd, page, got), got);
    for (int round = 0; round < 4; round++) {
        memset(page, 'a' + round, PAGE);
        CHECK_EQ(pwrite(fd, page, PAGE, 2 * PAGE), PAGE);
        char *map = OK(mmap(NULL, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0));
        CHECK_EQ(map[2 * PAGE], 'a' + round);
        memset(map, 1, 4 * PAGE);
        OK(munmap(map, 4 * PAGE));
    }
}

/* Memory that may be written bit by bit, as heaps of threads grow. */
CASE(memory_that_is_opened_step_by_step_is_zero) {
    char *heap = OK(mmap(NULL, 64 * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    for (int page = 0; page < 64; page++) {
        OK(mprotect(heap + page * PAGE, PAGE, PROT_READ | PROT_WRITE));
        for (int i = 0; i < PAGE; i++) CHECK_EQ(heap[page * PAGE + i], 0);
        memset(heap + page * PAGE, page + 1, PAGE);
    }
    OK(mprotect(heap + 32 * PAGE, 32 * PAGE, PROT_NONE));
    OK(mprotect(heap + 32 * PAGE, 8 * PAGE, PROT_READ | PROT_WRITE));
    for (int page = 0; page < 40; page++) CHECK_EQ(heap[page * PAGE], page + 1);
}

/* From its end downwards, as stacks of threads are used. */
CASE(memory_that_is_used_downwards_is_zero) {
    char *stack = OK(mmap(NULL, 256 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    for (long at = 256 * PAGE - 1; at >= 0; at -= 512) {
        CHECK_EQ(stack[at], 0);
        stack[at] = 5;
    }
}
