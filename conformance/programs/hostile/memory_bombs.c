/* Bombs of memory: pages, page tables, mappings and files. */
#include "bomb.h"

enum { PAGE = 4096 };

static const size_t GIB = 1UL << 30;
static const size_t TABLE_REACH = 2UL << 20;

static void touch(char *area, size_t length, size_t step) {
    for (size_t at = 0; at < length; at += step) area[at] = 1;
}

static void look(volatile char *area, size_t length, size_t step) {
    for (size_t at = 0; at < length; at += step) (void)area[at];
}

BOMB(pages) {
    touch(reserve(GIB, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS), GIB, PAGE);
}

BOMB(heap) {
    for (;;) {
        char *more = sbrk(1 << 20);
        if (more == (void *)-1) held(0);
        touch(more, 1 << 20, PAGE);
    }
}

BOMB(shared_pages) {
    touch(reserve(GIB, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS), GIB, PAGE);
}

/* One page for each page table: as much again in tables. */
BOMB(page_tables) {
    size_t length = 32UL << 40;
    touch(reserve(length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS), length, TABLE_REACH);
}

/* One page of a file mapped again and again: nothing but page tables and areas. */
BOMB(page_tables_of_one_page) {
    int file = NEED(memfd_create("page", 0));
    NEED(ftruncate(file, PAGE));
    char *base = reserve(64UL << 40, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS);
    for (long i = 0; i < 1L << 24; i++) {
        char *at = base + i * TABLE_REACH;
        void *mapped = mmap(at, PAGE, PROT_READ, MAP_SHARED | MAP_FIXED, file, 0);
        if (mapped == MAP_FAILED) held(i);
        (void)*(volatile char *)at;
    }
}

/* As above, out of one large mapping of a sparse file. */
BOMB(page_tables_of_a_sparse_file) {
    int file = NEED(memfd_create("sparse", 0));
    size_t length = 4UL << 40;
    NEED(ftruncate(file, length));
    char *area = mmap(NULL, length, PROT_READ, MAP_SHARED, file, 0);
    NEED(area);
    look(area, length, TABLE_REACH);
}

static void alternate(char *base, long count) {
    for (long i = 0; i < count; i++) NEED(mprotect(base + i * 2 * PAGE, PAGE, PROT_READ));
}

/* Each child has a copy of 6,000 areas. */
BOMB(areas_of_children) {
    char *base = reserve(1UL << 30, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS);
    alternate(base, 3000);
    held(CHILDREN(1000));
}

/* Each child has page tables for a page in each of 1,000 places. */
BOMB(sparse_children) {
    size_t length = 1000 * TABLE_REACH;
    touch(reserve(length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS), length, TABLE_REACH);
    held(CHILDREN(1000));
}

static void fill(int file) {
    static char block[1 << 16];
    memset(block, 'x', sizeof block);
    long total = 0;
    for (;;) {
        ssize_t count = write(file, block, sizeof block);
        if (count == -1) held(total >> 20);
        total += count;
    }
}

BOMB(memory_file) { fill(NEED(memfd_create("full", 0))); }

BOMB(shared_memory_file) { fill(NEED(open("/dev/shm/full", O_RDWR | O_CREAT, 0600))); }

BOMB(root_file) { fill(NEED(open("/var/full", O_RDWR | O_CREAT, 0600))); }

BOMB(allocated_file) {
    int file = NEED(open("/var/full", O_RDWR | O_CREAT, 0600));
    long steps = 0;
    while (fallocate(file, 0, steps << 20, 1 << 20) == 0) steps++;
    held(steps);
}

/* A page written at each 2 MiB: what remembers the place is larger than a page's share. */
BOMB(sparse_file) {
    int file = NEED(memfd_create("sparse", 0));
    long pages = 0;
    while (pwrite(file, "x", 1, pages * TABLE_REACH) == 1) pages++;
    held(pages);
}

/* A program started with as many words as it may have, again and again. */
BOMB(arguments) {
    static char *words[30002];
    for (int i = 0; i < 30000; i++) words[i] = "9";
    words[0] = "/bin/busybox";
    words[1] = "sleep";
    NEED(setrlimit(RLIMIT_STACK, &(struct rlimit){64 << 20, RLIM_INFINITY}));
    long made = 0;
    for (; made < 1000; made++) {
        int failed[2];
        NEED(pipe2(failed, O_CLOEXEC));
        pid_t child = fork();
        if (child == -1) break;
        if (child == 0) {
            execv(words[0], words);
            (void)!write(failed[1], &errno, sizeof errno);
            _exit(1);
        }
        close(failed[1]);
        int why = 0;
        ssize_t count = read(failed[0], &why, sizeof why);
        close(failed[0]);
        // Without memory for its words it fails, or is killed.
        if (count == sizeof why || waitpid(-1, NULL, WNOHANG) > 0) {
            errno = why;
            break;
        }
    }
    held(made);
}
