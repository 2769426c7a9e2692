/* What a program has of files while it waits: it may be frozen and thawed meanwhile. */
#include "../case.h"
#include <dirent.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/un.h>

enum { PAGE = 4096 };

static void rest(void) {
    for (int i = 0; i < 3; i++) {
        usleep(15000);
    }
}

static void put(const char *path, const char *text) {
    int fd = OK(open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644));
    CHECK_EQ(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    OK(close(fd));
}

static void check_content(const char *path, const char *expected) {
    char text[64] = "";
    int fd = OK(open(path, O_RDONLY));
    CHECK_EQ(read(fd, text, sizeof text - 1), (ssize_t)strlen(expected));
    CHECK_STR(text, expected);
    OK(close(fd));
}

CASE(open_files_keep_their_positions_and_flags) {
    put("f", "0123456789");
    int reader = OK(open("f", O_RDONLY));
    int again = OK(dup(reader));
    int writer = OK(open("f", O_WRONLY | O_APPEND));
    char digits[4] = "";
    CHECK_EQ(read(reader, digits, 3), 3);
    rest();
    CHECK_EQ(read(again, digits, 3), 3);
    CHECK_STR(digits, "345");
    CHECK_EQ(write(writer, "ab", 2), 2);
    rest();
    CHECK_EQ(write(writer, "c", 1), 1);
    CHECK(write(reader, "x", 1) == -1 && errno == EBADF);
    CHECK_EQ(lseek(reader, 0, SEEK_CUR), 6);
    check_content("f", "0123456789abc");
}

CASE(shared_mappings_stay_the_file) {
    int fd = OK(open("f", O_RDWR | O_CREAT, 0644));
    OK(ftruncate(fd, 3 * PAGE));
    char *map = mmap(NULL, 3 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    CHECK(map != MAP_FAILED);
    strcpy(map, "before");
    strcpy(map + 2 * PAGE, "behind");
    OK(close(fd));
    rest();
    CHECK_STR(map, "before");
    strcpy(map, "after");
    fd = OK(open("f", O_RDWR));
    char text[8] = "";
    CHECK_EQ(pread(fd, text, 6, 0), 6);
    CHECK_STR(text, "after");
    rest();
    CHECK_EQ(pwrite(fd, "ahead!", 7, 2 * PAGE), 7);
    CHECK_STR(map + 2 * PAGE, "ahead!");
    IN_CHILD({
        rest();
        strcpy(map + PAGE, "child");
    });
    CHECK_STR(map + PAGE, "child");
    OK(msync(map, 3 * PAGE, MS_SYNC));
    CHECK_EQ(pread(fd, text, 6, PAGE), 6);
    CHECK_STR(text, "child");
}

CASE(private_mappings_keep_what_was_written) {
    int fd = OK(open("f", O_RDWR | O_CREAT, 0644));
    OK(ftruncate(fd, 2 * PAGE));
    CHECK_EQ(pwrite(fd, "file", 5, 0), 5);
    CHECK_EQ(pwrite(fd, "file", 5, PAGE), 5);
    char *map = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
    CHECK(map != MAP_FAILED);
    CHECK_STR(map + PAGE, "file");
    strcpy(map, "mine");
    rest();
    CHECK_STR(map, "mine");
    CHECK_STR(map + PAGE, "file");
    strcpy(map + PAGE, "mine");
    check_content("/dev/null", "");
    char text[8] = "";
    CHECK_EQ(pread(fd, text, 5, PAGE), 5);
    CHECK_STR(text, "file");
}

CASE(locks_are_held) {
    int fd = OK(open("f", O_RDWR | O_CREAT, 0644));
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 10, .l_len = 5};
    OK(fcntl(fd, F_SETLK, &lock));
    int other = OK(open("g", O_RDWR | O_CREAT, 0644));
    OK(flock(other, LOCK_EX));
    rest();
    IN_CHILD({
        int mine = OK(open("f", O_RDWR));
        struct flock wanted = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 12, .l_len = 1};
        CHECK(fcntl(mine, F_SETLK, &wanted) == -1 && (errno == EAGAIN || errno == EACCES));
        int its = OK(open("g", O_RDWR));
        CHECK(flock(its, LOCK_SH | LOCK_NB) == -1 && errno == EWOULDBLOCK);
    });
    OK(flock(other, LOCK_UN));
    IN_CHILD({
        int its = OK(open("g", O_RDWR));
        OK(flock(its, LOCK_EX | LOCK_NB));
    });
}

CASE(directories_are_where_they_were) {
    OK(mkdir("d", 0755));
    OK(chdir("d"));
    for (char name[2] = "a"; name[0] <= 'j'; name[0]++) {
        put(name, name);
    }
    DIR *all = opendir(".");
    CHECK(all != NULL);
    int seen = 0;
    CHECK(readdir(all) != NULL);
    seen++;
    int directory = OK(open("..", O_RDONLY | O_DIRECTORY));
    rest();
    while (readdir(all) != NULL) {
        seen++;
    }
    CHECK_EQ(seen, 12);
    check_content("c", "c");
    put("k", "new");
    struct stat there;
    OK(fstatat(directory, "d/k", &there, 0));
    CHECK_EQ(there.st_size, 3);
    OK(renameat(directory, "d", directory, "e"));
    rest();
    check_content("k", "new");
    char path[PATH_MAX];
    CHECK(getcwd(path, sizeof path) != NULL);
    CHECK_STR(strrchr(path, '/'), "/e");
}

CASE(renamed_files_are_found_again) {
    put("f", "first");
    int fd = OK(open("f", O_RDWR));
    OK(rename("f", "g"));
    put("f", "second");
    rest();
    char text[8] = "";
    CHECK_EQ(pread(fd, text, 7, 0), 5);
    CHECK_STR(text, "first");
    CHECK_EQ(pwrite(fd, "F", 1, 0), 1);
    check_content("g", "First");
    check_content("f", "second");
}

CASE(files_without_a_name_stay) {
    put("f", "gone");
    int fd = OK(open("f", O_RDWR));
    OK(unlink("f"));
    put("f", "other");
    rest();
    char text[8] = "";
    CHECK_EQ(pread(fd, text, 7, 0), 4);
    CHECK_STR(text, "gone");
    OK(close(fd));
    rest();
    check_content("f", "other");
}

CASE(pipes_and_sockets_with_names_connect) {
    OK(mkfifo("fifo", 0600));
    struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "socket"};
    int listener = OK(socket(AF_UNIX, SOCK_STREAM, 0));
    OK(bind(listener, (struct sockaddr *)&address, sizeof address));
    OK(listen(listener, 1));
    pid_t child = OK(fork());
    if (child == 0) {
        rest();
        int out = OK(open("fifo", O_WRONLY));
        CHECK_EQ(write(out, "x", 1), 1);
        rest();
        int connected = OK(socket(AF_UNIX, SOCK_STREAM, 0));
        OK(connect(connected, (struct sockaddr *)&address, sizeof address));
        CHECK_EQ(write(connected, "y", 1), 1);
        _exit(CASE_PASSED);
    }
    char got;
    int in = OK(open("fifo", O_RDONLY));
    CHECK_EQ(read(in, &got, 1), 1);
    CHECK_EQ(got, 'x');
    int accepted = OK(accept(listener, NULL, NULL));
    CHECK_EQ(read(accepted, &got, 1), 1);
    CHECK_EQ(got, 'y');
    wait_ok(child);
}
