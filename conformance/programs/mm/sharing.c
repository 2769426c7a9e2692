/* Copy on write at fork(2), MAP_SHARED, and mappings coherent with read(2) and write(2). */
#include "../case.h"
#include <pthread.h>
#include <sched.h>
#include <sys/uio.h>

#define PAGE 4096L

static char *map_shared(int fd, size_t size) {
    return OK(mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
}

CASE(child_writes_do_not_reach_the_parent) {
    static char data[8 * 4096];
    char *heap = malloc(100000), stack[100] = "parent";
    memset(data, 1, sizeof data);
    memset(heap, 2, 100000);
    IN_CHILD({
        CHECK_EQ(data[5000], 1);
        CHECK_EQ(heap[99999], 2);
        memset(data, 9, sizeof data);
        memset(heap, 9, 100000);
        strcpy(stack, "child");
    });
    CHECK_EQ(data[5000], 1);
    CHECK_EQ(heap[99999], 2);
    CHECK_STR(stack, "parent");
}

CASE(parent_writes_do_not_reach_the_child) {
    static volatile int value = 1;
    int ends[2];
    OK(pipe(ends));
    pid_t child = SPAWN({
        char go;
        CHECK_EQ(read(ends[0], &go, 1), 1);
        CHECK_EQ(value, 1);
    });
    value = 2;
    CHECK_EQ(write(ends[1], "x", 1), 1);
    wait_ok(child);
    CHECK_EQ(value, 2);
}

CASE(generations_each_have_their_copy) {
    volatile int depth = 0;
    for (int i = 1; i <= 5; i++) {
        pid_t child = OK(fork());
        if (child != 0) {
            wait_ok(child);
            CHECK_EQ(depth, i - 1);
            _exit(0);
        }
        CHECK_EQ(depth, i - 1);
        depth = i;
    }
    CHECK_EQ(depth, 5);
    _exit(0);
}

CASE(written_before_between_and_after_forks) {
    char *memory = OK(mmap(NULL, 64 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    for (int round = 1; round <= 10; round++) {
        memset(memory, round, 64 * PAGE);
        pid_t child = SPAWN({
            for (int page = 0; page < 64; page++) {
                CHECK_EQ(memory[page * PAGE], round);
                memory[page * PAGE] = 100;
                CHECK_EQ(memory[page * PAGE + 1], round);
            }
        });
        for (int page = 0; page < 64; page += 2) memory[page * PAGE + 7] = 50;
        wait_ok(child);
        for (int page = 0; page < 64; page++) CHECK_EQ(memory[page * PAGE], round);
    }
}

/* What is written after each fork may be copied ahead at the next one. */
CASE(forks_again_and_again_of_the_same_pages) {
    enum { PAGES = 200, ROUNDS = 12 };
    char *memory =
            OK(mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    for (int round = 1; round <= ROUNDS; round++) {
        char *gone = memory + (round * 7 % PAGES) * PAGE, *fixed = memory + (round * 11 % PAGES) * PAGE;
        for (int i = 0; i < PAGES; i += 1 + i % 3) memory[i * PAGE + 99] = (char)round;
        OK(madvise(gone, PAGE, MADV_DONTNEED));
        OK(mprotect(fixed, PAGE, PROT_READ));
        char before[PAGES];
        for (int i = 0; i < PAGES; i++) before[i] = memory[i * PAGE + 99];
        int ends[2];
        OK(pipe(ends));
        pid_t child = SPAWN({
            char go;
            CHECK_EQ(read(ends[0], &go, 1), 1);
            for (int i = 0; i < PAGES; i++) CHECK_EQ(memory[i * PAGE + 99], before[i]);
            OK(mprotect(fixed, PAGE, PROT_READ | PROT_WRITE));
            for (int i = 0; i < PAGES; i += 2) memory[i * PAGE + 99] = 'c';
            IN_CHILD({
                for (int i = 0; i < PAGES; i++) {
                    CHECK_EQ(memory[i * PAGE + 99], i % 2 == 0 ? 'c' : before[i]);
                    memory[i * PAGE + 99] = 'g';
                }
            });
            for (int i = 0; i < PAGES; i++) {
                CHECK_EQ(memory[i * PAGE + 99], i % 2 == 0 ? 'c' : before[i]);
            }
        });
        OK(mprotect(fixed, PAGE, PROT_READ | PROT_WRITE));
        for (int i = 0; i < PAGES; i += 3) memory[i * PAGE + 99] = 'p';
        CHECK_EQ(write(ends[1], "x", 1), 1);
        wait_ok(child);
        for (int i = 0; i < PAGES; i++) {
            CHECK_EQ(memory[i * PAGE + 99], i % 3 == 0 ? 'p' : before[i]);
        }
        OK(close(ends[0]));
        OK(close(ends[1]));
    }
}

static volatile struct {
    long first;
    char between[PAGE - 2 * sizeof(long)];
    long last;
} one_page __attribute__((aligned(4096)));

static void *count_in_one_page(void *unused) {
    (void)unused;
    for (long i = 1;; i++) {
        one_page.first = i;
        one_page.last = i;
    }
    return NULL;
}

/* Both in the order of the program: a child never sees the second count ahead of the first. */
CASE(a_page_that_a_thread_writes_is_copied_at_one_moment) {
    pthread_t thread;
    CHECK_EQ(pthread_create(&thread, NULL, count_in_one_page, NULL), 0);
    for (int round = 0; round < 40; round++) {
        while (one_page.last < round) sched_yield();
        one_page.between[round] = 1;
        IN_CHILD({
            long last = one_page.last;
            long first = one_page.first;
            CHECK(first == last || first == last + 1);
            CHECK_EQ(one_page.between[round], 1);
        });
    }
}

CASE(shared_anonymous_memory_is_shared_with_children) {
    int *counter = shared_page();
    pid_t children[8];
    for (int i = 0; i < 8; i++) children[i] = SPAWN({
        for (int j = 0; j < 1000; j++) __atomic_fetch_add(counter, 1, __ATOMIC_SEQ_CST);
    });
    for (int i = 0; i < 8; i++) wait_ok(children[i]);
    CHECK_EQ(*counter, 8000);
}

/* Pages that one side touches first, by reading or by writing, are those of the other. */
CASE(shared_anonymous_memory_is_walked_through_by_both_sides) {
    enum { PAGES = 300 };
    char *memory = OK(mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
    memory[7 * PAGE] = 1;
    IN_CHILD({
        CHECK_EQ(memory[7 * PAGE], 1);
        for (int i = PAGES - 1; i >= 0; i--) CHECK_EQ(memory[i * PAGE + 1], 0);
        for (int i = 0; i < PAGES; i += 3) memory[i * PAGE + 1] = 2;
    });
    for (int i = 0; i < PAGES; i++) {
        CHECK_EQ(memory[i * PAGE + 1], i % 3 == 0 ? 2 : 0);
        memory[i * PAGE + 2] = 3;
    }
    IN_CHILD(for (int i = 0; i < PAGES; i++) CHECK_EQ(memory[i * PAGE + 2], 3));
}

CASE(kernel_writes_into_a_copy_on_write_page) {
    static char buffer[PAGE] __attribute__((aligned(4096)));
    write_file("f", "from the file", 13);
    strcpy(buffer, "before");
    int fd = OK(open("f", O_RDONLY));
    IN_CHILD({
        CHECK_EQ(pread(fd, buffer, 13, 0), 13);
        CHECK_MEM(buffer, "from the file", 13);
    });
    CHECK_STR(buffer, "before");
}

CASE(write_is_seen_through_a_shared_mapping) {
    int fd = OK(open("f", O_RDWR | O_CREAT, 0600));
    OK(ftruncate(fd, 2 * PAGE));
    char *memory = map_shared(fd, 2 * PAGE);
    CHECK_EQ(memory[10], 0);
    CHECK_EQ(pwrite(fd, "hello", 5, 10), 5);
    CHECK_MEM(memory + 10, "hello", 5);
    CHECK_EQ(pwrite(fd, "across", 6, PAGE - 3), 6);
    CHECK_MEM(memory + PAGE - 3, "across", 6);
}

CASE(shared_mapping_is_seen_by_read) {
    int fd = OK(open("f", O_RDWR | O_CREAT, 0600));
    OK(ftruncate(fd, PAGE));
    char *memory = map_shared(fd, PAGE), text[16] = "";
    strcpy(memory, "mapped");
    CHECK_EQ(pread(fd, text, 7, 0), 7);
    CHECK_STR(text, "mapped");
    int other = OK(open("f", O_RDONLY));
    CHECK_EQ(read(other, text, 7), 7);
    CHECK_STR(text, "mapped");
}

CASE(two_mappings_of_a_file_are_the_same_memory) {
    int fd = OK(open("f", O_RDWR | O_CREAT, 0600)), again = OK(open("f", O_RDWR));
    OK(ftruncate(fd, 2 * PAGE));
    char *first = map_shared(fd, 2 * PAGE), *second = map_shared(again, 2 * PAGE);
    for (int i = 0; i < 100; i++) {
        first[i] = (char)i;
        CHECK_EQ(*(volatile char *)&second[i], i);
        second[PAGE + i] = (char)i;
        CHECK_EQ(*(volatile char *)&first[PAGE + i], i);
    }
}

CASE(unrelated_processes_share_a_file_mapping) {
    int fd = OK(open("f", O_RDWR | O_CREAT, 0600));
    OK(ftruncate(fd, PAGE));
    int *memory = (int *)map_shared(fd, PAGE);
    pid_t child = SPAWN({
        munmap(memory, PAGE);
        int again = OK(open("f", O_RDWR));
        volatile int *mine = (int *)map_shared(again, PAGE);
        AWAIT(mine[0] == 1);
        mine[1] = 2;
    });
    memory[0] = 1;
    AWAIT(((volatile int *)memory)[1] == 2);
    wait_ok(child);
}

CASE(private_mapping_sees_the_file_until_it_is_written) {
    write_file("f", "aaaa", 4);
    int fd = OK(open("f", O_RDWR));
    char *memory = OK(mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0));
    memory[0] = 'X';
    CHECK_EQ(pwrite(fd, "bb", 2, 0), 2);
    CHECK_EQ(memory[0], 'X');
    char now[4];
    CHECK_EQ(pread(fd, now, 4, 0), 4);
    CHECK_MEM(now, "bbaa", 4);
}

CASE(writing_from_a_mapping_of_the_same_file) {
    char block[PAGE];
    memset(block, 'q', PAGE);
    write_file("f", block, PAGE);
    int fd = OK(open("f", O_RDWR));
    char *memory = map_shared(fd, PAGE);
    CHECK_EQ(pwrite(fd, memory, PAGE, PAGE), PAGE);
    CHECK_EQ(pread(fd, memory, 100, PAGE + 1), 100);
    CHECK_EQ(memory[50], 'q');
}

CASE(mapping_survives_rename_and_replacement) {
    write_file("f", "old", 3);
    int fd = OK(open("f", O_RDONLY));
    char *memory = OK(mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0));
    write_file("g", "new", 3);
    OK(rename("g", "f"));
    CHECK_STR(memory, "old");
}

CASE(memfd_shared_between_processes_by_descriptor) {
    int fd = OK(memfd_create("box", MFD_CLOEXEC));
    OK(ftruncate(fd, PAGE));
    IN_CHILD({
        char *memory = map_shared(fd, PAGE);
        strcpy(memory, "through memfd");
    });
    char text[32] = "";
    CHECK_EQ(pread(fd, text, 14, 0), 14);
    CHECK_STR(text, "through memfd");
}

CASE(process_vm_calls_copy_between_processes) {
    static char mine[32] = "in the child", copy[32];
    int ready[2], done[2];
    OK(pipe(ready));
    OK(pipe(done));
    pid_t child = SPAWN({
        strcpy(mine, "child's words");
        CHECK_EQ(write(ready[1], "r", 1), 1);
        char go;
        CHECK_EQ(read(done[0], &go, 1), 1);
        CHECK_STR(mine, "parent's words");
    });
    char byte;
    CHECK_EQ(read(ready[0], &byte, 1), 1);
    struct iovec local = {copy, 32}, remote = {mine, 32};
    CHECK_EQ(process_vm_readv(child, &local, 1, &remote, 1, 0), 32);
    CHECK_STR(copy, "child's words");
    strcpy(copy, "parent's words");
    CHECK_EQ(process_vm_writev(child, &local, 1, &remote, 1, 0), 32);
    CHECK_EQ(write(done[1], "d", 1), 1);
    wait_ok(child);
}

CASE(large_fork_with_touched_memory) {
    size_t size = 32 << 20;
    char *memory = OK(mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    for (size_t i = 0; i < size; i += PAGE) memory[i] = (char)(i / PAGE);
    IN_CHILD({
        for (size_t i = 0; i < size; i += PAGE) CHECK_EQ(memory[i], (char)(i / PAGE));
        for (size_t i = 0; i < size; i += 16 * PAGE) memory[i] = 'c';
    });
    for (size_t i = 0; i < size; i += PAGE) CHECK_EQ(memory[i], (char)(i / PAGE));
}

CASE(private_writes_page_after_page_stay_private) {
    int fd = OK(open("/proc/self/exe", O_RDONLY));
    struct stat file;
    OK(fstat(fd, &file));
    size_t size = (file.st_size + PAGE - 1) & -PAGE;
    unsigned char *changed = OK(mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0));
    unsigned char *other = OK(mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0));
    unsigned char *kept = OK(mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0));
    /* One page far ahead is there before the walk comes to it. */
    changed[size / 2 / PAGE * PAGE] ^= 0x55;
    for (size_t at = 0; at < size; at += PAGE) {
        changed[at + 8] = ~changed[at + 8];
        other[at] = 7;
    }
    for (size_t at = 0; at < size; at++) {
        int expected = at % PAGE == 8 ? (unsigned char)~kept[at] : kept[at];
        if (at == size / 2 / PAGE * PAGE) expected ^= 0x55;
        CHECK_EQ(changed[at], expected);
        CHECK_EQ(other[at], at % PAGE == 0 ? 7 : kept[at]);
    }
    unsigned char start[16];
    CHECK_EQ(pread(fd, start, sizeof start, 0), sizeof start);
    CHECK_EQ(memcmp(start, kept, sizeof start), 0);
    IN_CHILD({
        for (size_t at = 0; at < size; at += PAGE) changed[at + 8] = 1;
    });
    CHECK_EQ(changed[size - PAGE + 8], (unsigned char)~kept[size - PAGE + 8]);
}
