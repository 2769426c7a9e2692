/*
 * Programs ask again and again for what is not there. However that is answered, each answer is true
 * in the moment of the call, for whoever makes it.
 */
#include "../case.h"
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <sched.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/resource.h>

enum { ROUNDS = 100, HANDOVERS = 40, TIMES = 6, MANY = 300000, NOBODY = 65534 };

static char here[PATH_MAX];

/* An absolute path below the directory of the case. */
static const char *at(const char *name) {
    static char paths[8][PATH_MAX * 2];
    static int next;
    if (here[0] == 0) CHECK(getcwd(here, sizeof here) != NULL);
    char *path = paths[next++ % 8];
    snprintf(path, sizeof paths[0], "%s/%s", here, name);
    return path;
}

static void make(const char *path) {
    int fd = OK(open(path, O_CREAT | O_EXCL | O_WRONLY, 0644));
    OK(close(fd));
}

static void all_fail(const char *path, int with) {
    struct stat status;
    char text[16];
    for (int i = 0; i < TIMES; i++) {
        CHECK_ERRNO(access(path, F_OK), with);
        CHECK_ERRNO(open(path, O_RDONLY), with);
        CHECK_ERRNO(stat(path, &status), with);
        CHECK_ERRNO(lstat(path, &status), with);
        CHECK_ERRNO(readlink(path, text, sizeof text), with);
        CHECK_ERRNO(syscall(SYS_open, path, O_RDONLY), with);
        CHECK_ERRNO(syscall(SYS_access, path, R_OK), with);
        CHECK_ERRNO(syscall(SYS_readlinkat, AT_FDCWD, path, text, sizeof text), with);
    }
}

static void all_find(const char *path) {
    struct stat status;
    OK(access(path, F_OK));
    OK(close(OK(open(path, O_RDONLY))));
    OK(stat(path, &status));
    OK(lstat(path, &status));
    OK(close(OK(syscall(SYS_open, path, O_RDONLY))));
}

CASE(what_is_made_is_found) {
    const char *path = at("file");
    for (int i = 0; i < ROUNDS; i++) {
        all_fail(path, ENOENT);
        make(path);
        all_find(path);
        OK(unlink(path));
    }
}

CASE(names_come_in_every_way) {
    const char *path = at("name");
    make(at("other"));
    all_fail(path, ENOENT);
    OK(rename(at("other"), path));
    all_find(path);
    OK(rename(path, at("other")));
    all_fail(path, ENOENT);
    OK(link(at("other"), path));
    all_find(path);
    OK(unlink(path));
    all_fail(path, ENOENT);
    OK(mkdir(path, 0755));
    all_find(path);
    OK(rmdir(path));
    all_fail(path, ENOENT);
    OK(symlink("other", path));
    all_find(path);
    OK(unlink(path));
    all_fail(path, ENOENT);
    OK(mknod(path, S_IFIFO | 0644, 0));
    OK(access(path, F_OK));
    OK(unlink(path));
    all_fail(path, ENOENT);
    close(OK(open(path, O_CREAT | O_RDONLY, 0644)));
    all_find(path);
}

CASE(directories_above_change) {
    const char *path = at("a/b/c");
    all_fail(path, ENOENT);
    OK(mkdir(at("a"), 0755));
    all_fail(path, ENOENT);
    OK(mkdir(at("a/b"), 0755));
    all_fail(path, ENOENT);
    make(path);
    all_find(path);
    OK(rename(at("a"), at("z")));
    all_fail(path, ENOENT);
    make(at("a"));
    all_fail(path, ENOTDIR);
    OK(unlink(at("a")));
    all_fail(path, ENOENT);
    OK(symlink("z", at("a")));
    all_find(path);
    OK(unlink(at("z/b/c")));
    all_fail(path, ENOENT);
    OK(mkdir(at("y"), 0755));
    OK(mkdir(at("y/b"), 0755));
    make(at("y/b/c"));
    all_fail(path, ENOENT);
    OK(syscall(SYS_renameat2, AT_FDCWD, at("y"), AT_FDCWD, at("z"), 2 /* RENAME_EXCHANGE */));
    all_find(path);
}

static void is_no_link(const char *path) {
    char text[64];
    for (int i = 0; i < TIMES; i++) {
        CHECK_ERRNO(readlink(path, text, sizeof text), EINVAL);
        CHECK_ERRNO(syscall(SYS_readlinkat, AT_FDCWD, path, text, sizeof text), EINVAL);
    }
}

CASE(what_is_no_link_becomes_one) {
    char text[64];
    const char *path = at("file");
    for (int i = 0; i < ROUNDS / 10; i++) {
        make(path);
        is_no_link(path);
        CHECK_ERRNO(readlink(path, text, 0), EINVAL);
        OK(unlink(path));
        OK(symlink("target", path));
        CHECK_ERRNO(readlink(path, text, 0), EINVAL);
        CHECK_EQ(readlink(path, text, sizeof text), 6);
        CHECK_EQ(memcmp(text, "target", 6), 0);
        OK(unlink(path));
        OK(mkdir(path, 0755));
        is_no_link(path);
        OK(rmdir(path));
    }
}

CASE(arguments_beside_the_path_count) {
    struct stat status;
    const char *path = at("link");
    OK(symlink("nowhere", path));
    for (int i = 0; i < TIMES; i++) {
        CHECK_ERRNO(stat(path, &status), ENOENT);
        OK(lstat(path, &status));
        CHECK_ERRNO(open(path, O_RDONLY), ENOENT);
        CHECK_ERRNO(open(path, O_RDONLY | O_NOFOLLOW), ELOOP);
        CHECK_ERRNO(access(path, F_OK), ENOENT);
        CHECK_ERRNO(access(path, 8), EINVAL);
        OK(close(OK(open(path, O_PATH | O_NOFOLLOW))));
    }
    OK(close(OK(open(path, O_RDONLY | O_CREAT, 0644))));
    all_find(path);
}

CASE(paths_lie_anywhere) {
    char *pages = mmap(NULL, 3 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(pages != MAP_FAILED);
    OK(mprotect(pages + 8192, 4096, PROT_NONE));
    const char *path = at("none");
    size_t bytes = strlen(path) + 1;
    for (int shift = 0; shift < 20; shift++) {
        memcpy(pages + 8192 - bytes - shift, path, bytes);
        all_fail(pages + 8192 - bytes - shift, ENOENT);
        memcpy(pages + 4096 - bytes / 2 - shift, path, bytes);
        all_fail(pages + 4096 - bytes / 2 - shift, ENOENT);
    }
    memset(pages, '/', 8192);
    for (int i = 0; i < TIMES; i++) {
        CHECK_ERRNO(access(pages + 8192 - 20, F_OK), EFAULT);
        CHECK_ERRNO(access(pages + 8192, F_OK), EFAULT);
        CHECK_ERRNO(syscall(SYS_access, NULL, F_OK), EFAULT);
        CHECK_ERRNO(access((char *)0x8000000000000000, F_OK), EFAULT);
        CHECK_ERRNO(open((char *)-1, O_RDONLY), EFAULT);
    }
    OK(madvise(pages, 4096, MADV_DONTNEED));
    CHECK_ERRNO(access(pages, F_OK), ENOENT);
}

CASE(paths_have_any_length) {
    char path[400];
    for (int length = 100; length < 130; length++) {
        memset(path, 'x', sizeof path);
        memcpy(path, "/tmp/", 5);
        path[length] = 0;
        all_fail(path, ENOENT);
        path[length - 1] = 'y';
        all_fail(path, ENOENT);
    }
    memset(path, 'x', sizeof path);
    memcpy(path, "/tmp/", 5);
    path[350] = 0;
    all_fail(path, ENAMETOOLONG);
    all_fail("", ENOENT);
}

CASE(many_paths_are_told_apart) {
    char name[64];
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < 1000; i++) {
            snprintf(name, sizeof name, "n%d", i);
            const char *path = at(name);
            CHECK_ERRNO(access(path, F_OK), ENOENT);
            CHECK_ERRNO(access(path, F_OK), ENOENT);
            if (i % 7 == 0) {
                make(path);
                OK(access(path, F_OK));
                if (round == 0) OK(unlink(path));
            }
        }
    }
}

CASE(rights_are_the_callers) {
    if (geteuid() != 0) case_skip("not root");
    OK(chmod(at(""), 0755));
    OK(mkdir(at("closed"), 0700));
    const char *path = at("closed/file");
    all_fail(path, ENOENT);
    pid_t child = OK(fork());
    if (child == 0) {
        all_fail(path, ENOENT);
        OK(setresgid(NOBODY, NOBODY, NOBODY));
        OK(setresuid(NOBODY, NOBODY, 0));
        if (access(at(""), X_OK) != 0) _exit(0);
        all_fail(path, EACCES);
        OK(setresuid(0, 0, 0));
        all_fail(path, ENOENT);
        _exit(0);
    }
    wait_ok(child);
    OK(chmod(at("closed"), 0755));
    child = OK(fork());
    if (child == 0) {
        OK(setresuid(NOBODY, NOBODY, NOBODY));
        if (access(at(""), X_OK) != 0) _exit(0);
        all_fail(path, ENOENT);
        _exit(0);
    }
    wait_ok(child);
    all_fail(path, ENOENT);
}

CASE(rights_to_a_directory_change) {
    if (geteuid() != 0) case_skip("not root");
    OK(mkdir(at("dir"), 0755));
    const char *path = at("dir/file");
    int ready[2], go[2];
    OK(pipe(ready));
    OK(pipe(go));
    char byte = 0;
    pid_t child = OK(fork());
    if (child == 0) {
        OK(setresuid(NOBODY, NOBODY, NOBODY));
        int may = access(at(""), X_OK) == 0;
        if (may) all_fail(path, ENOENT);
        CHECK_EQ(write(ready[1], &byte, 1), 1);
        CHECK_EQ(read(go[0], &byte, 1), 1);
        if (may) all_fail(path, EACCES);
        CHECK_EQ(write(ready[1], &byte, 1), 1);
        CHECK_EQ(read(go[0], &byte, 1), 1);
        if (may) all_fail(path, ENOENT);
        _exit(0);
    }
    CHECK_EQ(read(ready[0], &byte, 1), 1);
    OK(chmod(at("dir"), 0700));
    CHECK_EQ(write(go[1], &byte, 1), 1);
    CHECK_EQ(read(ready[0], &byte, 1), 1);
    OK(chown(at("dir"), NOBODY, NOBODY));
    CHECK_EQ(write(go[1], &byte, 1), 1);
    wait_ok(child);
}

CASE(another_root_has_other_files) {
    if (geteuid() != 0) case_skip("not root");
    OK(mkdir(at("root"), 0755));
    make(at("root/only-there"));
    all_fail("/only-there", ENOENT);
    pid_t child = OK(fork());
    if (child == 0) {
        all_fail("/only-there", ENOENT);
        OK(chroot(at("root")));
        all_find("/only-there");
        all_fail("/usr", ENOENT);
        _exit(0);
    }
    wait_ok(child);
    all_fail("/only-there", ENOENT);
    OK(access("/tmp", F_OK));
}

CASE(filters_see_each_call) {
    pid_t child = OK(fork());
    if (child == 0) {
        const char *path = at("none");
        for (int i = 0; i < 50; i++) CHECK_ERRNO(syscall(SYS_access, path, F_OK), ENOENT);
        struct sock_filter code[] = {
            BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
            BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_access, 0, 1),
            BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EMLINK),
            BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
        };
        struct sock_fprog program = {sizeof code / sizeof code[0], code};
        OK(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
        OK(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program));
        for (int i = 0; i < 50; i++) CHECK_ERRNO(syscall(SYS_access, path, F_OK), EMLINK);
        _exit(0);
    }
    wait_ok(child);
}

CASE(children_and_parents_see_the_same) {
    const char *path = at("file");
    for (int i = 0; i < 20; i++) {
        all_fail(path, ENOENT);
        pid_t child = OK(fork());
        if (child == 0) {
            all_fail(path, ENOENT);
            make(path);
            all_find(path);
            _exit(0);
        }
        wait_ok(child);
        all_find(path);
        OK(unlink(path));
    }
}

static volatile int made;
static volatile int gone;

static void *make_and_remove(void *count) {
    char name[32];
    for (int i = 1; i <= *(int *)count; i++) {
        snprintf(name, sizeof name, "r%d", i % 4);
        make(at(name));
        __atomic_store_n(&made, i, __ATOMIC_SEQ_CST);
        while (__atomic_load_n(&gone, __ATOMIC_SEQ_CST) < i) continue;
    }
    return NULL;
}

CASE(what_another_thread_made_is_there) {
    int count = HANDOVERS;
    char paths[4][PATH_MAX * 2];
    for (int i = 0; i < 4; i++) snprintf(paths[i], sizeof paths[i], "%sr%d", at(""), i);
    pthread_t thread;
    CHECK_EQ(pthread_create(&thread, NULL, make_and_remove, &count), 0);
    for (int i = 1; i <= count; i++) {
        while (__atomic_load_n(&made, __ATOMIC_SEQ_CST) < i) {
            if (access(paths[i % 4], F_OK) != 0) CHECK_EQ(errno, ENOENT);
        }
        OK(access(paths[i % 4], F_OK));
        OK(unlink(paths[i % 4]));
        CHECK_ERRNO(access(paths[i % 4], F_OK), ENOENT);
        __atomic_store_n(&gone, i, __ATOMIC_SEQ_CST);
    }
    CHECK_EQ(pthread_join(thread, NULL), 0);
}

static volatile int ticks;

static void on_tick(int number) {
    (void)number;
    int saved = errno;
    CHECK_ERRNO(access("/none/of/these", F_OK), ENOENT);
    ticks++;
    errno = saved;
}

CASE(signals_come_amid_lookups) {
    const char *path = at("none");
    on_signal(SIGALRM, on_tick, SA_RESTART);
    struct itimerval every = {{0, 500}, {0, 500}};
    OK(setitimer(ITIMER_REAL, &every, NULL));
    for (int i = 0; i < MANY / 100 || ticks < 20; i++) {
        CHECK_ERRNO(access(path, F_OK), ENOENT);
        CHECK_ERRNO(open(path, O_RDONLY), ENOENT);
    }
}

CASE(registers_are_kept) {
    const char *path = at("none");
    char text[16];
    for (long i = 0; i < 100; i++) {
        register long a1 __asm__("rdi") = (long)path;
        register long a2 __asm__("rsi") = (long)text;
        register long a3 __asm__("rdx") = 16;
        register long a4 __asm__("r10") = i + 4;
        register long a5 __asm__("r8") = i + 5;
        register long a6 __asm__("r9") = i + 6;
        long result;
        __asm__ volatile("mov $89, %%eax\n syscall\n cmp $-4095, %%rax"
                         : "=a"(result), "+r"(a1), "+r"(a2), "+r"(a3), "+r"(a4), "+r"(a5), "+r"(a6)
                         :
                         : "rcx", "r11", "memory", "cc");
        CHECK_EQ(result, -ENOENT);
        CHECK_EQ(a1, (long)path);
        CHECK_EQ(a2, (long)text);
        CHECK_EQ(a3, 16);
        CHECK_EQ(a4, i + 4);
        CHECK_EQ(a5, i + 5);
        CHECK_EQ(a6, i + 6);
    }
}

CASE(rests_lie_between_lookups) {
    const char *path = at("file");
    for (int i = 0; i < 20; i++) {
        all_fail(path, ENOENT);
        sleep_ms(20);
        all_fail(path, ENOENT);
        make(path);
        all_find(path);
        sleep_ms(20);
        is_no_link(path);
        OK(unlink(path));
    }
}

/* As open(2) has it: what it opens or makes is not even looked for. */
static void nothing_is_opened(const char *path, int with) {
    for (int i = 0; i < TIMES; i++) {
        CHECK_ERRNO(open(path, O_RDONLY), with);
        CHECK_ERRNO(syscall(SYS_open, path, O_RDONLY), with);
        CHECK_ERRNO(openat(AT_FDCWD, path, O_RDONLY), with);
        CHECK_ERRNO(access(path, F_OK), ENOENT);
    }
}

static void set_descriptors(rlim_t soft) {
    struct rlimit limit;
    OK(getrlimit(RLIMIT_NOFILE, &limit));
    limit.rlim_cur = soft;
    OK(setrlimit(RLIMIT_NOFILE, &limit));
}

/* Takes all descriptors below a limit; the last one. */
static int take_all(void) {
    int last = -1;
    for (;;) {
        int fd = dup(1);
        if (fd < 0) break;
        last = fd;
    }
    CHECK_EQ(errno, EMFILE);
    return last;
}

CASE(without_descriptors_nothing_is_looked_for) {
    const char *path = at("none");
    set_descriptors(32);
    for (int i = 0; i < ROUNDS / 10; i++) {
        nothing_is_opened(path, ENOENT);
        int last = take_all();
        nothing_is_opened(path, EMFILE);
        CHECK_ERRNO(open(path, O_CREAT | O_WRONLY, 0644), EMFILE);
        CHECK_ERRNO(open("", O_RDONLY), ENOENT);
        nothing_is_opened(path, EMFILE);
        OK(close(last));
        nothing_is_opened(path, ENOENT);
        CHECK_EQ(dup2(1, last), last);
        nothing_is_opened(path, EMFILE);
        set_descriptors(33);
        nothing_is_opened(path, ENOENT);
        set_descriptors(32);
        nothing_is_opened(path, EMFILE);
        for (int fd = 3; fd <= last; fd++) OK(close(fd));
    }
}

CASE(without_descriptors_in_children) {
    const char *path = at("none");
    set_descriptors(32);
    nothing_is_opened(path, ENOENT);
    int last = take_all();
    nothing_is_opened(path, EMFILE);
    for (int i = 0; i < 5; i++) {
        pid_t child = OK(fork());
        if (child == 0) {
            nothing_is_opened(path, EMFILE);
            OK(close(last));
            nothing_is_opened(path, ENOENT);
            _exit(0);
        }
        int status;
        OK(waitpid(child, &status, 0));
        CHECK_EQ(status, 0);
        nothing_is_opened(path, EMFILE);
    }
    pid_t other = OK(vfork());
    if (other == 0) {
        close(last);
        _exit(open(path, O_RDONLY) == -1 && errno == ENOENT ? 0 : 1);
    }
    int status;
    OK(waitpid(other, &status, 0));
    CHECK_EQ(status, 0);
    nothing_is_opened(path, EMFILE);
    OK(close(last));
    nothing_is_opened(path, ENOENT);
}

static void *closes(void *fd) {
    OK(close((int)(long)fd));
    return NULL;
}

static void *takes(void *unused) {
    return (void *)(long)take_all();
}

CASE(without_descriptors_by_other_threads) {
    const char *path = at("none");
    set_descriptors(32);
    for (int i = 0; i < 5; i++) {
        pthread_t thread;
        void *last;
        nothing_is_opened(path, ENOENT);
        CHECK_EQ(pthread_create(&thread, NULL, takes, NULL), 0);
        CHECK_EQ(pthread_join(thread, &last), 0);
        nothing_is_opened(path, EMFILE);
        CHECK_EQ(pthread_create(&thread, NULL, closes, last), 0);
        CHECK_EQ(pthread_join(thread, NULL), 0);
        nothing_is_opened(path, ENOENT);
        for (int fd = 3; fd < (int)(long)last; fd++) OK(close(fd));
    }
}

static int sharing(void *path) {
    take_all();
    nothing_is_opened(path, EMFILE);
    return 0;
}

CASE(without_descriptors_by_other_processes) {
    static char stack[64 << 10] __attribute__((aligned(16)));
    const char *path = at("none");
    set_descriptors(32);
    nothing_is_opened(path, ENOENT);
    pid_t child = OK(clone(sharing, stack + sizeof stack, CLONE_FILES | SIGCHLD, (void *)path));
    int status;
    OK(waitpid(child, &status, 0));
    CHECK_EQ(status, 0);
    nothing_is_opened(path, EMFILE);
    child = OK(fork());
    if (child == 0) {
        while (open(path, O_RDONLY) == -1 && errno == EMFILE) continue;
        _exit(errno == ENOENT ? 0 : 1);
    }
    struct rlimit more = {64, 64};
    OK(prlimit(child, RLIMIT_NOFILE, &more, NULL));
    OK(waitpid(child, &status, 0));
    CHECK_EQ(status, 0);
}
