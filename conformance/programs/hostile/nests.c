/* Depth that a program makes: no nest is deep enough to hang the kernel or to fill its stack. */
#include "../case.h"
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>

/* More than a path of 4096 bytes can name. */
enum { DEPTH = 1000 };

/* Goes down DEPTH directories of this name. */
static void descend(const char *name) {
    for (int i = 0; i < DEPTH; i++) {
        OK(mkdir(name, 0755));
        OK(chdir(name));
    }
}

static void ascend(const char *name) {
    for (int i = 0; i < DEPTH; i++) {
        OK(chdir(".."));
        OK(rmdir(name));
    }
}

CASE(directories_deeper_than_any_path) {
    char path[8192], top[PATH_MAX];
    OK((long)getcwd(top, sizeof top));
    descend("deep");
    CHECK_EQ(syscall(SYS_getcwd, path, sizeof path), -1);
    CHECK_EQ(errno, ENAMETOOLONG);
    CHECK_ERRNO(readlink("/proc/self/cwd", path, sizeof path), ENAMETOOLONG);
    write_file("file", "deep", 4);
    int fd = OK(open("file", O_RDWR));
    char shown[64];
    snprintf(shown, sizeof shown, "/proc/self/fd/%d", fd);
    CHECK_ERRNO(readlink(shown, path, sizeof path), ENAMETOOLONG);
    CHECK_EQ(read_file(shown, path, sizeof path), 4); /* the link itself leads there */
    char *page = OK(mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0));
    CHECK_MEM(page, "deep", 4);
    int maps = OK(open("/proc/self/maps", O_RDONLY));
    while (OK(read(maps, path, sizeof path)) > 0) {}
    OK(rename("file", "moved"));
    OK(link("moved", "twice"));
    /* A directory does not go into its own child, and the way up is walked for that. */
    char below[PATH_MAX];
    snprintf(below, sizeof below, "%s/deep", top);
    CHECK_ERRNO(rename(below, "inside"), EINVAL);
    OK(unlink("moved"));
    OK(unlink("twice"));
    ascend("deep");
    OK((long)getcwd(path, sizeof path));
    CHECK_STR(path, top);
}

CASE(long_names_in_a_deep_nest) {
    char name[256], path[8192];
    memset(name, 'n', 255);
    name[255] = 0;
    for (int i = 0; i < 40; i++) {
        OK(mkdir(name, 0755));
        OK(chdir(name));
        long length = syscall(SYS_getcwd, path, sizeof path);
        if (i < 15) CHECK(length > i * 256);
        if (i > 16) CHECK(length == -1 && errno == ENAMETOOLONG);
    }
    for (int i = 0; i < 40; i++) {
        OK(chdir(".."));
        OK(rmdir(name));
    }
}

CASE(removed_working_directory_of_a_deep_nest) {
    char path[256];
    descend("deep");
    int ends[2];
    OK(pipe(ends));
    pid_t child = SPAWN({
        close(ends[1]);
        char byte;
        read(ends[0], &byte, 1);
        CHECK_ERRNO(syscall(SYS_getcwd, path, sizeof path), ENOENT);
        CHECK_ERRNO(mkdir("new", 0755), ENOENT);
    });
    ascend("deep");
    close(ends[1]);
    wait_ok(child);
}

CASE(symbolic_links_up_to_forty) {
    char name[16], target[16];
    write_file("l0", "end", 3);
    for (int i = 1; i <= 41; i++) {
        snprintf(name, sizeof name, "l%d", i);
        snprintf(target, sizeof target, "l%d", i - 1);
        OK(symlink(target, name));
    }
    OK(open("l40", O_RDONLY));
    CHECK_ERRNO(open("l41", O_RDONLY), ELOOP);
    OK(symlink("self", "self"));
    CHECK_ERRNO(open("self", O_RDONLY), ELOOP);
    CHECK_ERRNO(mkdir("self/x", 0755), ELOOP);
    OK(symlink("b", "a"));
    OK(symlink("a", "b"));
    CHECK_ERRNO(chdir("a"), ELOOP);
    CHECK_ERRNO(open("a", O_CREAT | O_WRONLY, 0644), ELOOP);
}

CASE(symbolic_links_that_grow) {
    /* Each is followed twice by the one before: 2^20 steps, were they not counted. */
    char name[16], target[64];
    OK(mkdir("d0", 0755));
    for (int i = 1; i <= 20; i++) {
        snprintf(name, sizeof name, "d%d", i);
        snprintf(target, sizeof target, "d%d/../d%d", i - 1, i - 1);
        OK(symlink(target, name));
    }
    OK(chdir("d4"));
    OK(chdir(".."));
    CHECK_ERRNO(chdir("d20"), ELOOP);
}

CASE(paths_of_dots_and_slashes) {
    char path[PATH_MAX + 16];
    memset(path, '/', PATH_MAX);
    path[PATH_MAX - 1] = 0;
    OK(chdir(path));
    path[PATH_MAX - 1] = '/';
    path[PATH_MAX] = 0;
    CHECK_ERRNO(chdir(path), ENAMETOOLONG);
    for (int i = 0; i < PATH_MAX - 4; i += 3) memcpy(path + i, "../", 4);
    OK(chdir(path));
}

CASE(sockets_inside_sockets) {
    /* Each pair is queued in the next one; the last close drops them all. */
    int inner[2], outer[2];
    OK(socketpair(AF_UNIX, SOCK_DGRAM, 0, inner));
    for (int i = 0; i < 1500; i++) {
        OK(socketpair(AF_UNIX, SOCK_DGRAM, 0, outer));
        char byte = 0, control[CMSG_SPACE(2 * sizeof(int))] = {0};
        struct iovec part = {&byte, 1};
        struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(2 * sizeof(int));
        memcpy(CMSG_DATA(header), inner, 2 * sizeof(int));
        ssize_t sent = sendmsg(outer[0], &message, 0);
        if (sent == -1 && errno == ETOOMANYREFS) break; /* Linux bounds what a user has in flight */
        CHECK_EQ(sent, 1);
        close(inner[0]);
        close(inner[1]);
        memcpy(inner, outer, sizeof inner);
    }
    close(inner[0]);
    close(inner[1]);
    CHECK_EQ(getppid(), getppid());
}

CASE(epolls_watch_each_other_in_layers) {
    /* Full layers would make width^depth ways for one wake-up; Linux refuses with EINVAL. */
    enum { WIDTH = 40, LAYERS = 4 };
    int layer[LAYERS][WIDTH], refused = 0, ends[2];
    struct epoll_event event = {.events = EPOLLIN};
    for (int i = 0; i < LAYERS; i++)
        for (int j = 0; j < WIDTH; j++) layer[i][j] = OK(epoll_create1(EPOLL_CLOEXEC));
    OK(pipe(ends));
    for (int j = 0; j < WIDTH; j++) OK(epoll_ctl(layer[0][j], EPOLL_CTL_ADD, ends[0], &event));
    for (int i = 1; i < LAYERS; i++)
        for (int j = 0; j < WIDTH; j++)
            for (int k = 0; k < WIDTH; k++)
                if (epoll_ctl(layer[i][j], EPOLL_CTL_ADD, layer[i - 1][k], &event) == -1) {
                    CHECK_EQ(errno, EINVAL);
                    refused++;
                }
    CHECK(refused > 0);
    for (int i = 0; i < 100; i++) {
        CHECK_EQ(write(ends[1], "x", 1), 1);
        CHECK_EQ(epoll_wait(layer[0][0], &event, 1, 0), 1);
    }
}

CASE(epolls_in_a_row_and_in_a_ring) {
    int chain[8];
    struct epoll_event event = {.events = EPOLLIN};
    for (int i = 0; i < 8; i++) chain[i] = OK(epoll_create1(EPOLL_CLOEXEC));
    int deepest = 0;
    for (int i = 1; i < 8; i++) {
        if (epoll_ctl(chain[i], EPOLL_CTL_ADD, chain[i - 1], &event) == -1) {
            CHECK_EQ(errno, ELOOP);
            break;
        }
        deepest = i;
    }
    CHECK_RANGE(deepest, 4, 6);
    CHECK_ERRNO(epoll_ctl(chain[0], EPOLL_CTL_ADD, chain[2], &event), ELOOP);
    CHECK_ERRNO(epoll_ctl(chain[0], EPOLL_CTL_ADD, chain[0], &event), EINVAL);
}

CASE(processes_in_a_deep_line) {
    /* Each is the child of the one before, and all of them end together. */
    int *deepest = shared_page(), ends[2];
    OK(pipe(ends));
    pid_t first = OK(fork());
    if (first == 0) {
        OK(setpgid(0, 0));
        close(ends[1]);
        for (int i = 0; i < 100; i++) {
            pid_t next = OK(fork());
            if (next != 0) {
                char byte;
                read(ends[0], &byte, 1);
                int status;
                waitpid(next, &status, 0);
                _exit(status != 0);
            }
            __atomic_fetch_add(deepest, 1, __ATOMIC_SEQ_CST);
        }
        char byte;
        read(ends[0], &byte, 1);
        _exit(0);
    }
    AWAIT(*(volatile int *)deepest == 100);
    close(ends[0]);
    close(ends[1]);
    wait_ok(first);
}

CASE(filters_on_filters) {
    struct sock_filter allow = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    struct sock_fprog program = {1, &allow};
    IN_CHILD({
        OK(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
        int count = 0;
        while (count < 300 && prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) == 0) count++;
        CHECK_EQ(count, 300);
        CHECK_EQ(getppid(), getppid());
    });
}

CASE(many_hard_links) {
    write_file("f", "x", 1);
    char name[16];
    for (int i = 0; i < 3000; i++) {
        snprintf(name, sizeof name, "f%d", i);
        OK(link("f", name));
    }
    struct stat about;
    OK(stat("f", &about));
    CHECK_EQ(about.st_nlink, 3001);
    for (int i = 0; i < 3000; i++) {
        snprintf(name, sizeof name, "f%d", i);
        OK(unlink(name));
    }
    OK(stat("f", &about));
    CHECK_EQ(about.st_nlink, 1);
}
