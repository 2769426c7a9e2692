/* Sizes, holes, allocation, copying, descriptors, memfd seals: what files contain. */
#include "../case.h"
#include <linux/falloc.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/vfs.h>

#define BLOCK 4096L

static long size_of(int fd) {
    struct stat about;
    OK(fstat(fd, &about));
    return about.st_size;
}

static int new_file(const char *path) { return OK(open(path, O_RDWR | O_CREAT | O_TRUNC, 0600)); }

CASE(truncate_shrinks_and_grows) {
    int fd = new_file("f");
    CHECK_EQ(write(fd, "0123456789", 10), 10);
    OK(ftruncate(fd, 4));
    CHECK_EQ(size_of(fd), 4);
    OK(ftruncate(fd, 8));
    char text[8];
    CHECK_EQ(pread(fd, text, 8, 0), 8);
    CHECK_MEM(text, "0123\0\0\0\0", 8);
    CHECK_EQ(lseek(fd, 0, SEEK_CUR), 10); /* the offset stays */
    OK(truncate("f", 1));
    CHECK_EQ(size_of(fd), 1);
    CHECK_ERRNO(ftruncate(fd, -1), EINVAL);
    CHECK_ERRNO(truncate("none", 1), ENOENT);
    CHECK_ERRNO(truncate(".", 1), EISDIR);
}

CASE(holes_read_as_zeros_and_take_no_space) {
    int fd = new_file("f");
    CHECK_EQ(pwrite(fd, "end", 3, 1 << 20), 3);
    struct stat about;
    OK(fstat(fd, &about));
    CHECK_EQ(about.st_size, (1 << 20) + 3);
    CHECK(about.st_blocks * 512 < 1 << 19);
    char block[BLOCK];
    CHECK_EQ(pread(fd, block, BLOCK, 500000), BLOCK);
    for (int i = 0; i < BLOCK; i++) CHECK_EQ(block[i], 0);
}

CASE(seek_data_and_hole) {
    int fd = new_file("f");
    char block[BLOCK];
    memset(block, 'd', BLOCK);
    OK(ftruncate(fd, 64 * BLOCK));
    CHECK_EQ(pwrite(fd, block, BLOCK, 16 * BLOCK), BLOCK);
    CHECK_EQ(lseek(fd, 0, SEEK_DATA), 16 * BLOCK);
    CHECK_EQ(lseek(fd, 0, SEEK_HOLE), 0);
    CHECK_EQ(lseek(fd, 16 * BLOCK + 5, SEEK_DATA), 16 * BLOCK + 5);
    CHECK_EQ(lseek(fd, 16 * BLOCK, SEEK_HOLE), 17 * BLOCK);
    CHECK_ERRNO(lseek(fd, 17 * BLOCK, SEEK_DATA), ENXIO);
    CHECK_EQ(lseek(fd, 17 * BLOCK, SEEK_HOLE), 17 * BLOCK);
    CHECK_ERRNO(lseek(fd, 64 * BLOCK, SEEK_DATA), ENXIO);
    CHECK_ERRNO(lseek(fd, 64 * BLOCK, SEEK_HOLE), ENXIO);
    write_file("g", "full", 4);
    int full = OK(open("g", O_RDONLY));
    CHECK_EQ(lseek(full, 0, SEEK_HOLE), 4); /* the end counts as a hole */
}

CASE(fallocate_grows_and_keeps) {
    int fd = new_file("f");
    OK(fallocate(fd, 0, 0, 10000));
    CHECK_EQ(size_of(fd), 10000);
    struct stat about;
    OK(fstat(fd, &about));
    CHECK(about.st_blocks * 512 >= 10000);
    OK(fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, 100000));
    CHECK_EQ(size_of(fd), 10000);
    CHECK_EQ(pwrite(fd, "x", 1, 50), 1);
    OK(fallocate(fd, 0, 0, 5000));
    char byte;
    CHECK_EQ(pread(fd, &byte, 1, 50), 1);
    CHECK_EQ(byte, 'x');
    CHECK_ERRNO(fallocate(fd, 0, 0, 0), EINVAL);
    CHECK_ERRNO(fallocate(fd, 0, -1, 10), EINVAL);
    CHECK_ERRNO(fallocate(fd, 0x4000, 0, 10), EOPNOTSUPP);
    CHECK_ZERO(posix_fallocate(fd, 0, 20000));
    CHECK_EQ(size_of(fd), 20000);
}

CASE(punching_holes) {
    int fd = new_file("f");
    char block[4 * BLOCK];
    memset(block, 'p', sizeof block);
    CHECK_EQ(write(fd, block, sizeof block), sizeof block);
    OK(fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, BLOCK, 2 * BLOCK));
    CHECK_EQ(size_of(fd), 4 * BLOCK);
    CHECK_EQ(pread(fd, block, sizeof block, 0), sizeof block);
    CHECK_EQ(block[BLOCK - 1], 'p');
    CHECK_EQ(block[BLOCK], 0);
    CHECK_EQ(block[3 * BLOCK - 1], 0);
    CHECK_EQ(block[3 * BLOCK], 'p');
    CHECK_ERRNO(fallocate(fd, FALLOC_FL_PUNCH_HOLE, 0, BLOCK), EOPNOTSUPP);
}

CASE(fallocate_on_other_things) {
    int ends[2];
    OK(pipe(ends));
    CHECK_ERRNO(fallocate(ends[1], 0, 0, 10), ESPIPE);
    CHECK_ERRNO(fallocate(999, 0, 0, 10), EBADF);
    int directory = OK(open(".", O_RDONLY));
    CHECK_ERRNO(fallocate(directory, 0, 0, 10), EBADF);
}

CASE(transfers_end_where_positions_do) {
    int fd = new_file("a");
    char bytes[2] = {0};
    CHECK_ERRNO(pread(fd, bytes, 2, INT64_MAX), EINVAL);
    CHECK_ERRNO(pwrite(fd, bytes, 2, INT64_MAX), EINVAL);
    CHECK_EQ(pread(fd, bytes, 1, INT64_MAX - 1), 0);
}

CASE(copy_file_range_copies_inside_the_kernel) {
    write_file("a", "0123456789", 10);
    int in = OK(open("a", O_RDONLY)), out = new_file("b");
    off_t from = 2, to = 5;
    CHECK_EQ(copy_file_range(in, &from, out, &to, 4, 0), 4);
    CHECK_EQ(from, 6);
    CHECK_EQ(to, 9);
    CHECK_EQ(lseek(in, 0, SEEK_CUR), 0);
    CHECK_EQ(copy_file_range(in, NULL, out, NULL, 100, 0), 10);
    CHECK_EQ(lseek(in, 0, SEEK_CUR), 10);
    CHECK_EQ(copy_file_range(in, NULL, out, NULL, 100, 0), 0);
    char text[16];
    CHECK_EQ(read_file("b", text, sizeof text), 10);
    CHECK_STR(text, "0123456789");
    CHECK_ERRNO(copy_file_range(in, NULL, out, NULL, 1, 77), EINVAL);
    off_t overlap = 2, zero = 0;
    CHECK_ERRNO(copy_file_range(out, &zero, out, &overlap, 5, 0), EINVAL);
    /* As much as there is; positions that cannot be. */
    int other = new_file("c");
    CHECK_EQ(copy_file_range(in, &zero, other, NULL, SIZE_MAX, 0), 10);
    off_t last = -1, negative = -10, end = INT64_MAX;
    CHECK_ERRNO(copy_file_range(in, &last, out, NULL, 10, 0), EOVERFLOW);
    CHECK_ERRNO(copy_file_range(in, &negative, out, NULL, 5, 0), EINVAL);
    CHECK_ERRNO(copy_file_range(in, NULL, out, &negative, 5, 0), EINVAL);
    CHECK_EQ(copy_file_range(in, &end, out, NULL, 10, 0), 0);
    int directory = OK(open(".", O_RDONLY)), ends[2];
    OK(pipe(ends));
    CHECK_ERRNO(copy_file_range(directory, NULL, out, NULL, 1, 0), EISDIR);
    CHECK_ERRNO(copy_file_range(ends[0], NULL, out, NULL, 1, 0), EINVAL);
}

CASE(sendfile_from_file_to_pipe_socket_and_file) {
    write_file("a", "0123456789", 10);
    int in = OK(open("a", O_RDONLY)), ends[2], out = new_file("b");
    OK(pipe(ends));
    off_t from = 3;
    CHECK_EQ(sendfile(ends[1], in, &from, 4), 4);
    CHECK_EQ(from, 7);
    CHECK_EQ(lseek(in, 0, SEEK_CUR), 0);
    char text[16] = "";
    CHECK_EQ(read(ends[0], text, 16), 4);
    CHECK_STR(text, "3456");
    CHECK_EQ(sendfile(out, in, NULL, 100), 10);
    CHECK_EQ(sendfile(out, in, NULL, 100), 0);
    CHECK_EQ(size_of(out), 10);
    CHECK_ERRNO(sendfile(out, ends[0], NULL, 1), EINVAL);
    CHECK_ERRNO(sendfile(in, in, NULL, 1), EBADF);
    CHECK_ERRNO(sendfile(out, 999, NULL, 1), EBADF);
}

CASE(dup_shares_the_description) {
    int fd = new_file("f"), copy = OK(dup(fd));
    CHECK_EQ(write(fd, "ab", 2), 2);
    CHECK_EQ(write(copy, "cd", 2), 2);
    CHECK_EQ(size_of(fd), 4);
    OK(fcntl(fd, F_SETFL, O_APPEND));
    CHECK(fcntl(copy, F_GETFL) & O_APPEND);
    OK(fcntl(fd, F_SETFD, FD_CLOEXEC));
    CHECK_EQ(fcntl(copy, F_GETFD), 0);
    close(fd);
    CHECK_EQ(write(copy, "e", 1), 1);
}

CASE(dup2_and_dup3) {
    int fd = new_file("f");
    CHECK_EQ(dup2(fd, 200), 200);
    CHECK_EQ(dup2(fd, fd), fd);
    CHECK_ERRNO(dup2(999, 5), EBADF);
    CHECK_ERRNO(dup2(999, 999), EBADF);
    CHECK_ERRNO(dup2(fd, -1), EBADF);
    CHECK_ERRNO(dup3(fd, fd, 0), EINVAL);
    CHECK_EQ(dup3(fd, 201, O_CLOEXEC), 201);
    CHECK_EQ(fcntl(201, F_GETFD), FD_CLOEXEC);
    CHECK_ERRNO(dup3(fd, 202, O_APPEND), EINVAL);
    int ends[2];
    OK(pipe(ends));
    CHECK_EQ(dup2(fd, ends[1]), ends[1]); /* closes the write end */
    char byte;
    CHECK_EQ(read(ends[0], &byte, 1), 0);
}

CASE(fcntl_dupfd) {
    int fd = new_file("f");
    CHECK_EQ(fcntl(fd, F_DUPFD, 300), 300);
    CHECK_EQ(fcntl(fd, F_DUPFD, 300), 301);
    CHECK_EQ(fcntl(fd, F_DUPFD_CLOEXEC, 300), 302);
    CHECK_EQ(fcntl(302, F_GETFD), FD_CLOEXEC);
    CHECK_EQ(fcntl(301, F_GETFD), 0);
    CHECK_ERRNO(fcntl(fd, F_DUPFD, -1), EINVAL);
    CHECK_ERRNO(fcntl(999, F_DUPFD, 0), EBADF);
    CHECK_ERRNO(fcntl(fd, 9999), EINVAL);
}

CASE(close_range_closes_and_marks) {
    for (int fd = 50; fd < 60; fd++) OK(dup2(0, fd));
    OK(close_range(52, 55, 0));
    CHECK_EQ(fcntl(51, F_GETFD), 0);
    for (int fd = 52; fd <= 55; fd++) CHECK_ERRNO(fcntl(fd, F_GETFD), EBADF);
    OK(close_range(57, ~0U, CLOSE_RANGE_CLOEXEC));
    CHECK_EQ(fcntl(56, F_GETFD), 0);
    CHECK_EQ(fcntl(58, F_GETFD), FD_CLOEXEC);
    CHECK_ERRNO(close_range(60, 50, 0), EINVAL);
    CHECK_ERRNO(close_range(50, 60, 1 << 20), EINVAL);
}

CASE(descriptor_limit_is_emfile) {
    IN_CHILD({
        struct rlimit limit = {20, 20};
        OK(setrlimit(RLIMIT_NOFILE, &limit));
        int fd;
        while ((fd = dup(0)) != -1) CHECK(fd < 20);
        CHECK_EQ(errno, EMFILE);
        CHECK_ERRNO(open(".", O_RDONLY), EMFILE);
        int ends[2];
        CHECK_ERRNO(pipe(ends), EMFILE);
        CHECK_ERRNO(dup2(0, 20), EBADF);
        CHECK_ERRNO(fcntl(0, F_DUPFD, 20), EINVAL);
        close(10);
        CHECK_EQ(dup(0), 10);
        close(11);
        CHECK_ERRNO(pipe(ends), EMFILE); /* needs two */
        CHECK_EQ(dup(0), 11);
    });
}

CASE(ioctls_on_files) {
    int fd = new_file("f"), count = -1, on = 1;
    CHECK_EQ(write(fd, "12345", 5), 5);
    char termios[64];
    CHECK_ERRNO(ioctl(fd, 0x5401 /* TCGETS */, termios), ENOTTY);
    CHECK_ERRNO(ioctl(fd, TIOCGWINSZ, termios), ENOTTY);
    OK(lseek(fd, 2, SEEK_SET));
    OK(ioctl(fd, FIONREAD, &count));
    CHECK_EQ(count, 3);
    OK(ioctl(fd, FIOCLEX));
    CHECK_EQ(fcntl(fd, F_GETFD), FD_CLOEXEC);
    OK(ioctl(fd, FIONCLEX));
    CHECK_EQ(fcntl(fd, F_GETFD), 0);
    OK(ioctl(fd, FIONBIO, &on));
    CHECK(fcntl(fd, F_GETFL) & O_NONBLOCK);
    CHECK_ERRNO(ioctl(999, FIOCLEX), EBADF);
    CHECK_ERRNO(ioctl(fd, FIONREAD, (void *)8), EFAULT);
}

CASE(sync_calls) {
    int fd = new_file("f"), ends[2];
    CHECK_EQ(write(fd, "x", 1), 1);
    OK(fsync(fd));
    OK(fdatasync(fd));
    OK(sync_file_range(fd, 0, 0, SYNC_FILE_RANGE_WRITE));
    OK(fsync(OK(open(".", O_RDONLY))));
    OK(pipe(ends));
    CHECK_ERRNO(fsync(ends[0]), EINVAL);
    CHECK_ERRNO(fsync(999), EBADF);
    CHECK_ERRNO(sync_file_range(ends[1], 0, 0, 0), ESPIPE);
}

CASE(advice) {
    int fd = new_file("f"), ends[2];
    OK(pipe(ends));
    CHECK_ZERO(posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL));
    CHECK_ZERO(posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED));
    CHECK_EQ(posix_fadvise(fd, 0, 0, 99), EINVAL);
    CHECK_EQ(posix_fadvise(ends[0], 0, 0, POSIX_FADV_NORMAL), ESPIPE);
    CHECK_EQ(posix_fadvise(999, 0, 0, 0), EBADF);
    CHECK_EQ(readahead(fd, 0, 100), 0);
}

CASE(memfd_behaves_as_a_file) {
    int fd = OK(memfd_create("name", MFD_CLOEXEC));
    CHECK_EQ(fcntl(fd, F_GETFD), FD_CLOEXEC);
    CHECK_EQ(size_of(fd), 0);
    CHECK_EQ(write(fd, "hello", 5), 5);
    char text[16], path[32];
    CHECK_EQ(pread(fd, text, 16, 0), 5);
    struct stat about;
    OK(fstat(fd, &about));
    CHECK_EQ(about.st_nlink, 0);
    CHECK_EQ(about.st_mode, S_IFREG | 0777);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(path, text, sizeof text);
    CHECK_MEM(text, "/memfd:name (del", length);
    CHECK_ERRNO(memfd_create("x", 0x8000), EINVAL);
    CHECK_ERRNO(memfd_create((char *)8, 0), EFAULT);
    char long_name[300];
    memset(long_name, 'n', 299);
    long_name[299] = 0;
    CHECK_ERRNO(memfd_create(long_name, 0), EINVAL);
    long_name[249] = 0;
    OK(memfd_create(long_name, 0));
}

CASE(memfd_seals) {
    int plain = OK(memfd_create("plain", 0)), fd = OK(memfd_create("sealed", MFD_ALLOW_SEALING));
    CHECK_EQ(fcntl(plain, F_GET_SEALS), F_SEAL_SEAL);
    CHECK_ERRNO(fcntl(plain, F_ADD_SEALS, F_SEAL_GROW), EPERM);
    CHECK_EQ(fcntl(fd, F_GET_SEALS), 0);
    OK(ftruncate(fd, 100));
    OK(fcntl(fd, F_ADD_SEALS, F_SEAL_GROW));
    CHECK_ERRNO(ftruncate(fd, 200), EPERM);
    CHECK_EQ(pwrite(fd, "x", 1, 50), 1);
    OK(fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK));
    CHECK_ERRNO(ftruncate(fd, 50), EPERM);
    char *mapped = OK(mmap(NULL, 100, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
    CHECK_ERRNO(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE), EBUSY);
    OK(munmap(mapped, 100));
    OK(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE));
    CHECK_ERRNO(write(fd, "x", 1), EPERM);
    CHECK_ERRNO((intptr_t)mmap(NULL, 100, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0), EPERM);
    OK(mmap(NULL, 100, PROT_READ, MAP_PRIVATE, fd, 0));
    OK(fcntl(fd, F_ADD_SEALS, F_SEAL_SEAL));
    CHECK_ERRNO(fcntl(fd, F_ADD_SEALS, F_SEAL_GROW), EPERM);
    CHECK_EQ(fcntl(fd, F_GET_SEALS), F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE);
    int file = new_file("f");
    CHECK_ERRNO(fcntl(file, F_GET_SEALS), EINVAL);
}

CASE(file_system_statistics) {
    struct statfs by_path, by_fd;
    OK(statfs(".", &by_path));
    OK(fstatfs(OK(open(".", O_RDONLY)), &by_fd));
    CHECK_EQ(by_path.f_type, by_fd.f_type);
    CHECK(by_path.f_bsize >= 512);
    CHECK(by_path.f_blocks >= by_path.f_bfree);
    CHECK_EQ(by_path.f_namelen, 255);
    OK(statfs("/proc", &by_path));
    CHECK_EQ(by_path.f_type, 0x9fa0);
    OK(statfs("/dev/shm", &by_path));
    CHECK_EQ(by_path.f_type, 0x01021994);
    int ends[2];
    OK(pipe(ends));
    OK(fstatfs(ends[0], &by_fd));
    CHECK_EQ(by_fd.f_type, 0x50495045);
    CHECK_ERRNO(statfs("none", &by_path), ENOENT);
    CHECK_ERRNO(fstatfs(999, &by_fd), EBADF);
}

CASE(write_larger_than_buffers) {
    int fd = new_file("f");
    size_t size = 3 << 20;
    char *block = malloc(size), *back = malloc(size);
    for (size_t i = 0; i < size; i++) block[i] = (char)(i * 31 + i / 4096);
    CHECK_EQ(write(fd, block, size), size);
    CHECK_EQ(pread(fd, back, size, 0), size);
    CHECK_MEM(back, block, size);
    CHECK_EQ(pread(fd, back, size, 12345), size - 12345);
    CHECK_MEM(back, block + 12345, size - 12345);
    CHECK_EQ(pwrite(fd, "#", 1, 777777), 1);
    CHECK_EQ(pread(fd, back, 3, 777776), 3);
    CHECK_EQ(back[0], block[777776]);
    CHECK_EQ(back[1], '#');
    CHECK_EQ(back[2], block[777778]);
}

CASE(stdio_and_temporary_files) {
    FILE *file = fopen("f", "w+");
    CHECK(file != NULL);
    for (int i = 0; i < 1000; i++) fprintf(file, "line %d\n", i);
    rewind(file);
    char line[64];
    int count = 0;
    while (fgets(line, sizeof line, file)) count++;
    CHECK_EQ(count, 1000);
    fclose(file);
    char name[] = "tmpXXXXXX";
    int fd = OK(mkstemp(name));
    struct stat about;
    OK(fstat(fd, &about));
    CHECK_EQ(about.st_mode & 0777, 0600);
    FILE *nameless = tmpfile();
    CHECK(nameless != NULL);
    CHECK(fputs("x", nameless) >= 0 && fflush(nameless) == 0);
}
