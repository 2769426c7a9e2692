/* Files of /proc as files: what seeks, offsets, mappings and writes do. proc(5). */
#include "../case.h"

static const char *const files[] = {"/proc/self/maps", "/proc/self/status", "/proc/self/stat", "/proc/meminfo",
        "/proc/self/mounts", "/proc/cpuinfo", "/proc/self/limits"};
enum { FILES = sizeof files / sizeof *files };

CASE(cannot_be_mapped) {
    for (int i = 0; i < FILES; i++) {
        int fd = OK(open(files[i], O_RDONLY));
        void *map = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0);
        if (map != MAP_FAILED || (errno != ENODEV && errno != EIO)) FAIL("%s: %s", files[i], strerror(errno));
        close(fd);
    }
}

CASE(reads_beyond_the_end_find_nothing) {
    char bytes[64];
    for (int i = 0; i < FILES; i++) {
        int fd = OK(open(files[i], O_RDONLY));
        CHECK_EQ(lseek(fd, 1 << 20, SEEK_SET), 1 << 20);
        CHECK_EQ(read(fd, bytes, sizeof bytes), 0);
        CHECK_EQ(pread(fd, bytes, sizeof bytes, 1L << 40), 0);
        CHECK_ERRNO(pread(fd, bytes, sizeof bytes, -1), EINVAL);
        CHECK_ERRNO(lseek(fd, -1, SEEK_SET), EINVAL);
        close(fd);
    }
}

CASE(odd_offsets_find_the_same_bytes) {
    static char whole[4096], parts[4096];
    int fd = OK(open("/proc/self/limits", O_RDONLY));
    ssize_t length = OK(read(fd, whole, sizeof whole));
    CHECK(length > 200 && length < (ssize_t)sizeof whole);
    for (int step = 1; step < 60; step += 13) {
        ssize_t done = 0, count;
        memset(parts, 0, sizeof parts);
        while ((count = OK(pread(fd, parts + done, step, done))) > 0) done += count;
        CHECK_EQ(done, length);
        CHECK_MEM(parts, whole, length);
    }
    CHECK_EQ(pread(fd, parts, 7, 101), 7);
    CHECK_MEM(parts, whole + 101, 7);
    CHECK_EQ(lseek(fd, 33, SEEK_SET), 33);
    CHECK_EQ(read(fd, parts, 5), 5);
    CHECK_MEM(parts, whole + 33, 5);
    CHECK_EQ(lseek(fd, 0, SEEK_CUR), 38);
}

CASE(reads_into_memory_that_is_not_there) {
    int fd = OK(open("/proc/self/status", O_RDONLY));
    CHECK_ERRNO(read(fd, (void *)8, 100), EFAULT);
    char byte;
    CHECK_EQ(read(fd, &byte, 1), 1); /* the failure took nothing */
    CHECK_EQ(byte, 'N');
}

CASE(writes_are_refused) {
    for (int i = 0; i < FILES; i++) {
        int fd = OK(open(files[i], O_RDONLY));
        CHECK_ERRNO(write(fd, "x", 1), EBADF);
        CHECK_ERRNO(ftruncate(fd, 0), EINVAL);
        close(fd);
    }
    int comm = OK(open("/proc/self/comm", O_RDWR));
    CHECK_EQ(write(comm, "renamed", 7), 7);
    char name[32] = "";
    CHECK(pread(comm, name, sizeof name, 0) > 0);
    CHECK_STR(name, "renamed\n");
    CHECK_ERRNO(write(comm, (void *)8, 8), EFAULT);
    int adjustment = OK(open("/proc/self/oom_score_adj", O_RDWR));
    CHECK_ERRNO(write(adjustment, "many", 4), EINVAL);
    CHECK_ERRNO(write(adjustment, "5000", 4), EINVAL);
    CHECK_EQ(pwrite(adjustment, "77", 2, 0), 2);
}

CASE(status_of_files) {
    struct stat about;
    for (int i = 0; i < FILES; i++) {
        OK(stat(files[i], &about));
        CHECK(S_ISREG(about.st_mode));
        CHECK_EQ(about.st_size, 0);
    }
    CHECK_ERRNO(open("/proc/self/none", O_RDONLY), ENOENT);
    CHECK(open("/proc/self/none", O_RDWR | O_CREAT, 0600) < 0);
    CHECK(unlink("/proc/self/maps") < 0 && (errno == EPERM || errno == EACCES));
    CHECK(rename("/proc/self/maps", "/proc/self/other") < 0);
}
