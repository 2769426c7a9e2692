/*
 * Calls over enormous ranges. None may keep the others of its instance from running for long, or
 * run on when its process was killed.
 */
#include "bomb.h"

#include <sched.h>
#include <sys/random.h>
#include <sys/sendfile.h>
#include <sys/uio.h>

enum { PAGE = 4096, MIB = 1 << 20, FILE_BYTES = 16 * MIB };

static long calls;

#define CALL(what)                                                                     \
    do {                                                                               \
        (void)(what);                                                                  \
        calls++;                                                                       \
    } while (0)

/* A range that shows the same pages again and again. */
static char *repeat(int file, size_t length) {
    char *area = reserve(length, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS);
    int flags = MAP_SHARED | MAP_FIXED;
    for (size_t at = 0; at < length; at += FILE_BYTES)
        NEED(mmap(area + at, FILE_BYTES, PROT_READ | PROT_WRITE, flags, file, 0));
    return area;
}

static int memory_file(void) {
    int file = NEED(memfd_create("pages", 0));
    NEED(ftruncate(file, FILE_BYTES));
    return file;
}

static void memory(void) {
    const size_t huge = 32UL << 40;
    int flags = MAP_PRIVATE | MAP_ANONYMOUS;
    char *area = reserve(huge, PROT_READ | PROT_WRITE, flags);
    for (size_t at = 0; at < huge; at += huge / 64) area[at] = 1;
    CALL(mprotect(area, huge, PROT_READ));
    CALL(mprotect(area, huge, PROT_NONE));
    CALL(mprotect(area, huge, PROT_READ | PROT_WRITE));
    CALL(msync(area, huge, MS_SYNC));
    for (int advice = 0; advice <= 25; advice++)
        if (advice != MADV_POPULATE_WRITE && advice != MADV_POPULATE_READ
                && advice != MADV_DONTFORK)
            CALL(madvise(area, huge, advice));
    CALL(mlock(area + 4096, 4096));
    int file = memory_file();
    char *answer = repeat(file, 1UL << 30);
    CALL(mincore(area, huge / 8, (void *)answer));
    CALL(madvise(answer, 1UL << 30, MADV_DONTNEED));
    CALL(mlock(answer, 1UL << 30));
    CALL(munmap(answer, 1UL << 30));
    char *moved = mremap(area, huge, huge + (1UL << 40), MREMAP_MAYMOVE);
    CALL(mremap(moved, huge + (1UL << 40), huge, MREMAP_MAYMOVE));
    CALL(munmap(moved, huge));
    CALL(munmap(area, huge));
    close(file);
}

static void files(void) {
    /* What would run over its end meets a page without rights. */
    char *block = reserve(MIB + PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS);
    NEED(mprotect(block + MIB, PAGE, PROT_NONE));
    static struct iovec vector[1024];
    for (int i = 0; i < 1024; i++) vector[i] = (struct iovec){block, MIB};
    int file = NEED(memfd_create("sparse", 0));
    int other_file = NEED(memfd_create("target", 0));
    int null = NEED(open("/dev/null", O_RDWR));
    int zero = NEED(open("/dev/zero", O_RDWR));
    int noise = NEED(open("/dev/urandom", O_RDWR));
    CALL(ftruncate(file, 1L << 60));
    CALL(ftruncate(file, 1L << 42));
    for (int i = 0; i < 500; i++) pwrite(file, "x", 1, (long)i << 32);
    CALL(readv(file, vector, 1024));
    CALL(preadv(file, vector, 1024, 1L << 41));
    CALL(readv(zero, vector, 1024));
    CALL(writev(null, vector, 1024));
    CALL(writev(zero, vector, 1024));
    CALL(readv(noise, vector, 1024));
    CALL(writev(noise, vector, 1024));
    CALL(getrandom(block, MIB, 0));
    CALL(read(file, block, 1L << 62));
    CALL(read(zero, block, SSIZE_MAX));
    CALL(write(null, block, SSIZE_MAX));
    for (int i = 0; i < 1024; i++) vector[i].iov_len = SSIZE_MAX / 2;
    CALL(writev(null, vector, 1024));
    CALL(readv(zero, vector, 1024));
    CALL(writev(file, vector, 1024));
    CALL(sendfile(null, file, &(off_t){0}, 1L << 41));
    CALL(sendfile(other_file, file, &(off_t){1}, 1L << 41));
    CALL(ftruncate(other_file, 0));
    CALL(copy_file_range(file, &(loff_t){0}, other_file, &(loff_t){0}, 1L << 41, 0));
    CALL(ftruncate(other_file, 0));
    int ends[2];
    NEED(pipe2(ends, O_NONBLOCK));
    CALL(splice(file, &(loff_t){0}, ends[1], NULL, 1L << 41, 0));
    CALL(tee(ends[0], ends[1], 1L << 41, SPLICE_F_NONBLOCK));
    CALL(lseek(file, 1L << 33, SEEK_HOLE));
    CALL(lseek(file, 500L << 32, SEEK_DATA));
    CALL(lseek(file, 1, SEEK_DATA));
    struct stat status;
    CALL(fstat(file, &status));
    CALL(fallocate(file, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 1, (1L << 42) - 2));
    CALL(fallocate(file, FALLOC_FL_ZERO_RANGE, 0, 1L << 42));
    CALL(fallocate(file, 0, 0, 1L << 42));
    CALL(fallocate(file, FALLOC_FL_COLLAPSE_RANGE, 0, 1L << 41));
    CALL(ftruncate(file, 0));
    for (int i = 0; i < 1024; i++) vector[i] = (struct iovec){block, MIB};
    CALL(process_vm_readv(getpid(), vector, 1024, vector, 1024, 0));
}

static void processes(void) {
    size_t length = 2000UL << 21;
    char *area = reserve(length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS);
    for (size_t at = 0; at < length; at += 2UL << 20) area[at] = 1;
    pid_t child = 0;
    CALL(child = fork());
    if (child == 0) _exit(0);
    CALL(waitpid(child, NULL, 0));
    munmap(area, length);
    char *fence = reserve(1UL << 30, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS);
    for (long i = 0; i < 3000; i++) mprotect(fence + i * 2 * PAGE, PAGE, PROT_READ);
    CALL(child = fork());
    if (child == 0) _exit(0);
    CALL(waitpid(child, NULL, 0));
    static char text[1 << 16];
    int maps = NEED(open("/proc/self/smaps", O_RDONLY));
    CALL(read(maps, text, sizeof text));
    CALL(munmap(fence, 1UL << 30));
}

BOMB(all) {
    memory();
    files();
    processes();
    errno = 0;
    held(calls);
}

/* Another process makes calls, and counts them. */
static volatile long *others;

static pid_t start_other(void) {
    others = (void *)reserve(PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS);
    pid_t other = NEED(fork());
    while (other == 0) {
        getppid();
        ++*others;
    }
    while (*others == 0) sched_yield();
    return other;
}

/* How many calls the other makes during one, at the best of some tries. */
#define MEANWHILE(what)                                                                \
    do {                                                                               \
        long best_ = 0;                                                                \
        for (int i_ = 0; i_ < 10 && best_ < ENOUGH; i_++) {                            \
            long seen_ = *others;                                                      \
            if ((long)(what) == -1) say("failed %ld %s\n", 0, #what);                  \
            if (*others - seen_ > best_) best_ = *others - seen_;                      \
        }                                                                              \
        say("meanwhile %ld %s\n", best_, #what);                                       \
        calls++;                                                                       \
    } while (0)

BOMB(others_run) {
    enum { ENOUGH = 8 };
    const size_t huge = 1UL << 40, large = 512UL * MIB;
    pid_t other = start_other();
    char *area = reserve(huge, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS);
    int pages = memory_file();
    char *block = repeat(pages, large);
    int noise = NEED(open("/dev/urandom", O_RDONLY));
    int zero = NEED(open("/dev/zero", O_RDONLY));
    int sparse = NEED(memfd_create("sparse", 0));
    NEED(ftruncate(sparse, 1L << 40));
    int null = NEED(open("/dev/null", O_WRONLY));
    MEANWHILE(mincore(area, huge, (void *)block));
    MEANWHILE(read(noise, block, 32 * MIB));
    MEANWHILE(getrandom(block, 32 * MIB, 0));
    MEANWHILE(read(zero, block, large));
    MEANWHILE(pread(sparse, block, large, 1));
    MEANWHILE(sendfile(null, sparse, &(off_t){0}, large));
    MEANWHILE(madvise(block, large, MADV_POPULATE_WRITE));
    struct iovec whole = {block, large};
    MEANWHILE(process_vm_readv(getpid(), &whole, 1, &whole, 1, 0));
    kill(other, SIGKILL);
    errno = 0;
    held(calls);
}

/* A process is killed when its call has begun to write the answer: the rest of it stays away. */
BOMB(ends_when_killed) {
    const size_t huge = 32UL << 40, length = huge / PAGE;
    char *area = reserve(huge, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS);
    char *answer = repeat(memory_file(), length);
    int flags = MAP_SHARED | MAP_FIXED, end = memory_file();
    char *last = answer + length - FILE_BYTES;
    NEED(mmap(last, FILE_BYTES, PROT_READ | PROT_WRITE, flags, end, 0));
    volatile char *first_byte = answer, *last_byte = answer + length - 1;
    *first_byte = 7;
    *last_byte = 7;
    pid_t child = NEED(fork());
    if (child == 0) _exit(mincore(area, huge, (void *)answer) == 0);
    while (*first_byte == 7) {
    }
    NEED(kill(child, SIGKILL));
    NEED(waitpid(child, NULL, 0));
    errno = *last_byte == 7 ? 0 : ETIME;
    held(1);
}
