/* mmap(2), munmap(2), brk(2): where mappings go, what they hold, what is refused. */
#include "../case.h"

#define PAGE 4096L

static char *map_anon(size_t size, int protection) {
    return OK(mmap(NULL, size, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
}

/* Whether a page is mapped: msync(2) says ENOMEM for memory that is not. */
static int mapped(void *address) { return msync(address, PAGE, MS_ASYNC) == 0; }

CASE(anonymous_memory_is_zero_and_writable) {
    char *memory = map_anon(16 * PAGE, PROT_READ | PROT_WRITE);
    for (int i = 0; i < 16 * PAGE; i++) CHECK_EQ(memory[i], 0);
    memset(memory, 7, 16 * PAGE);
    CHECK_EQ(memory[16 * PAGE - 1], 7);
    CHECK_EQ((uintptr_t)memory % PAGE, 0);
}

CASE(length_is_rounded_up_to_a_page) {
    char *memory = map_anon(1, PROT_READ | PROT_WRITE);
    memory[PAGE - 1] = 1;
    OK(munmap(memory, 1));
    CHECK(!mapped(memory));
}

CASE(zero_length_is_einval) {
    CHECK_ERRNO((intptr_t)mmap(NULL, 0, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), EINVAL);
    CHECK_ERRNO(munmap((void *)0x10000, 0), EINVAL);
}

CASE(neither_shared_nor_private_is_einval) {
    CHECK_ERRNO((intptr_t)mmap(NULL, PAGE, PROT_READ, MAP_ANONYMOUS, -1, 0), EINVAL);
}

/* mmap(2), MAP_SHARED_VALIDATE. */
CASE(new_flags_are_the_files_to_know) {
    CHECK_ERRNO((intptr_t)mmap(NULL, PAGE, PROT_READ, MAP_SHARED_VALIDATE | MAP_ANONYMOUS, -1, 0), EINVAL);
    int fd = OK(open("file", O_RDWR | O_CREAT, 0600));
    OK(ftruncate(fd, PAGE));
    int synchronous = MAP_SHARED_VALIDATE | 0x80000 /* MAP_SYNC */;
    CHECK_ERRNO((intptr_t)mmap(NULL, PAGE, PROT_READ, synchronous, fd, 0), EOPNOTSUPP);
    CHECK_ERRNO((intptr_t)mmap(NULL, PAGE, PROT_READ, MAP_SHARED_VALIDATE | 0x80000000, fd, 0), EOPNOTSUPP);
    OK(mmap(NULL, PAGE, PROT_READ, MAP_SHARED_VALIDATE | MAP_POPULATE | MAP_NORESERVE, fd, 0));
    /* Older types ignore what they do not know. */
    OK(mmap(NULL, PAGE, PROT_READ, MAP_SHARED | 0x80000000, fd, 0));
    CHECK_ERRNO((intptr_t)mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE | MAP_HUGETLB, fd, 0), EINVAL);
}

CASE(unaligned_munmap_is_einval) {
    char *memory = map_anon(2 * PAGE, PROT_READ);
    CHECK_ERRNO(munmap(memory + 1, PAGE), EINVAL);
    CHECK(mapped(memory));
}

CASE(unaligned_fixed_address_is_einval) {
    char *memory = map_anon(2 * PAGE, PROT_READ);
    CHECK_ERRNO((intptr_t)mmap(memory + 8, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0), EINVAL);
}

CASE(unaligned_file_offset_is_einval) {
    write_file("f", "abc", 3);
    int fd = OK(open("f", O_RDONLY));
    CHECK_ERRNO((intptr_t)mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, fd, 100), EINVAL);
}

CASE(bad_descriptor_is_ebadf) {
    CHECK_ERRNO((intptr_t)mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, 999, 0), EBADF);
    CHECK_ERRNO((intptr_t)mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, -1, 0), EBADF);
}

CASE(access_mode_of_the_file_limits_the_mapping) {
    write_file("f", "abc", 3);
    int reader = OK(open("f", O_RDONLY)), writer = OK(open("f", O_WRONLY));
    CHECK_ERRNO((intptr_t)mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, reader, 0), EACCES);
    CHECK_ERRNO((intptr_t)mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, writer, 0), EACCES);
    CHECK_ERRNO((intptr_t)mmap(NULL, PAGE, PROT_WRITE, MAP_SHARED, writer, 0), EACCES);
    /* A private mapping never writes to the file, so it may be writable. */
    char *copy = OK(mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, reader, 0));
    copy[0] = 'X';
    char text[8];
    read_file("f", text, sizeof text);
    CHECK_STR(text, "abc");
}

CASE(directories_and_pipes_cannot_be_mapped) {
    int directory = OK(open(".", O_RDONLY)), ends[2];
    OK(pipe(ends));
    CHECK_ERRNO((intptr_t)mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, directory, 0), ENODEV);
    CHECK_ERRNO((intptr_t)mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, ends[0], 0), ENODEV);
}

CASE(path_descriptor_cannot_be_mapped) {
    write_file("f", "abc", 3);
    int fd = OK(open("f", O_PATH));
    CHECK_ERRNO((intptr_t)mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, fd, 0), EBADF);
}

CASE(address_hint_is_taken_when_free) {
    char *memory = map_anon(4 * PAGE, PROT_READ);
    OK(munmap(memory, 4 * PAGE));
    char *again = mmap(memory, 4 * PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK_EQ(again, memory);
}

CASE(address_hint_gives_way_to_what_is_there) {
    char *memory = map_anon(4 * PAGE, PROT_READ | PROT_WRITE);
    memory[0] = 5;
    char *other = OK(mmap(memory, 4 * PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    CHECK(other != memory);
    CHECK_EQ(memory[0], 5);
}

CASE(fixed_replaces_what_is_there) {
    char *memory = map_anon(3 * PAGE, PROT_READ | PROT_WRITE);
    memset(memory, 1, 3 * PAGE);
    CHECK_EQ(mmap(memory + PAGE, PAGE, PROT_READ | PROT_WRITE,
            MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0), memory + PAGE);
    CHECK_EQ(memory[PAGE - 1], 1);
    CHECK_EQ(memory[PAGE], 0);
    CHECK_EQ(memory[2 * PAGE - 1], 0);
    CHECK_EQ(memory[2 * PAGE], 1);
}

CASE(fixed_noreplace_is_eexist_when_taken) {
    char *memory = map_anon(2 * PAGE, PROT_READ);
    int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE;
    CHECK_ERRNO((intptr_t)mmap(memory + PAGE, PAGE, PROT_READ, flags, -1, 0), EEXIST);
    CHECK_ERRNO((intptr_t)mmap(memory, 8 * PAGE, PROT_READ, flags, -1, 0), EEXIST);
    OK(munmap(memory, 2 * PAGE));
    CHECK_EQ(mmap(memory, PAGE, PROT_READ, flags, -1, 0), memory);
}

CASE(unmap_a_hole_in_the_middle) {
    char *memory = map_anon(5 * PAGE, PROT_READ | PROT_WRITE);
    memset(memory, 3, 5 * PAGE);
    OK(munmap(memory + 2 * PAGE, PAGE));
    CHECK(mapped(memory + PAGE));
    CHECK(!mapped(memory + 2 * PAGE));
    CHECK(mapped(memory + 3 * PAGE));
    CHECK_EQ(memory[2 * PAGE - 1], 3);
    CHECK_EQ(memory[3 * PAGE], 3);
}

CASE(unmapping_nothing_succeeds) {
    char *memory = map_anon(4 * PAGE, PROT_READ);
    OK(munmap(memory, 4 * PAGE));
    OK(munmap(memory, 4 * PAGE));
}

CASE(unmap_across_several_mappings_and_gaps) {
    char *memory = map_anon(8 * PAGE, PROT_READ | PROT_WRITE);
    OK(munmap(memory + 2 * PAGE, PAGE));
    OK(mprotect(memory + 4 * PAGE, PAGE, PROT_READ));
    OK(munmap(memory + PAGE, 6 * PAGE));
    CHECK(mapped(memory));
    for (int page = 1; page < 7; page++) CHECK(!mapped(memory + page * PAGE));
    CHECK(mapped(memory + 7 * PAGE));
}

CASE(huge_lengths_are_enomem) {
    CHECK_ERRNO((intptr_t)mmap(NULL, 1UL << 47, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0), ENOMEM);
    CHECK_ERRNO((intptr_t)mmap(NULL, ~0UL, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0), ENOMEM);
    CHECK_ERRNO((intptr_t)mmap(NULL, ~0UL - PAGE * 2, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0), ENOMEM);
}

CASE(unmapping_beyond_user_space_is_einval) {
    CHECK_ERRNO(munmap((void *)0xffff800000000000UL, PAGE), EINVAL);
    CHECK_ERRNO(munmap((void *)0x7ffffffff000UL, PAGE), EINVAL);
    CHECK_ERRNO(munmap((void *)PAGE, 1UL << 48), EINVAL);
}

CASE(fixed_in_the_kernel_half_is_enomem) {
    CHECK_ERRNO((intptr_t)mmap((void *)0xffff800000000000UL, PAGE, PROT_READ,
            MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0), ENOMEM);
}

/* Go, V8 and the JVM reserve gigabytes; that must cost nothing. */
CASE(large_reservations_are_free) {
    char *memory = OK(mmap(NULL, 64UL << 30, PROT_NONE,
            MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0));
    OK(mprotect(memory + (32UL << 30), PAGE, PROT_READ | PROT_WRITE));
    memory[32UL << 30] = 1;
    OK(mmap(memory + (48UL << 30), PAGE, PROT_READ | PROT_WRITE,
            MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0));
    memory[48UL << 30] = 2;
    CHECK_EQ(memory[32UL << 30], 1);
    OK(munmap(memory, 64UL << 30));
}

CASE(hint_far_away_is_honoured) {
    void *hint = (void *)0xc000000000UL; /* where the Go runtime puts its heap */
    CHECK_EQ(mmap(hint, 64 << 20, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), hint);
}

CASE(low_32_bit_mapping) {
    for (int i = 0; i < 4; i++) {
        char *memory = OK(mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE,
                MAP_SHARED | MAP_ANONYMOUS | MAP_32BIT, -1, 0));
        CHECK((uintptr_t)memory + (1 << 20) <= 1UL << 31);
        memory[0] = 1;
    }
}

CASE(null_page_needs_privilege_or_is_refused_by_address) {
    /* A hint of NULL or a low address never gives page zero. */
    char *memory = OK(mmap((void *)1, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    CHECK((uintptr_t)memory >= 65536);
}

CASE(write_only_mapping_is_readable_on_x86) {
    char *memory = map_anon(PAGE, PROT_WRITE);
    memory[0] = 9;
    CHECK_EQ(*(volatile char *)memory, 9);
}

CASE(populate_maps_at_once) {
    char *memory = OK(mmap(NULL, 64 * PAGE, PROT_READ | PROT_WRITE,
            MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0));
    unsigned char resident[64];
    OK(mincore(memory, 64 * PAGE, resident));
    for (int i = 0; i < 64; i++) CHECK_EQ(resident[i] & 1, 1);
}

CASE(mincore_of_unmapped_memory_is_enomem) {
    char *memory = map_anon(2 * PAGE, PROT_READ);
    unsigned char resident[2];
    OK(munmap(memory + PAGE, PAGE));
    CHECK_ERRNO(mincore(memory, 2 * PAGE, resident), ENOMEM);
    CHECK_ERRNO(mincore(memory + 1, PAGE, resident), EINVAL);
    CHECK_ERRNO(mincore(memory, PAGE, (unsigned char *)8), EFAULT);
}

CASE(huge_pages_fall_back) {
    /* Without reserved huge pages programs must see ENOMEM and fall back (PostgreSQL, PHP). */
    void *memory = mmap(NULL, 2 << 20, PROT_READ | PROT_WRITE,
            MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, -1, 0);
    CHECK(memory == MAP_FAILED && errno == ENOMEM);
}

CASE(mapping_keeps_file_alive_after_close_and_unlink) {
    write_file("f", "alive", 5);
    int fd = OK(open("f", O_RDONLY));
    char *memory = OK(mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, fd, 0));
    close(fd);
    OK(unlink("f"));
    CHECK_STR(memory, "alive");
}

CASE(tail_of_the_last_file_page_is_zero) {
    write_file("f", "xyz", 3);
    int fd = OK(open("f", O_RDWR));
    char *memory = OK(mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
    for (int i = 3; i < PAGE; i++) CHECK_EQ(memory[i], 0);
    memory[100] = 1; /* beyond the end: not written to the file */
    OK(msync(memory, PAGE, MS_SYNC));
    struct stat about;
    OK(fstat(fd, &about));
    CHECK_EQ(about.st_size, 3);
}

CASE(file_offset_is_honoured) {
    int fd = OK(open("f", O_RDWR | O_CREAT, 0600));
    for (int page = 0; page < 4; page++) {
        char block[PAGE];
        memset(block, 'a' + page, sizeof block);
        CHECK_EQ(write(fd, block, sizeof block), PAGE);
    }
    char *memory = OK(mmap(NULL, 2 * PAGE, PROT_READ, MAP_SHARED, fd, 2 * PAGE));
    CHECK_EQ(memory[0], 'c');
    CHECK_EQ(memory[PAGE], 'd');
}

CASE(msync_checks_its_arguments) {
    char *memory = map_anon(2 * PAGE, PROT_READ);
    CHECK_ERRNO(msync(memory + 1, PAGE, MS_SYNC), EINVAL);
    CHECK_ERRNO(msync(memory, PAGE, MS_SYNC | MS_ASYNC), EINVAL);
    CHECK_ERRNO(msync(memory, PAGE, 64), EINVAL);
    OK(munmap(memory + PAGE, PAGE));
    CHECK_ERRNO(msync(memory, 2 * PAGE, MS_SYNC), ENOMEM);
    OK(msync(memory, 0, MS_SYNC));
}

CASE(dev_zero_maps_as_anonymous_memory) {
    int fd = OK(open("/dev/zero", O_RDWR));
    char *memory = OK(mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0));
    CHECK_EQ(memory[0], 0);
    memory[PAGE] = 1;
    char *shared = OK(mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
    shared[0] = 1;
    IN_CHILD(shared[0] = 2);
    CHECK_EQ(shared[0], 2);
}

static long raw_brk(long address) { return syscall(SYS_brk, address); }

CASE(brk_grows_and_shrinks) {
    /* Everything here avoids malloc, which owns the break as well. */
    long start = raw_brk(0);
    CHECK(start != 0);
    CHECK_EQ(raw_brk(start + 10 * PAGE), start + 10 * PAGE);
    volatile char *heap = (char *)start;
    long first_whole = (start + PAGE - 1) / PAGE * PAGE - start;
    for (long i = first_whole; i < 10 * PAGE; i += PAGE) CHECK_EQ(heap[i], 0);
    heap[9 * PAGE] = 1;
    CHECK_EQ(raw_brk(start + PAGE), start + PAGE);
    CHECK_EQ(raw_brk(start + 10 * PAGE), start + 10 * PAGE);
    CHECK_EQ(heap[9 * PAGE], 0); /* given back and fetched anew */
}

CASE(brk_refuses_by_returning_the_old_break) {
    long start = raw_brk(0);
    CHECK_EQ(raw_brk(1), start);
    CHECK_EQ(raw_brk(-1), start);
    CHECK_EQ(raw_brk(0x7fffffffffffL), start);
    CHECK_EQ(raw_brk(0), start);
}

CASE(brk_stops_at_another_mapping) {
    long start = raw_brk(0), limit = (start + 64 * PAGE) & -PAGE;
    OK(mmap((void *)limit, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0));
    CHECK_EQ(raw_brk(limit + 4 * PAGE), start);
    CHECK_EQ(raw_brk(limit - 16 * PAGE), limit - 16 * PAGE);
}

CASE(brk_may_be_unaligned) {
    long start = raw_brk(0);
    CHECK_EQ(raw_brk(start + 123), start + 123);
    CHECK_EQ(raw_brk(0), start + 123);
}

CASE(many_small_mappings) {
    enum { COUNT = 2000 };
    static char *pages[COUNT];
    for (int i = 0; i < COUNT; i++) {
        pages[i] = map_anon(PAGE, i % 2 ? PROT_READ | PROT_WRITE : PROT_READ);
        if (i % 2) pages[i][0] = (char)i;
    }
    for (int i = 1; i < COUNT; i += 2) CHECK_EQ(pages[i][0], (char)i);
    for (int i = 0; i < COUNT; i += 3) OK(munmap(pages[i], PAGE));
    for (int i = 1; i < COUNT; i += 2)
        if (i % 3) CHECK_EQ(pages[i][0], (char)i);
}

CASE(locking_memory) {
    char *memory = map_anon(4 * PAGE, PROT_READ | PROT_WRITE);
    OK(mlock(memory, 4 * PAGE));
    OK(munlock(memory, 4 * PAGE));
    OK(munmap(memory + PAGE, PAGE));
    CHECK_ERRNO(mlock(memory, 4 * PAGE), ENOMEM);
}

CASE(locking_what_cannot_be_brought_in) {
    int flags = MAP_PRIVATE | MAP_ANONYMOUS;
    char *memory = OK(mmap(NULL, 3 * PAGE, PROT_READ | PROT_WRITE, flags, -1, 0));
    OK(mprotect(memory + PAGE, PAGE, PROT_NONE));
    CHECK_ERRNO(mlock(memory, 3 * PAGE), ENOMEM);
    CHECK_ERRNO(mlock(memory + PAGE, PAGE), ENOMEM);
    OK(syscall(SYS_mlock2, memory, 3 * PAGE, 1 /* MLOCK_ONFAULT */));
    OK(munlock(memory, 3 * PAGE));
    int fd = OK(open("short", O_RDWR | O_CREAT, 0600));
    OK(ftruncate(fd, PAGE));
    char *file = OK(mmap(NULL, 2 * PAGE, PROT_READ, MAP_PRIVATE, fd, 0));
    OK(mlock(file, PAGE));
    CHECK_ERRNO(mlock(file, 2 * PAGE), ENOMEM);
}
