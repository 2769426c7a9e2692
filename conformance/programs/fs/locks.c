/* fcntl(2) record locks (POSIX and open file description), flock(2), leases refused. */
#include "../case.h"
#include <sys/file.h>

static struct flock range(short type, off_t start, off_t length) {
    return (struct flock){.l_type = type, .l_whence = SEEK_SET, .l_start = start, .l_len = length};
}

static int set(int fd, short type, off_t start, off_t length) {
    struct flock lock = range(type, start, length);
    return fcntl(fd, F_SETLK, &lock);
}

static int new_file(const char *path) { return OK(open(path, O_RDWR | O_CREAT, 0600)); }

CASE(record_lock_excludes_other_processes) {
    int fd = new_file("f");
    OK(set(fd, F_WRLCK, 0, 10));
    IN_CHILD({
        CHECK(set(fd, F_WRLCK, 5, 1) == -1 && (errno == EAGAIN || errno == EACCES));
        CHECK(set(fd, F_RDLCK, 5, 1) == -1);
        OK(set(fd, F_WRLCK, 10, 1));
    });
    OK(set(fd, F_WRLCK, 0, 0)); /* the same process changes its own freely */
}

CASE(read_locks_are_shared) {
    int fd = new_file("f");
    OK(set(fd, F_RDLCK, 0, 10));
    IN_CHILD({
        OK(set(fd, F_RDLCK, 0, 10));
        CHECK(set(fd, F_WRLCK, 0, 10) == -1);
    });
}

CASE(getlk_tells_the_holder) {
    int fd = new_file("f");
    OK(set(fd, F_WRLCK, 100, 50));
    pid_t holder = getpid();
    IN_CHILD({
        struct flock lock = range(F_WRLCK, 0, 0);
        OK(fcntl(fd, F_GETLK, &lock));
        CHECK_EQ(lock.l_type, F_WRLCK);
        CHECK_EQ(lock.l_start, 100);
        CHECK_EQ(lock.l_len, 50);
        CHECK_EQ(lock.l_pid, holder);
        CHECK_EQ(lock.l_whence, SEEK_SET);
        lock = range(F_RDLCK, 0, 100);
        OK(fcntl(fd, F_GETLK, &lock));
        CHECK_EQ(lock.l_type, F_UNLCK);
    });
}

CASE(unlocking_the_middle_splits) {
    int fd = new_file("f");
    OK(set(fd, F_WRLCK, 0, 100));
    OK(set(fd, F_UNLCK, 40, 20));
    IN_CHILD({
        OK(set(fd, F_WRLCK, 40, 20));
        CHECK(set(fd, F_WRLCK, 39, 1) == -1);
        CHECK(set(fd, F_WRLCK, 60, 1) == -1);
    });
}

CASE(downgrade_lets_readers_in) {
    int fd = new_file("f");
    OK(set(fd, F_WRLCK, 0, 10));
    OK(set(fd, F_RDLCK, 0, 5));
    IN_CHILD({
        OK(set(fd, F_RDLCK, 0, 5));
        CHECK(set(fd, F_RDLCK, 5, 1) == -1);
    });
}

CASE(length_zero_reaches_beyond_the_end) {
    int fd = new_file("f");
    OK(set(fd, F_WRLCK, 1000, 0));
    IN_CHILD({
        CHECK(set(fd, F_WRLCK, 1L << 40, 1) == -1);
        OK(set(fd, F_WRLCK, 0, 1000));
    });
}

CASE(negative_length_and_whence) {
    int fd = new_file("f");
    CHECK_EQ(write(fd, "0123456789", 10), 10);
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_CUR, .l_start = 0, .l_len = -4};
    OK(fcntl(fd, F_SETLK, &lock)); /* bytes 6..9 */
    IN_CHILD({
        struct flock end = {.l_type = F_WRLCK, .l_whence = SEEK_END, .l_start = -4, .l_len = 1};
        CHECK(fcntl(fd, F_SETLK, &end) == -1);
        end.l_start = -5;
        OK(fcntl(fd, F_SETLK, &end));
    });
    lock = (struct flock){.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 2, .l_len = -5};
    CHECK_ERRNO(fcntl(fd, F_SETLK, &lock), EINVAL);
    lock.l_type = 55;
    lock.l_len = 1;
    CHECK_ERRNO(fcntl(fd, F_SETLK, &lock), EINVAL);
}

/* fcntl(2): "a process loses all its locks on a file when it closes any descriptor of it". */
CASE(closing_any_descriptor_drops_the_locks) {
    int fd = new_file("f"), other = OK(open("f", O_RDONLY));
    OK(set(fd, F_WRLCK, 0, 10));
    close(other);
    IN_CHILD(OK(set(fd, F_WRLCK, 0, 10)));
}

CASE(locks_are_not_inherited_and_end_with_the_process) {
    int fd = new_file("f");
    IN_CHILD(OK(set(fd, F_WRLCK, 0, 10)));
    OK(set(fd, F_WRLCK, 0, 10));
}

HELPER(hold_lock) {
    struct flock lock = range(F_WRLCK, 0, 10);
    /* The lock was taken before execve by this very process. */
    pid_t self = getpid(), child = fork();
    if (child == 0) {
        OK(fcntl(atoi(argv[1]), F_GETLK, &lock));
        CHECK_EQ(lock.l_type, F_WRLCK);
        CHECK_EQ(lock.l_pid, self);
        _exit(0);
    }
    wait_ok(child);
    return 0;
}

CASE(locks_survive_exec) {
    int fd = new_file("f");
    char number[12];
    snprintf(number, sizeof number, "%d", fd);
    pid_t child = SPAWN({
        OK(set(fd, F_WRLCK, 0, 10));
        execl(self_path, self_path, "@hold_lock", number, NULL);
    });
    wait_ok(child);
}

CASE(access_mode_must_fit_the_lock) {
    close(new_file("f"));
    int reader = OK(open("f", O_RDONLY)), writer = OK(open("f", O_WRONLY));
    CHECK_ERRNO(set(reader, F_WRLCK, 0, 1), EBADF);
    CHECK_ERRNO(set(writer, F_RDLCK, 0, 1), EBADF);
    CHECK_ERRNO(set(999, F_RDLCK, 0, 1), EBADF);
    CHECK_ERRNO(fcntl(reader, F_SETLK, (void *)8), EFAULT);
}

CASE(setlkw_waits_until_released) {
    int fd = new_file("f"), ends[2];
    OK(pipe(ends));
    OK(set(fd, F_WRLCK, 0, 10));
    pid_t child = SPAWN({
        struct flock lock = range(F_WRLCK, 5, 1);
        CHECK_EQ(write(ends[1], "w", 1), 1);
        OK(fcntl(fd, F_SETLKW, &lock));
    });
    char byte;
    CHECK_EQ(read(ends[0], &byte, 1), 1);
    AWAIT_SLEEPING(child);
    CHECK_EQ(waitpid(child, NULL, WNOHANG), 0);
    OK(set(fd, F_UNLCK, 0, 10));
    wait_ok(child);
}

CASE(deadlock_is_detected) {
    int fd = new_file("f"), ends[2];
    OK(pipe(ends));
    OK(set(fd, F_WRLCK, 0, 1));
    pid_t child = SPAWN({
        OK(set(fd, F_WRLCK, 1, 1));
        CHECK_EQ(write(ends[1], "w", 1), 1);
        struct flock lock = range(F_WRLCK, 0, 1);
        OK(fcntl(fd, F_SETLKW, &lock));
    });
    char byte;
    CHECK_EQ(read(ends[0], &byte, 1), 1);
    AWAIT_SLEEPING(child);
    struct flock lock = range(F_WRLCK, 1, 1);
    CHECK_ERRNO(fcntl(fd, F_SETLKW, &lock), EDEADLK);
    OK(set(fd, F_UNLCK, 0, 1));
    wait_ok(child);
}

CASE(description_locks_belong_to_the_open_file) {
    int first = new_file("f"), second = OK(open("f", O_RDWR));
    struct flock lock = range(F_WRLCK, 0, 10);
    OK(fcntl(first, F_OFD_SETLK, &lock));
    CHECK_ERRNO(fcntl(second, F_OFD_SETLK, &lock), EAGAIN); /* even in one process */
    OK(fcntl(OK(dup(first)), F_OFD_SETLK, &lock));
    IN_CHILD(OK(fcntl(first, F_OFD_SETLK, &lock))); /* inherited with the description */
    struct flock seen = range(F_WRLCK, 0, 0);
    OK(fcntl(second, F_OFD_GETLK, &seen));
    CHECK_EQ(seen.l_type, F_WRLCK);
    CHECK_EQ(seen.l_pid, -1);
    struct flock with_pid = lock;
    with_pid.l_pid = 1;
    CHECK_ERRNO(fcntl(first, F_OFD_SETLK, &with_pid), EINVAL);
    CHECK(set(second, F_WRLCK, 5, 1) == -1); /* conflicts with classic locks too */
}

CASE(description_locks_stay_until_the_last_close) {
    int first = new_file("f"), copy = OK(dup(first)), second = OK(open("f", O_RDWR));
    struct flock lock = range(F_WRLCK, 0, 0);
    OK(fcntl(first, F_OFD_SETLK, &lock));
    close(first);
    CHECK_ERRNO(fcntl(second, F_OFD_SETLK, &lock), EAGAIN);
    close(copy);
    OK(fcntl(second, F_OFD_SETLK, &lock));
}

CASE(flock_is_per_description) {
    int first = new_file("f"), second = OK(open("f", O_RDWR)), copy = OK(dup(first));
    OK(flock(first, LOCK_EX));
    CHECK_ERRNO(flock(second, LOCK_EX | LOCK_NB), EWOULDBLOCK);
    CHECK_ERRNO(flock(second, LOCK_SH | LOCK_NB), EWOULDBLOCK);
    OK(flock(copy, LOCK_EX | LOCK_NB));
    OK(flock(copy, LOCK_SH | LOCK_NB)); /* converts the one lock */
    OK(flock(second, LOCK_SH | LOCK_NB));
    OK(flock(copy, LOCK_UN));
    OK(flock(second, LOCK_EX | LOCK_NB));
    CHECK_ERRNO(flock(first, 77), EINVAL);
    CHECK_ERRNO(flock(999, LOCK_EX), EBADF);
}

CASE(flock_is_shared_with_children_and_released_by_the_last_close) {
    int fd = new_file("f"), other = OK(open("f", O_RDWR)), ends[2];
    OK(pipe(ends));
    OK(flock(fd, LOCK_EX));
    pid_t child = SPAWN({
        char byte;
        close(ends[1]);
        close(other);
        CHECK_EQ(read(ends[0], &byte, 1), 0);
    });
    close(fd);
    CHECK_ERRNO(flock(other, LOCK_EX | LOCK_NB), EWOULDBLOCK);
    close(ends[1]);
    wait_ok(child);
    OK(flock(other, LOCK_EX | LOCK_NB));
}

/* Since Linux 5.16 these locks are gone, and what asks for them is told nothing. */
CASE(mandatory_flock_is_ignored) {
    CHECK_EQ(flock(-1, 32 /* LOCK_MAND */ | LOCK_SH), 0);
    CHECK_ERRNO(flock(-1, LOCK_SH), EBADF);
}

CASE(flock_and_record_locks_do_not_meet) {
    int fd = new_file("f");
    OK(flock(fd, LOCK_EX));
    IN_CHILD(OK(set(fd, F_WRLCK, 0, 0)));
}

CASE(lockf_interface) {
    int fd = new_file("f");
    CHECK_EQ(write(fd, "0123456789", 10), 10);
    OK(lseek(fd, 0, SEEK_SET));
    OK(lockf(fd, F_LOCK, 5));
    IN_CHILD({
        CHECK(lockf(fd, F_TEST, 5) == -1);
        CHECK(lockf(fd, F_TLOCK, 5) == -1);
        OK(lseek(fd, 5, SEEK_SET));
        OK(lockf(fd, F_TLOCK, 5));
    });
}
