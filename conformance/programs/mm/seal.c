/* build: static
 * mseal(2), remap_file_pages(2), MREMAP_DONTUNMAP, pkeys(7) without keys, cachestat(2). */
#include "../case.h"

enum { PAGE = 4096, MSEAL = 462, CACHESTAT = 451, DONTUNMAP = 4 };

static char *map(size_t bytes, int protection) {
    char *at = mmap(NULL, bytes, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(at != MAP_FAILED);
    return at;
}

static void need_seals(void) {
    if (syscall(MSEAL, 0, 0, 0) == -1 && errno == ENOSYS) case_skip("an older kernel");
}

CASE(a_sealed_range_stays_as_it_is) {
    need_seals();
    char *at = map(3 * PAGE, PROT_READ);
    OK(syscall(MSEAL, at + PAGE, PAGE, 0));
    OK(syscall(MSEAL, at + PAGE, PAGE, 0));
    CHECK_ERRNO(munmap(at + PAGE, PAGE), EPERM);
    CHECK_ERRNO(munmap(at, 3 * PAGE), EPERM);
    CHECK_ERRNO(mprotect(at + PAGE, PAGE, PROT_READ | PROT_WRITE), EPERM);
    CHECK_ERRNO(mremap(at + PAGE, PAGE, 2 * PAGE, MREMAP_MAYMOVE), EPERM);
    CHECK_ERRNO(madvise(at + PAGE, PAGE, MADV_DONTNEED), EPERM);
    CHECK_ERRNO(mmap(at + PAGE, PAGE, PROT_NONE, MAP_FIXED | MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
            EPERM);
    OK(mprotect(at, PAGE, PROT_READ | PROT_WRITE));
    at[0] = 1;
    OK(munmap(at + 2 * PAGE, PAGE));
    IN_CHILD(CHECK_ERRNO(munmap(at + PAGE, PAGE), EPERM));
}

CASE(what_may_be_written_may_be_dropped_though_sealed) {
    need_seals();
    char *at = map(PAGE, PROT_READ | PROT_WRITE);
    at[0] = 1;
    OK(syscall(MSEAL, at, PAGE, 0));
    OK(madvise(at, PAGE, MADV_DONTNEED));
    CHECK_EQ(at[0], 0);
}

CASE(what_cannot_be_sealed) {
    need_seals();
    char *at = map(3 * PAGE, PROT_READ);
    OK(munmap(at + PAGE, PAGE));
    CHECK_ERRNO(syscall(MSEAL, at, 3 * PAGE, 0), ENOMEM);
    CHECK_ERRNO(syscall(MSEAL, at + 1, PAGE, 0), EINVAL);
    CHECK_ERRNO(syscall(MSEAL, at, PAGE, 1), EINVAL);
    OK(syscall(MSEAL, at, 0, 0));
    OK(munmap(at, PAGE));
}

CASE(pages_move_and_their_place_stays) {
    char *at = map(4 * PAGE, PROT_READ | PROT_WRITE);
    memset(at, 'a', 4 * PAGE);
    CHECK_ERRNO(mremap(at, 4 * PAGE, 8 * PAGE, MREMAP_MAYMOVE | DONTUNMAP, NULL), EINVAL);
    CHECK_ERRNO(mremap(at, 4 * PAGE, 4 * PAGE, DONTUNMAP, NULL), EINVAL);
    char *moved = mremap(at, 4 * PAGE, 4 * PAGE, MREMAP_MAYMOVE | DONTUNMAP, NULL);
    CHECK(moved != MAP_FAILED && moved != at);
    CHECK_EQ(moved[3 * PAGE], 'a');
    CHECK_EQ(at[3 * PAGE], 0);
    at[0] = 'b';
    CHECK_EQ(moved[0], 'a');
    OK(munmap(at, 4 * PAGE));
}

CASE(pages_move_to_a_given_place_and_their_place_stays) {
    char *at = map(2 * PAGE, PROT_READ | PROT_WRITE);
    char *to = map(2 * PAGE, PROT_READ);
    at[PAGE] = 'a';
    int flags = MREMAP_MAYMOVE | MREMAP_FIXED | DONTUNMAP;
    CHECK_EQ((long)mremap(at, 2 * PAGE, 2 * PAGE, flags, to), (long)to);
    CHECK_EQ(to[PAGE], 'a');
    CHECK_EQ(at[PAGE], 0);
    to[0] = 'c';
}

CASE(pages_of_a_shared_file_are_remapped) {
    int fd = OK(memfd_create("pages", 0));
    OK(ftruncate(fd, 4 * PAGE));
    char *at = mmap(NULL, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    CHECK(at != MAP_FAILED);
    for (int i = 0; i < 4; i++) at[i * PAGE] = '0' + i;
    close(fd);
    OK(syscall(SYS_remap_file_pages, at, PAGE, 0, 3, 0));
    OK(syscall(SYS_remap_file_pages, at + 3 * PAGE, PAGE, 0, 0, 0));
    CHECK_EQ(at[0], '3');
    CHECK_EQ(at[PAGE], '1');
    CHECK_EQ(at[3 * PAGE], '0');
    at[0] = 'x';
    OK(syscall(SYS_remap_file_pages, at, 4 * PAGE, 0, 0, 0));
    CHECK_EQ(at[PAGE], '1');
    CHECK_EQ(at[3 * PAGE], 'x');
    CHECK_ERRNO(syscall(SYS_remap_file_pages, at, PAGE, PROT_READ, 0, 0), EINVAL);
    char *private = map(PAGE, PROT_READ);
    CHECK_ERRNO(syscall(SYS_remap_file_pages, private, PAGE, 0, 0, 0), EINVAL);
}

CASE(the_key_that_none_is_protects) {
    char *at = map(PAGE, PROT_READ);
    OK(syscall(SYS_pkey_mprotect, at, PAGE, PROT_READ | PROT_WRITE, -1));
    at[0] = 1;
    CHECK_ERRNO(syscall(SYS_pkey_mprotect, at, PAGE, PROT_READ, 14), EINVAL);
    CHECK_ERRNO(syscall(SYS_pkey_alloc, 1, 0), EINVAL);
    CHECK_ERRNO(syscall(SYS_pkey_alloc, 0, 4), EINVAL);
    CHECK_ERRNO(syscall(SYS_pkey_free, 14), EINVAL);
}

CASE(cached_pages_of_a_file_are_counted) {
    struct { uint64_t offset, length; } range = {0, 0};
    uint64_t numbers[5];
    int fd = OK(memfd_create("pages", 0));
    char bytes[3 * PAGE] = {1};
    CHECK_EQ(write(fd, bytes, sizeof bytes), sizeof bytes);
    if (syscall(CACHESTAT, fd, &range, numbers, 0) == -1 && errno == ENOSYS)
        case_skip("an older kernel");
    CHECK_EQ(numbers[0], 3);
    range.offset = PAGE;
    range.length = PAGE + 1;
    OK(syscall(CACHESTAT, fd, &range, numbers, 0));
    CHECK_EQ(numbers[0], 2);
    CHECK_ERRNO(syscall(CACHESTAT, -1, &range, numbers, 0), EBADF);
    CHECK_ERRNO(syscall(CACHESTAT, fd, &range, numbers, 1), EINVAL);
    CHECK_ERRNO(syscall(CACHESTAT, fd, NULL, numbers, 0), EFAULT);
}
