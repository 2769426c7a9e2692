/* mremap(2) and madvise(2). */
#include "../case.h"

#define PAGE 4096L

static char *map_anon(size_t size) {
    return OK(mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
}

static int mapped(void *address) { return msync(address, PAGE, MS_ASYNC) == 0; }

CASE(shrinking_in_place) {
    char *memory = map_anon(4 * PAGE);
    memory[0] = 1;
    CHECK_EQ(mremap(memory, 4 * PAGE, PAGE, 0), memory);
    CHECK_EQ(memory[0], 1);
    CHECK(!mapped(memory + PAGE));
}

CASE(growing_in_place_into_free_space) {
    char *memory = map_anon(4 * PAGE);
    memset(memory, 2, PAGE);
    OK(munmap(memory + PAGE, 3 * PAGE));
    CHECK_EQ(mremap(memory, PAGE, 4 * PAGE, 0), memory);
    CHECK_EQ(memory[0], 2);
    CHECK_EQ(memory[PAGE], 0);
    memory[4 * PAGE - 1] = 1;
}

CASE(growing_without_room_needs_maymove) {
    char *memory = map_anon(2 * PAGE);
    CHECK_ERRNO((intptr_t)mremap(memory, PAGE, 2 * PAGE, 0), ENOMEM);
}

CASE(moving_keeps_contents_and_leaves_nothing) {
    char *memory = map_anon(8 * PAGE);
    for (int i = 0; i < 4; i++) memory[i * PAGE] = (char)(i + 1);
    char *moved = OK(mremap(memory, 4 * PAGE, 64 * PAGE, MREMAP_MAYMOVE));
    CHECK(moved != memory);
    for (int i = 0; i < 4; i++) CHECK_EQ(moved[i * PAGE], i + 1);
    CHECK_EQ(moved[4 * PAGE], 0);
    CHECK(!mapped(memory));
    CHECK(mapped(memory + 4 * PAGE));
}

CASE(moving_to_a_fixed_address_replaces) {
    char *memory = map_anon(2 * PAGE), *target = map_anon(2 * PAGE);
    strcpy(memory, "moved");
    strcpy(target, "target");
    CHECK_EQ(mremap(memory, 2 * PAGE, 2 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, target), target);
    CHECK_STR(target, "moved");
    CHECK(!mapped(memory));
}

CASE(bad_arguments) {
    char *memory = map_anon(4 * PAGE);
    CHECK_ERRNO((intptr_t)mremap(memory + 1, PAGE, PAGE, 0), EINVAL);
    CHECK_ERRNO((intptr_t)mremap(memory, PAGE, 0, 0), EINVAL);
    CHECK_ERRNO((intptr_t)mremap(memory, PAGE, PAGE, 64), EINVAL);
    CHECK_ERRNO((intptr_t)mremap(memory, PAGE, PAGE, MREMAP_FIXED, memory + 2 * PAGE), EINVAL);
    /* The new area must not overlap the old one. */
    CHECK_ERRNO((intptr_t)mremap(memory, 2 * PAGE, 2 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, memory + PAGE), EINVAL);
    OK(munmap(memory, 4 * PAGE));
    CHECK_ERRNO((intptr_t)mremap(memory, PAGE, 2 * PAGE, MREMAP_MAYMOVE), EFAULT);
}

CASE(shared_mapping_moved_stays_shared) {
    char *memory = OK(mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
    memory[0] = 1;
    char *target = map_anon(2 * PAGE);
    target = OK(mremap(memory, 2 * PAGE, 2 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, target));
    IN_CHILD(target[PAGE] = 9);
    CHECK_EQ(target[PAGE], 9);
    CHECK_EQ(target[0], 1);
}

/* mremap(2): old_size 0 on a shared mapping makes a second mapping of the same pages. */
CASE(old_size_zero_duplicates_a_shared_mapping) {
    char *memory = OK(mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
    char *twin = OK(mremap(memory, 0, PAGE, MREMAP_MAYMOVE));
    CHECK(twin != memory);
    twin[5] = 7;
    CHECK_EQ(memory[5], 7);
}

CASE(file_mapping_grown_shows_more_of_the_file) {
    int fd = OK(open("f", O_RDWR | O_CREAT, 0600));
    OK(ftruncate(fd, 4 * PAGE));
    CHECK_EQ(pwrite(fd, "Z", 1, 3 * PAGE), 1);
    char *memory = OK(mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0));
    memory = OK(mremap(memory, PAGE, 4 * PAGE, MREMAP_MAYMOVE));
    CHECK_EQ(memory[3 * PAGE], 'Z');
}

CASE(dontneed_zeroes_anonymous_memory) {
    char *memory = map_anon(4 * PAGE);
    memset(memory, 1, 4 * PAGE);
    OK(madvise(memory + PAGE, 2 * PAGE, MADV_DONTNEED));
    CHECK_EQ(memory[PAGE - 1], 1);
    CHECK_EQ(memory[PAGE], 0);
    CHECK_EQ(memory[3 * PAGE - 1], 0);
    CHECK_EQ(memory[3 * PAGE], 1);
    memory[PAGE] = 2;
    CHECK_EQ(memory[PAGE], 2);
}

CASE(dontneed_rereads_a_private_file_mapping) {
    write_file("f", "original", 8);
    int fd = OK(open("f", O_RDONLY));
    char *memory = OK(mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0));
    memory[0] = 'X';
    OK(madvise(memory, PAGE, MADV_DONTNEED));
    CHECK_STR(memory, "original");
}

CASE(dontneed_keeps_a_shared_mapping) {
    char *memory = OK(mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
    memory[0] = 'S';
    OK(madvise(memory, PAGE, MADV_DONTNEED));
    CHECK_EQ(memory[0], 'S');
}

CASE(remove_frees_shared_memory) {
    char *memory = OK(mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
    memset(memory, 1, 2 * PAGE);
    OK(madvise(memory, PAGE, MADV_REMOVE));
    CHECK_EQ(memory[0], 0);
    CHECK_EQ(memory[PAGE], 1);
}

CASE(advice_on_holes_is_enomem) {
    char *memory = map_anon(3 * PAGE);
    memset(memory, 1, 3 * PAGE);
    OK(munmap(memory + PAGE, PAGE));
    CHECK_ERRNO(madvise(memory, 3 * PAGE, MADV_DONTNEED), ENOMEM);
    CHECK_EQ(memory[0], 0); /* madvise(2): the mapped parts are still advised */
    CHECK_EQ(memory[2 * PAGE], 0);
}

CASE(advice_arguments) {
    char *memory = map_anon(PAGE);
    CHECK_ERRNO(madvise(memory + 1, PAGE, MADV_DONTNEED), EINVAL);
    CHECK_ERRNO(madvise(memory, PAGE, 12345), EINVAL);
    OK(madvise(memory, 0, MADV_DONTNEED));
    OK(madvise(memory, PAGE, MADV_NORMAL));
    OK(madvise(memory, PAGE, MADV_RANDOM));
    OK(madvise(memory, PAGE, MADV_SEQUENTIAL));
    OK(madvise(memory, PAGE, MADV_WILLNEED));
}

CASE(free_keeps_what_is_written_afterwards) {
    char *memory = map_anon(2 * PAGE);
    memset(memory, 1, 2 * PAGE);
    OK(madvise(memory, 2 * PAGE, MADV_FREE));
    CHECK(memory[0] == 1 || memory[0] == 0);
    memory[0] = 3;
    CHECK_EQ(memory[0], 3);
}

CASE(dontfork_hides_memory_from_children) {
    char *memory = map_anon(2 * PAGE);
    memory[0] = memory[PAGE] = 1;
    OK(madvise(memory, PAGE, MADV_DONTFORK));
    IN_CHILD({
        CHECK(!mapped(memory));
        CHECK_EQ(memory[PAGE], 1);
    });
    OK(madvise(memory, PAGE, MADV_DOFORK));
    IN_CHILD(CHECK_EQ(memory[0], 1));
}

CASE(wipeonfork_zeroes_in_children) {
    char *memory = map_anon(2 * PAGE);
    memory[0] = memory[PAGE] = 1;
    OK(madvise(memory, PAGE, MADV_WIPEONFORK));
    IN_CHILD({
        CHECK_EQ(memory[0], 0);
        CHECK_EQ(memory[PAGE], 1);
    });
    CHECK_EQ(memory[0], 1);
    OK(madvise(memory, PAGE, MADV_KEEPONFORK));
    IN_CHILD(CHECK_EQ(memory[0], 1));
    char *shared = shared_page();
    CHECK_ERRNO(madvise(shared, PAGE, MADV_WIPEONFORK), EINVAL);
}

CASE(populate_write_makes_pages_present) {
    char *memory = map_anon(8 * PAGE);
    OK(madvise(memory, 8 * PAGE, MADV_POPULATE_WRITE));
    unsigned char resident[8];
    OK(mincore(memory, 8 * PAGE, resident));
    for (int i = 0; i < 8; i++) CHECK_EQ(resident[i] & 1, 1);
    OK(mprotect(memory, PAGE, PROT_READ));
    CHECK_ERRNO(madvise(memory, PAGE, MADV_POPULATE_WRITE), EINVAL);
}

CASE(huge_page_advice) {
    char *memory = map_anon(4 << 20);
    OK(madvise(memory, 4 << 20, MADV_HUGEPAGE));
    memory[1 << 20] = 1;
    OK(madvise(memory, 4 << 20, MADV_NOHUGEPAGE));
    OK(madvise(memory, 4 << 20, MADV_DONTNEED));
    CHECK_EQ(memory[1 << 20], 0);
}
