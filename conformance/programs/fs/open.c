/* open(2), creat(2), openat(2): flags, modes, errors; read, write and seek. */
#include "../case.h"
#include <sys/uio.h>

static void touch(const char *path) { write_file(path, "", 0); }

static long size_of(const char *path) {
    struct stat about;
    OK(stat(path, &about));
    return about.st_size;
}

CASE(missing_file_is_enoent) {
    CHECK_ERRNO(open("none", O_RDONLY), ENOENT);
    CHECK_ERRNO(open("none/f", O_RDONLY | O_CREAT, 0600), ENOENT);
    CHECK_ERRNO(open("", O_RDONLY), ENOENT);
}

CASE(file_as_directory_is_enotdir) {
    touch("f");
    CHECK_ERRNO(open("f/x", O_RDONLY), ENOTDIR);
    CHECK_ERRNO(open("f/", O_RDONLY), ENOTDIR);
    CHECK_ERRNO(open("f/.", O_RDONLY), ENOTDIR);
    CHECK_ERRNO(open("f/..", O_RDONLY), ENOTDIR);
    CHECK_ERRNO(open("f", O_RDONLY | O_DIRECTORY), ENOTDIR);
}

CASE(directories_open_for_reading_only) {
    OK(mkdir("d", 0700));
    OK(open("d", O_RDONLY));
    OK(open("d", O_RDONLY | O_DIRECTORY));
    CHECK_ERRNO(open("d", O_WRONLY), EISDIR);
    CHECK_ERRNO(open("d", O_RDWR), EISDIR);
    CHECK_ERRNO(open("d", O_RDONLY | O_CREAT, 0600), EISDIR);
    CHECK_ERRNO(open("none/", O_RDWR | O_CREAT, 0600), EISDIR);
    int fd = OK(open("d", O_RDONLY));
    char byte;
    CHECK_ERRNO(read(fd, &byte, 1), EISDIR);
    CHECK_ERRNO(write(fd, &byte, 1), EBADF);
    CHECK_ERRNO(ftruncate(fd, 0), EINVAL);
}

CASE(create_obeys_umask) {
    umask(027);
    close(OK(open("f", O_RDWR | O_CREAT, 0666)));
    struct stat about;
    OK(stat("f", &about));
    CHECK_EQ(about.st_mode, S_IFREG | 0640);
    umask(0);
    close(OK(open("g", O_RDWR | O_CREAT, 07777)));
    OK(stat("g", &about));
    CHECK_EQ(about.st_mode, S_IFREG | 07777);
}

CASE(mode_of_a_new_file_binds_only_later_opens) {
    int fd = OK(open("f", O_RDWR | O_CREAT, 0000));
    CHECK_EQ(write(fd, "x", 1), 1);
    fd = OK(open("g", O_WRONLY | O_CREAT, 0400));
    CHECK_EQ(write(fd, "x", 1), 1);
}

CASE(exclusive_create) {
    OK(open("f", O_RDWR | O_CREAT | O_EXCL, 0600));
    CHECK_ERRNO(open("f", O_RDWR | O_CREAT | O_EXCL, 0600), EEXIST);
    OK(symlink("nowhere", "l"));
    CHECK_ERRNO(open("l", O_RDWR | O_CREAT | O_EXCL, 0600), EEXIST); /* open(2): even dangling */
    CHECK_ERRNO(open(".", O_RDONLY | O_CREAT | O_EXCL, 0600), EEXIST);
    OK(open("f", O_RDWR | O_CREAT, 0600));
}

CASE(create_through_a_dangling_link) {
    OK(symlink("target", "l"));
    close(OK(open("l", O_RDWR | O_CREAT, 0600)));
    CHECK_EQ(access("target", F_OK), 0);
}

CASE(truncate_on_open) {
    write_file("f", "12345", 5);
    close(OK(open("f", O_RDWR)));
    CHECK_EQ(size_of("f"), 5);
    close(OK(open("f", O_WRONLY | O_TRUNC)));
    CHECK_EQ(size_of("f"), 0);
}

CASE(append_writes_at_the_end) {
    write_file("f", "12345", 5);
    int fd = OK(open("f", O_RDWR | O_APPEND)), other = OK(open("f", O_WRONLY));
    CHECK_EQ(lseek(fd, 0, SEEK_CUR), 0);
    CHECK_EQ(write(fd, "a", 1), 1);
    CHECK_EQ(lseek(fd, 0, SEEK_CUR), 6);
    CHECK_EQ(pwrite(other, "zzz", 3, 6), 3);
    OK(lseek(fd, 0, SEEK_SET));
    CHECK_EQ(write(fd, "b", 1), 1);
    char text[16];
    read_file("f", text, sizeof text);
    CHECK_STR(text, "12345azzzb");
    /* pwrite(2), BUGS: with O_APPEND Linux appends whatever the offset. */
    CHECK_EQ(pwrite(fd, "c", 1, 0), 1);
    CHECK_EQ(size_of("f"), 11);
}

CASE(appends_of_several_processes_do_not_mix) {
    pid_t children[4];
    close(OK(open("f", O_RDWR | O_CREAT, 0600)));
    for (int i = 0; i < 4; i++) children[i] = SPAWN({
        int fd = OK(open("f", O_WRONLY | O_APPEND));
        char line[64];
        memset(line, 'a' + i, 63);
        line[63] = '\n';
        for (int j = 0; j < 100; j++) CHECK_EQ(write(fd, line, 64), 64);
    });
    for (int i = 0; i < 4; i++) wait_ok(children[i]);
    static char text[30000];
    CHECK_EQ(read_file("f", text, sizeof text), 4 * 100 * 64);
    for (int line = 0; line < 400; line++) {
        for (int i = 1; i < 63; i++) CHECK_EQ(text[line * 64 + i], text[line * 64]);
        CHECK_EQ(text[line * 64 + 63], '\n');
    }
}

CASE(access_modes_are_enforced) {
    write_file("f", "abc", 3);
    char byte;
    int reader = OK(open("f", O_RDONLY)), writer = OK(open("f", O_WRONLY));
    CHECK_ERRNO(write(reader, "x", 1), EBADF);
    CHECK_ERRNO(read(writer, &byte, 1), EBADF);
    CHECK_ERRNO(ftruncate(reader, 0), EINVAL);
    CHECK_ERRNO(pread(writer, &byte, 1, 0), EBADF);
    CHECK_ERRNO(fallocate(reader, 0, 0, 10), EBADF);
}

CASE(getfl_reports_mode_and_flags) {
    touch("f");
    /* O_LARGEFILE (0100000) is set for every open by a 64-bit program. */
    int fd = OK(open("f", O_RDWR | O_APPEND | O_NONBLOCK | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    CHECK_EQ(fcntl(fd, F_GETFL), O_RDWR | O_APPEND | O_NONBLOCK | 0100000);
    fd = OK(open("f", O_RDONLY));
    CHECK_EQ(fcntl(fd, F_GETFL), O_RDONLY | 0100000);
    fd = OK(open("f", O_WRONLY | O_DSYNC));
    CHECK_EQ(fcntl(fd, F_GETFL), O_WRONLY | O_DSYNC | 0100000);
    fd = OK(open(".", O_RDONLY | O_DIRECTORY));
    CHECK_EQ(fcntl(fd, F_GETFL), O_RDONLY | O_DIRECTORY | 0100000);
    fd = OK(open(".", O_PATH));
    CHECK_EQ(fcntl(fd, F_GETFL), O_PATH);
    CHECK_EQ(fcntl(0, F_GETFL) & O_ACCMODE, O_RDONLY);
}

CASE(setfl_changes_only_some_flags) {
    int fd = OK(open("f", O_RDWR | O_CREAT, 0600));
    OK(fcntl(fd, F_SETFL, O_APPEND | O_NONBLOCK | O_WRONLY | O_EXCL));
    CHECK_EQ(fcntl(fd, F_GETFL), O_RDWR | O_APPEND | O_NONBLOCK | 0100000);
    OK(fcntl(fd, F_SETFL, 0));
    CHECK_EQ(fcntl(fd, F_GETFL), O_RDWR | 0100000);
}

CASE(lowest_descriptor_is_used) {
    int first = OK(open(".", O_RDONLY)), second = OK(open(".", O_RDONLY)), third = OK(open(".", O_RDONLY));
    CHECK_EQ(second, first + 1);
    CHECK_EQ(third, second + 1);
    close(second);
    close(first);
    CHECK_EQ(open(".", O_RDONLY), first);
    CHECK_EQ(dup(third), second);
}

CASE(nofollow_refuses_links) {
    touch("f");
    OK(symlink("f", "l"));
    CHECK_ERRNO(open("l", O_RDONLY | O_NOFOLLOW), ELOOP);
    OK(open("f", O_RDONLY | O_NOFOLLOW));
    OK(mkdir("d", 0700));
    OK(symlink("d", "ld"));
    CHECK_ERRNO(open("ld", O_RDONLY | O_NOFOLLOW | O_DIRECTORY), ENOTDIR);
    touch("d/f");
    OK(open("ld/f", O_RDONLY | O_NOFOLLOW)); /* only the last component counts */
}

CASE(path_descriptors) {
    write_file("f", "abc", 3);
    OK(symlink("f", "l"));
    int fd = OK(open("f", O_PATH));
    char byte, target[8];
    struct stat about, same;
    CHECK_ERRNO(read(fd, &byte, 1), EBADF);
    CHECK_ERRNO(write(fd, "x", 1), EBADF);
    CHECK_ERRNO(fchmod(fd, 0600), EBADF);
    CHECK_ERRNO(ftruncate(fd, 0), EBADF);
    CHECK_ERRNO(lseek(fd, 0, SEEK_SET), EBADF);
    OK(fstat(fd, &about));
    OK(stat("f", &same));
    CHECK_EQ(about.st_ino, same.st_ino);
    int link = OK(open("l", O_PATH | O_NOFOLLOW));
    OK(fstat(link, &about));
    CHECK(S_ISLNK(about.st_mode));
    CHECK_EQ(readlinkat(link, "", target, sizeof target), 1);
    int directory = OK(open(".", O_PATH));
    OK(openat(directory, "f", O_RDONLY));
    OK(fchdir(directory));
    char path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    int reopened = OK(open(path, O_RDONLY));
    CHECK_EQ(read(reopened, &byte, 1), 1);
    CHECK_EQ(byte, 'a');
}

CASE(tmpfile_has_no_name_until_linked) {
    int fd = OK(open(".", O_TMPFILE | O_RDWR, 0600));
    CHECK_EQ(write(fd, "tmp", 3), 3);
    struct stat about;
    OK(fstat(fd, &about));
    CHECK_EQ(about.st_nlink, 0);
    char path[64], text[8];
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    OK(linkat(AT_FDCWD, path, AT_FDCWD, "named", AT_SYMLINK_FOLLOW));
    read_file("named", text, sizeof text);
    CHECK_STR(text, "tmp");
    OK(fstat(fd, &about));
    CHECK_EQ(about.st_nlink, 1);
    CHECK_ERRNO(open(".", O_TMPFILE | O_RDONLY, 0600), EINVAL);
    int closed = OK(open(".", O_TMPFILE | O_RDWR | O_EXCL, 0600));
    snprintf(path, sizeof path, "/proc/self/fd/%d", closed);
    CHECK_ERRNO(linkat(AT_FDCWD, path, AT_FDCWD, "other", AT_SYMLINK_FOLLOW), ENOENT);
}

CASE(openat_and_its_directory) {
    OK(mkdir("d", 0700));
    int directory = OK(open("d", O_RDONLY));
    close(OK(openat(directory, "f", O_RDWR | O_CREAT, 0600)));
    CHECK_EQ(access("d/f", F_OK), 0);
    char absolute[PATH_MAX];
    CHECK(getcwd(absolute, sizeof absolute) != NULL);
    strcat(absolute, "/d/f");
    OK(openat(12345, absolute, O_RDONLY)); /* an absolute path ignores it */
    CHECK_ERRNO(openat(12345, "f", O_RDONLY), EBADF);
    int file = OK(open("d/f", O_RDONLY));
    CHECK_ERRNO(openat(file, "x", O_RDONLY), ENOTDIR);
    OK(unlink("d/f"));
    OK(rmdir("d"));
    CHECK_ERRNO(openat(directory, "f", O_RDWR | O_CREAT, 0600), ENOENT);
}

CASE(long_names) {
    char name[300];
    memset(name, 'n', sizeof name);
    name[255] = 0;
    touch(name);
    CHECK_EQ(access(name, F_OK), 0);
    name[255] = 'n';
    name[256] = 0;
    CHECK_ERRNO(open(name, O_RDONLY | O_CREAT, 0600), ENAMETOOLONG);
    static char path[5000];
    memset(path, '/', sizeof path - 1);
    path[4096] = 0;
    CHECK_ERRNO(open(path, O_RDONLY), ENAMETOOLONG);
    path[4095] = 0;
    OK(open(path, O_RDONLY));
}

CASE(odd_bytes_in_names) {
    char name[] = "a b\n\x01\xff\xfe'\"\\*";
    touch(name);
    CHECK_EQ(access(name, F_OK), 0);
    OK(unlink(name));
}

CASE(dots_and_slashes) {
    OK(mkdir("d", 0700));
    touch("d/f");
    CHECK_EQ(access(".//d/./../d//f", F_OK), 0);
    CHECK_EQ(access("/../../..", F_OK), 0);
    CHECK_ERRNO(open("d/none/../f", O_RDONLY), ENOENT);
    CHECK_EQ(access("d/", F_OK), 0);
    CHECK_EQ(access("d/.", F_OK), 0);
}

CASE(seek) {
    write_file("f", "0123456789", 10);
    int fd = OK(open("f", O_RDWR));
    CHECK_EQ(lseek(fd, 3, SEEK_SET), 3);
    CHECK_EQ(lseek(fd, 4, SEEK_CUR), 7);
    CHECK_EQ(lseek(fd, -2, SEEK_END), 8);
    CHECK_EQ(lseek(fd, 100, SEEK_END), 110);
    CHECK_ERRNO(lseek(fd, -1, SEEK_SET), EINVAL);
    CHECK_ERRNO(lseek(fd, -11, SEEK_END), EINVAL);
    CHECK_EQ(lseek(fd, 0, SEEK_CUR), 110);
    CHECK_ERRNO(lseek(fd, 0, 99), EINVAL);
    char byte;
    CHECK_EQ(read(fd, &byte, 1), 0);
    CHECK_EQ(write(fd, "x", 1), 1);
    CHECK_EQ(size_of("f"), 111);
    CHECK_EQ(pread(fd, &byte, 1, 50), 1);
    CHECK_EQ(byte, 0);
}

CASE(seek_on_pipes_is_espipe) {
    int ends[2];
    OK(pipe(ends));
    char byte;
    CHECK_ERRNO(lseek(ends[0], 0, SEEK_CUR), ESPIPE);
    CHECK_ERRNO(pread(ends[0], &byte, 1, 0), ESPIPE);
    CHECK_ERRNO(pwrite(ends[1], &byte, 1, 0), ESPIPE);
    CHECK_ERRNO(lseek(999, 0, SEEK_SET), EBADF);
}

CASE(offset_is_shared_by_dup_and_fork_but_not_by_open) {
    write_file("f", "0123456789", 10);
    int fd = OK(open("f", O_RDONLY)), copy = OK(dup(fd)), other = OK(open("f", O_RDONLY));
    char bytes[4];
    CHECK_EQ(read(fd, bytes, 3), 3);
    CHECK_EQ(lseek(copy, 0, SEEK_CUR), 3);
    CHECK_EQ(lseek(other, 0, SEEK_CUR), 0);
    IN_CHILD(CHECK_EQ(read(fd, bytes, 3), 3));
    CHECK_EQ(lseek(fd, 0, SEEK_CUR), 6);
    CHECK_EQ(pread(fd, bytes, 2, 1), 2);
    CHECK_MEM(bytes, "12", 2);
    CHECK_EQ(lseek(fd, 0, SEEK_CUR), 6);
}

CASE(vectored_io) {
    int fd = OK(open("f", O_RDWR | O_CREAT, 0600));
    struct iovec out[3] = {{"ab", 2}, {"", 0}, {"cdef", 4}};
    CHECK_EQ(writev(fd, out, 3), 6);
    CHECK_EQ(pwritev(fd, out, 3, 10), 6);
    CHECK_EQ(lseek(fd, 0, SEEK_CUR), 6);
    char first[3] = "", second[20] = "";
    struct iovec in[2] = {{first, 2}, {second, 20}};
    CHECK_EQ(preadv(fd, in, 2, 0), 16);
    CHECK_STR(first, "ab");
    CHECK_MEM(second, "cdef\0\0\0\0abcdef", 14);
    OK(lseek(fd, 10, SEEK_SET));
    CHECK_EQ(readv(fd, in, 2), 6);
    CHECK_EQ(preadv2(fd, in, 2, 14, 0), 2);
    CHECK_ERRNO(readv(fd, in, -1), EINVAL);
    CHECK_ERRNO(writev(fd, out, 1025), EINVAL); /* IOV_MAX */
    CHECK_EQ(writev(fd, out, 0), 0);
    struct iovec negative[2] = {{first, 1}, {second, -1}};
    CHECK_ERRNO(writev(fd, negative, 2), EINVAL);
    struct iovec bad[2] = {{"ok", 2}, {(void *)8, 4}};
    CHECK_EQ(pwritev(fd, bad, 2, 0), 2); /* what came before the bad part is written */
}

CASE(reads_at_the_end) {
    write_file("f", "abc", 3);
    int fd = OK(open("f", O_RDONLY));
    char bytes[10];
    CHECK_EQ(read(fd, bytes, 10), 3);
    CHECK_EQ(read(fd, bytes, 10), 0);
    CHECK_EQ(pread(fd, bytes, 10, 2), 1);
    CHECK_EQ(pread(fd, bytes, 10, 1000000), 0);
    CHECK_ERRNO(pread(fd, bytes, 10, -1), EINVAL);
    CHECK_EQ(read(fd, bytes, 0), 0);
}

CASE(unlinked_file_lives_while_open) {
    write_file("f", "still here", 10);
    int fd = OK(open("f", O_RDWR));
    OK(unlink("f"));
    CHECK_ERRNO(access("f", F_OK), ENOENT);
    struct stat about;
    OK(fstat(fd, &about));
    CHECK_EQ(about.st_nlink, 0);
    CHECK_EQ(about.st_size, 10);
    CHECK_EQ(pwrite(fd, "X", 1, 20), 1);
    char text[32];
    CHECK_EQ(pread(fd, text, 32, 0), 21);
    char path[64], link[PATH_MAX];
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    ssize_t length = OK(readlink(path, link, sizeof link));
    CHECK(length > 10 && memcmp(link + length - 10, " (deleted)", 10) == 0);
    int again = OK(open(path, O_RDONLY)); /* the magic link still opens it */
    CHECK_EQ(read(again, text, 10), 10);
    CHECK_MEM(text, "still here", 10);
}

CASE(close_twice_is_ebadf) {
    int fd = OK(dup(0));
    OK(close(fd));
    CHECK_ERRNO(close(fd), EBADF);
    CHECK_ERRNO(close(-1), EBADF);
    CHECK_ERRNO(close(1 << 30), EBADF);
}

CASE(large_file_offsets) {
    int fd = OK(open("f", O_RDWR | O_CREAT, 0600));
    off_t far = 5L << 30;
    CHECK_EQ(pwrite(fd, "far", 3, far), 3);
    CHECK_EQ(size_of("f"), far + 3);
    char text[4] = "";
    CHECK_EQ(pread(fd, text, 3, far), 3);
    CHECK_STR(text, "far");
    CHECK_EQ(lseek(fd, -3, SEEK_END), far);
    struct stat about;
    OK(fstat(fd, &about));
    CHECK(about.st_blocks < 10000);
}

CASE(openat2_resolution_limits) {
    struct { uint64_t flags, mode, resolve; } how = {O_RDONLY, 0, 0};
    OK(mkdir("d", 0700));
    touch("d/f");
    OK(symlink("f", "d/l"));
    OK(symlink("../d/f", "d/up"));
    int directory = OK(open("d", O_RDONLY));
    OK(syscall(SYS_openat2, directory, "l", &how, sizeof how));
    how.resolve = 0x04; /* RESOLVE_NO_SYMLINKS */
    CHECK_ERRNO(syscall(SYS_openat2, directory, "l", &how, sizeof how), ELOOP);
    how.resolve = 0x08; /* RESOLVE_BENEATH */
    OK(syscall(SYS_openat2, directory, "l", &how, sizeof how));
    CHECK_ERRNO(syscall(SYS_openat2, directory, "up", &how, sizeof how), EXDEV);
    CHECK_ERRNO(syscall(SYS_openat2, directory, "/etc", &how, sizeof how), EXDEV);
    how.resolve = 0x10; /* RESOLVE_IN_ROOT */
    OK(syscall(SYS_openat2, directory, "/f", &how, sizeof how));
    OK(syscall(SYS_openat2, directory, "../../f", &how, sizeof how));
    how.resolve = 0x1000;
    CHECK_ERRNO(syscall(SYS_openat2, directory, "f", &how, sizeof how), EINVAL);
    how.resolve = 0;
    how.mode = 0600; /* a mode without O_CREAT */
    CHECK_ERRNO(syscall(SYS_openat2, directory, "f", &how, sizeof how), EINVAL);
    CHECK_ERRNO(syscall(SYS_openat2, directory, "f", &how, 8), EINVAL);
}
