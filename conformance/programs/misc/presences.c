/*
 * Programs ask again and again for what is there and stays as it is. However that is answered, each
 * answer is true in the moment of the call, for whoever makes it: statx(2), another call, says so.
 */
#include "../case.h"
#include <dirent.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/sendfile.h>
#include <sys/xattr.h>

enum { TIMES = 5, HANDOVERS = 300, MANY = 200, NOBODY = 65534, STATUS = sizeof(struct stat) };

static char here[PATH_MAX];

/* An absolute path below the directory of the case. */
static const char *at(const char *name) {
    if (here[0] == 0) CHECK(getcwd(here, sizeof here) != NULL);
    char *path;
    CHECK(asprintf(&path, "%s/%s", here, name) > 0);
    return path;
}

static void make(const char *path) {
    int fd = OK(open(path, O_CREAT | O_EXCL | O_WRONLY, 0644));
    CHECK_EQ(write(fd, "some text", 9), 9);
    OK(close(fd));
}

static void same_time(struct timespec is, struct statx_timestamp wanted) {
    CHECK_EQ(is.tv_sec, wanted.tv_sec);
    CHECK_EQ(is.tv_nsec, wanted.tv_nsec);
}

static void same(const struct stat *is, const char *path, int flags) {
    struct statx wanted;
    OK(statx(AT_FDCWD, path, flags, STATX_BASIC_STATS, &wanted));
    CHECK_EQ(is->st_ino, wanted.stx_ino);
    CHECK_EQ(is->st_dev, ((dev_t)wanted.stx_dev_major << 8 | wanted.stx_dev_minor));
    CHECK_EQ(is->st_nlink, wanted.stx_nlink);
    CHECK_EQ(is->st_mode, wanted.stx_mode);
    CHECK_EQ(is->st_uid, wanted.stx_uid);
    CHECK_EQ(is->st_gid, wanted.stx_gid);
    CHECK_EQ(is->st_rdev, 0);
    CHECK_EQ(is->st_size, wanted.stx_size);
    CHECK_EQ(is->st_blksize, wanted.stx_blksize);
    CHECK_EQ(is->st_blocks, wanted.stx_blocks);
    same_time(is->st_atim, wanted.stx_atime);
    same_time(is->st_mtim, wanted.stx_mtime);
    same_time(is->st_ctim, wanted.stx_ctime);
}

/* Asks often enough that the answer is known, and each time for all of it. */
static void is_told(const char *path) {
    struct stat status;
    for (int i = 0; i < TIMES; i++) {
        memset(&status, 0xee, sizeof status);
        OK(stat(path, &status));
        same(&status, path, 0);
        memset(&status, 0xee, sizeof status);
        OK(lstat(path, &status));
        same(&status, path, AT_SYMLINK_NOFOLLOW);
        char zeros[24] = {0};
        CHECK_EQ(memcmp((char *)&status + STATUS - sizeof zeros, zeros, sizeof zeros), 0);
        OK(access(path, F_OK));
        OK(faccessat(AT_FDCWD, path, R_OK, 0));
    }
}

/* The same where others may change it meanwhile. */
static void is_same_file(const char *path) {
    struct statx wanted;
    OK(statx(AT_FDCWD, path, 0, STATX_BASIC_STATS, &wanted));
    for (int i = 0; i < TIMES; i++) {
        struct stat status;
        OK(stat(path, &status));
        CHECK_EQ(status.st_ino, wanted.stx_ino);
        CHECK_EQ(status.st_mode, wanted.stx_mode);
    }
}

static void is_gone(const char *path, int with) {
    struct stat status;
    for (int i = 0; i < TIMES; i++) {
        CHECK_ERRNO(stat(path, &status), with);
        CHECK_ERRNO(access(path, F_OK), with);
    }
}

/* Changes one thing about a file after the other; before and after each `told` asks for it. */
static void change_file(const char *path, void (*told)(const char *)) {
    char other[PATH_MAX * 2];
    snprintf(other, sizeof other, "%s-other", path);
    make(path);
    told(path);
    int fd = OK(open(path, O_RDWR));
    told(path);
    CHECK_EQ(pwrite(fd, "x", 1, 0), 1);
    told(path);
    CHECK_EQ(pwrite(fd, "x", 1, 20000), 1);
    told(path);
    OK(ftruncate(fd, 100));
    told(path);
    OK(truncate(path, 50));
    told(path);
    OK(truncate(path, 50000));
    told(path);
    OK(fallocate(fd, 0, 0, 60000));
    told(path);
    OK(fallocate(fd, FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE, 0, 8192));
    told(path);
    char *mapping = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    CHECK(mapping != MAP_FAILED);
    told(path);
    mapping[0] = 'm';
    OK(msync(mapping, 8192, MS_SYNC));
    told(path);
    CHECK_EQ(((volatile char *)mapping)[4096], 0);
    told(path);
    OK(munmap(mapping, 8192));
    char text[16];
    CHECK_EQ(pread(fd, text, sizeof text, 0), (long)sizeof text);
    told(path);
    struct timespec times[2] = {{1000, 1}, {2000, 2}};
    OK(utimensat(AT_FDCWD, path, times, 0));
    told(path);
    CHECK_EQ(pread(fd, text, sizeof text, 0), (long)sizeof text);
    told(path);
    OK(futimens(fd, times));
    told(path);
    OK(chmod(path, 0600));
    told(path);
    OK(fchmod(fd, 0640));
    told(path);
    OK(chown(path, geteuid(), getegid()));
    told(path);
    if (geteuid() == 0) {
        OK(chown(path, NOBODY, NOBODY));
        told(path);
        OK(fchown(fd, 0, 0));
        told(path);
    }
    OK(link(path, other));
    told(path);
    told(other);
    OK(chmod(other, 0444));
    told(path);
    OK(unlink(other));
    told(path);
    is_gone(other, ENOENT);
    if (fsetxattr(fd, "user.name", "value", 5, 0) == 0) told(path);
    int into = OK(open(other, O_CREAT | O_RDWR, 0600));
    OK(futimens(fd, times));
    told(path);
    off_t from = 0;
    CHECK_EQ(sendfile(into, fd, &from, 100), 100);
    told(path);
    told(other);
    from = 0;
    CHECK_EQ(copy_file_range(into, &from, fd, NULL, 50, 0), 50);
    told(path);
    OK(close(into));
    OK(rename(other, path));
    told(path);
    is_gone(other, ENOENT);
    OK(ftruncate(fd, 0));
    told(path);
    OK(close(fd));
    OK(close(OK(open(path, O_WRONLY | O_TRUNC))));
    told(path);
    make(other);
    told(other);
    OK(syscall(SYS_renameat2, AT_FDCWD, path, AT_FDCWD, other, 2 /* RENAME_EXCHANGE */));
    told(path);
    told(other);
    OK(unlink(path));
    is_gone(path, ENOENT);
    OK(symlink(other, path));
    told(path);
    OK(unlink(path));
    OK(mkdir(path, 0700));
    told(path);
    OK(rmdir(path));
    is_gone(path, ENOENT);
    OK(unlink(other));
}

CASE(changes_of_a_file_are_told) { change_file(at("file"), is_told); }

static void child_is_told(const char *path) {
    pid_t child = OK(fork());
    if (child == 0) {
        is_told(path);
        _exit(0);
    }
    wait_ok(child);
    is_told(path);
}

CASE(changes_are_told_to_children) { change_file(at("file"), child_is_told); }

/* Somebody else who asks, each time that it is told to. */
static int question[2], answer[2];

static void other_is_told(const char *path) {
    char text[PATH_MAX];
    snprintf(text, sizeof text, "%s", path);
    CHECK_EQ(write(question[1], text, sizeof text), (long)sizeof text);
    CHECK_EQ(read(answer[0], text, 1), 1);
}

static void *asks(void *unused) {
    char path[PATH_MAX];
    while (read(question[0], path, sizeof path) == sizeof path && path[0] != 0) {
        is_told(path);
        CHECK_EQ(write(answer[1], path, 1), 1);
    }
    return unused;
}

static void open_channels(void) {
    OK(pipe(question));
    OK(pipe(answer));
}

static void end_questions(void) {
    char none[PATH_MAX] = "";
    CHECK_EQ(write(question[1], none, sizeof none), (long)sizeof none);
}

CASE(changes_are_told_to_other_processes) {
    open_channels();
    pid_t child = OK(fork());
    if (child == 0) {
        asks(NULL);
        _exit(0);
    }
    change_file(at("file"), other_is_told);
    end_questions();
    wait_ok(child);
}

CASE(changes_are_told_to_other_threads) {
    open_channels();
    pthread_t thread;
    CHECK_EQ(pthread_create(&thread, NULL, asks, NULL), 0);
    change_file(at("file"), other_is_told);
    end_questions();
    CHECK_EQ(pthread_join(thread, NULL), 0);
}

CASE(changes_of_a_directory_are_told) {
    const char *path = at("dir");
    OK(mkdir(path, 0755));
    is_told(path);
    make(at("dir/file"));
    is_told(path);
    OK(mkdir(at("dir/below"), 0755));
    is_told(path);
    OK(rename(at("dir/below"), at("below")));
    is_told(path);
    OK(rename(at("below"), at("dir/below")));
    is_told(path);
    DIR *names = opendir(path);
    CHECK(names != NULL);
    while (readdir(names) != NULL) continue;
    OK(closedir(names));
    is_told(path);
    OK(rmdir(at("dir/below")));
    is_told(path);
    OK(unlink(at("dir/file")));
    is_told(path);
    OK(chmod(path, 0711));
    is_told(path);
    struct timespec times[2] = {{1000, 1}, {2000, 2}};
    OK(utimensat(AT_FDCWD, path, times, 0));
    is_told(path);
    is_same_file("/");
    is_told(self_path);
    is_told(at("dir/"));
    is_told(at("dir/."));
    is_told(at("dir/.."));
    OK(rmdir(path));
    is_gone(path, ENOENT);
}

CASE(directories_above_change) {
    OK(mkdir(at("a"), 0755));
    OK(mkdir(at("a/b"), 0755));
    OK(mkdir(at("z"), 0755));
    OK(mkdir(at("z/b"), 0755));
    const char *path = at("a/b/c");
    const char *around = at("a/b/../b/c");
    make(path);
    is_told(path);
    is_told(around);
    OK(rename(at("a"), at("y")));
    is_gone(path, ENOENT);
    is_gone(around, ENOENT);
    OK(symlink("y", at("a")));
    is_told(path);
    is_told(around);
    OK(unlink(at("a")));
    OK(symlink("z", at("a")));
    is_gone(path, ENOENT);
    OK(symlink("../../y/b/c", at("z/b/c")));
    is_told(path);
    OK(syscall(SYS_renameat2, AT_FDCWD, at("y"), AT_FDCWD, at("z"), 2 /* RENAME_EXCHANGE */));
    is_told(path);
    OK(unlink(at("a")));
    make(at("a"));
    is_gone(path, ENOTDIR);
}

CASE(links_are_told_apart_from_what_they_lead_to) {
    make(at("file"));
    OK(symlink("file", at("link")));
    char text[16];
    is_told(at("link"));
    CHECK_EQ(readlink(at("link"), text, sizeof text), 4);
    is_told(at("link"));
    OK(chmod(at("link"), 0600));
    is_told(at("link"));
    is_told(at("file"));
    OK(lchown(at("link"), geteuid(), getegid()));
    is_told(at("link"));
    struct timespec times[2] = {{1000, 1}, {2000, 2}};
    OK(utimensat(AT_FDCWD, at("link"), times, AT_SYMLINK_NOFOLLOW));
    is_told(at("link"));
    OK(unlink(at("link")));
    OK(symlink(".", at("link")));
    is_told(at("link"));
    is_told(at("link/file"));
    is_gone(at("file/"), ENOTDIR);
    for (int i = 0; i < TIMES; i++) {
        struct stat status;
        CHECK_ERRNO(fstatat(AT_FDCWD, at("file"), &status, 0x40000000), EINVAL);
        CHECK_ERRNO(access(at("file"), 8), EINVAL);
        OK(fstatat(-1, at("file"), &status, AT_EMPTY_PATH));
        same(&status, at("file"), 0);
    }
}

CASE(working_directories_count) {
    struct stat status;
    OK(mkdir("one", 0755));
    OK(mkdir("two", 0755));
    make("one/file");
    make("two/file");
    OK(mkdir("two/deep", 0755));
    for (int i = 0; i < TIMES * 2; i++) {
        OK(chdir(i % 2 == 0 ? at("one") : at("two")));
        OK(stat("file", &status));
        same(&status, i % 2 == 0 ? at("one/file") : at("two/file"), 0);
        CHECK_EQ(access("deep", F_OK) == 0, i % 2 != 0);
    }
}

CASE(answers_lie_anywhere) {
    char *pages = mmap(NULL, 4 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(pages != MAP_FAILED);
    const char *path = at("file");
    make(path);
    is_told(path);
    OK(mprotect(pages + 12288, 4096, PROT_NONE));
    for (int shift = 0; shift < 40; shift++) {
        struct stat *within = (struct stat *)(pages + 12288 - STATUS - shift);
        OK(stat(path, within));
        same(within, path, 0);
        struct stat *across = (struct stat *)(pages + 8192 - STATUS + shift * 4);
        OK(stat(path, across));
        same(across, path, 0);
        OK(madvise(pages, 12288, MADV_DONTNEED));
        CHECK_ERRNO(stat(path, (struct stat *)(pages + 12288 - STATUS + 1 + shift)), EFAULT);
        CHECK_ERRNO(stat(path, (struct stat *)(pages + 12288)), EFAULT);
    }
    memset(pages, 'x', 4096);
    OK(mprotect(pages, 4096, PROT_READ));
    for (int i = 0; i < TIMES; i++) {
        CHECK_ERRNO(stat(path, (struct stat *)pages), EFAULT);
        CHECK_ERRNO(stat(path, (struct stat *)"text"), EFAULT);
        CHECK_ERRNO(syscall(SYS_newfstatat, AT_FDCWD, path, NULL, 0), EFAULT);
        CHECK_ERRNO(stat(path, (struct stat *)-1), EFAULT);
        CHECK_ERRNO(stat(path, (struct stat *)-72), EFAULT);
        CHECK_ERRNO(stat(path, (struct stat *)0x8000000000000000), EFAULT);
        CHECK_ERRNO(stat(path, (struct stat *)0x7fffffffffc0), EFAULT);
        CHECK_ERRNO(stat(pages + 12288, (struct stat *)(pages + 4096)), EFAULT);
        CHECK_EQ(pages[0], 'x');
    }
    /* Pages that both processes have, until one writes. */
    struct stat *shared = (struct stat *)(pages + 4096);
    memset(shared, 0x11, STATUS);
    for (int i = 0; i < TIMES; i++) {
        pid_t child = OK(fork());
        if (child == 0) {
            OK(stat(path, shared));
            same(shared, path, 0);
            _exit(0);
        }
        wait_ok(child);
        CHECK_EQ(shared->st_ino, 0x1111111111111111);
    }
}

CASE(paths_lie_where_the_answer_goes) {
    char room[1024];
    const char *path = at("f");
    make(path);
    size_t bytes = strlen(path) + 1;
    for (int shift = 0; shift < 600; shift += 3) {
        memcpy(room + shift, path, bytes);
        struct stat *status = (struct stat *)(room + 300);
        OK(stat(room + shift, status));
        same(status, path, 0);
    }
}

CASE(paths_have_any_length) {
    char path[200], name[128];
    for (int length = 100; length < 130; length++) {
        memset(name, 'n', sizeof name);
        snprintf(path, sizeof path, "/tmp/%d-", getpid());
        int head = (int)strlen(path);
        memset(path + head, 'n', sizeof path - (size_t)head);
        path[length] = 0;
        make(path);
        is_told(path);
        OK(unlink(path));
        is_gone(path, ENOENT);
    }
}

CASE(many_files_are_told_apart) {
    char name[32];
    struct stat status;
    for (int i = 0; i < MANY; i++) {
        snprintf(name, sizeof name, "n%d", i);
        make(at(name));
    }
    for (int round = 0; round < 2 * TIMES; round++) {
        for (int i = 0; i < MANY; i++) {
            snprintf(name, sizeof name, "n%d", i);
            const char *path = at(name);
            OK(stat(path, &status));
            OK(stat(path, &status));
            same(&status, path, 0);
            if (i % 50 == round) OK(chmod(path, 0600 + (mode_t)round));
        }
    }
}

CASE(rights_are_the_callers) {
    if (geteuid() != 0) case_skip("not root");
    OK(chmod(at(""), 0755));
    OK(mkdir(at("closed"), 0700));
    make(at("closed/file"));
    make(at("file"));
    OK(chmod(at("file"), 0600));
    const char *path = at("closed/file");
    is_told(path);
    is_told(at("file"));
    pid_t child = OK(fork());
    if (child == 0) {
        is_told(path);
        OK(setresgid(NOBODY, NOBODY, NOBODY));
        OK(setresuid(NOBODY, NOBODY, 0));
        if (access(at(""), X_OK) != 0) _exit(0);
        struct stat status;
        for (int i = 0; i < TIMES; i++) {
            CHECK_ERRNO(stat(path, &status), EACCES);
            CHECK_ERRNO(access(path, F_OK), EACCES);
            OK(stat(at("file"), &status));
            same(&status, at("file"), 0);
            CHECK_ERRNO(access(at("file"), R_OK), EACCES);
            OK(access(at("file"), F_OK));
        }
        OK(setresuid(0, 0, 0));
        is_told(path);
        _exit(0);
    }
    wait_ok(child);
    for (int i = 0; i < TIMES; i++) OK(access(at("file"), W_OK));
}

CASE(rights_to_what_is_there_change) {
    if (geteuid() != 0) case_skip("not root");
    OK(chmod(at(""), 0755));
    OK(mkdir(at("dir"), 0755));
    make(at("dir/file"));
    const char *path = at("dir/file");
    int ready[2], go[2];
    OK(pipe(ready));
    OK(pipe(go));
    char byte = 0;
    pid_t child = OK(fork());
    if (child == 0) {
        OK(setresuid(NOBODY, NOBODY, NOBODY));
        int may = access(at(""), X_OK) == 0;
        int wanted[] = {0, EACCES, 0, EACCES, 0};
        for (int step = 0; step < 5; step++) {
            struct stat status;
            for (int i = 0; may && i < TIMES; i++) {
                if (wanted[step] == 0) OK(access(path, R_OK));
                else CHECK_ERRNO(access(path, R_OK), wanted[step]);
                if (step == 3) CHECK_ERRNO(stat(path, &status), EACCES);
                else OK(stat(path, &status));
            }
            CHECK_EQ(write(ready[1], &byte, 1), 1);
            CHECK_EQ(read(go[0], &byte, 1), 1);
        }
        _exit(0);
    }
    for (int step = 0; step < 5; step++) {
        CHECK_EQ(read(ready[0], &byte, 1), 1);
        if (step == 0) OK(chmod(path, 0600));
        if (step == 1) OK(chown(path, NOBODY, NOBODY));
        if (step == 2) OK(chmod(at("dir"), 0700));
        if (step == 3) OK(chown(at("dir"), NOBODY, NOBODY));
        CHECK_EQ(write(go[1], &byte, 1), 1);
    }
    wait_ok(child);
}

CASE(another_root_has_other_files) {
    if (geteuid() != 0) case_skip("not root");
    OK(mkdir(at("root"), 0755));
    OK(mkdir(at("root/tmp"), 0700));
    struct stat before, within;
    is_same_file("/tmp");
    OK(stat("/tmp", &before));
    pid_t child = OK(fork());
    if (child == 0) {
        is_same_file("/tmp");
        OK(chroot(at("root")));
        is_same_file("/tmp");
        OK(stat("/tmp", &within));
        CHECK(within.st_ino != before.st_ino);
        is_gone("/tmp/bin", ENOENT);
        _exit(0);
    }
    wait_ok(child);
    is_same_file("/tmp");
}

CASE(filters_see_each_call) {
    pid_t child = OK(fork());
    if (child == 0) {
        struct stat status;
        const char *path = at("file");
        make(path);
        is_told(path);
        struct sock_filter code[] = {
            BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
            BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_newfstatat, 0, 1),
            BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EMLINK),
            BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
        };
        struct sock_fprog program = {sizeof code / sizeof code[0], code};
        OK(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
        OK(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program));
        for (int i = 0; i < TIMES; i++) CHECK_ERRNO(stat(path, &status), EMLINK);
        _exit(0);
    }
    wait_ok(child);
}

static volatile long made;
static volatile int is_over;

static void *changes(void *path) {
    for (long i = 1; i <= HANDOVERS; i++) {
        struct timespec times[2] = {{i, i}, {i, i}};
        OK(utimensat(AT_FDCWD, path, times, 0));
        __atomic_store_n(&made, i, __ATOMIC_SEQ_CST);
        for (int pause = 0; pause < 2000; pause++) __asm__ volatile("pause");
    }
    is_over = 1;
    return NULL;
}

/* What is told is not of before the call. (Linux may tell times of different moments.) */
CASE(what_another_thread_changes_is_told) {
    const char *path = at("file");
    make(path);
    struct timespec times[2] = {{0, 0}, {0, 0}};
    OK(utimensat(AT_FDCWD, path, times, 0));
    pthread_t thread;
    CHECK_EQ(pthread_create(&thread, NULL, changes, (void *)path), 0);
    while (!is_over) {
        struct stat status;
        long least = __atomic_load_n(&made, __ATOMIC_SEQ_CST);
        OK(stat(path, &status));
        CHECK(status.st_mtim.tv_sec >= least);
        CHECK(status.st_atim.tv_sec >= least);
    }
    CHECK_EQ(pthread_join(thread, NULL), 0);
}

static volatile int ticks;

static void on_tick(int number) {
    (void)number;
    int saved = errno;
    struct stat status;
    OK(stat("/tmp", &status));
    CHECK(S_ISDIR(status.st_mode));
    ticks++;
    errno = saved;
}

CASE(signals_come_amid_answers) {
    const char *path = at("file");
    make(path);
    struct stat first, status;
    OK(stat(path, &first));
    on_signal(SIGALRM, on_tick, SA_RESTART);
    struct itimerval every = {{0, 500}, {0, 500}};
    OK(setitimer(ITIMER_REAL, &every, NULL));
    for (int i = 0; i < 3000 || ticks < 20; i++) {
        memset(&status, i, sizeof status);
        OK(stat(path, &status));
        CHECK_EQ(memcmp(&first, &status, sizeof first), 0);
    }
}

CASE(registers_are_kept) {
    const char *path = at("file");
    make(path);
    struct stat status;
    for (long i = 0; i < 100; i++) {
        register long a1 __asm__("rdi") = AT_FDCWD;
        register long a2 __asm__("rsi") = (long)path;
        register long a3 __asm__("rdx") = (long)&status;
        register long a4 __asm__("r10") = 0;
        register long a5 __asm__("r8") = i + 5;
        register long a6 __asm__("r9") = i + 6;
        long result;
        __asm__ volatile("mov $262, %%eax\n syscall\n cmp $-4095, %%rax"
                         : "=a"(result), "+r"(a1), "+r"(a2), "+r"(a3), "+r"(a4), "+r"(a5), "+r"(a6)
                         :
                         : "rcx", "r11", "memory", "cc");
        CHECK_EQ(result, 0);
        CHECK_EQ(a1, AT_FDCWD);
        CHECK_EQ(a2, (long)path);
        CHECK_EQ(a3, (long)&status);
        CHECK_EQ(a4, 0);
        CHECK_EQ(a5, i + 5);
        CHECK_EQ(a6, i + 6);
    }
    same(&status, path, 0);
}

CASE(rests_lie_between_answers) {
    const char *path = at("file");
    make(path);
    for (int i = 0; i < 20; i++) {
        is_told(path);
        is_same_file("/tmp");
        sleep_ms(20);
        is_told(path);
        OK(chmod(path, i % 2 == 0 ? 0600 : 0644));
        is_told(path);
        sleep_ms(20);
    }
}
