/* build: static static-pie
 * fork(2), vfork(2), clone(2), clone3(2), wait4(2), waitid(2), _exit(2), pidfd. */
#include "../case.h"
#include <linux/sched.h>
#include <pthread.h>
#include <sched.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/resource.h>

extern char **environ;

CASE(fork_returns_twice) {
    pid_t parent = getpid(), child = OK(fork());
    if (child == 0) {
        CHECK_EQ(getppid(), parent);
        CHECK(getpid() != parent);
        _exit(11);
    }
    CHECK(child > 0);
    wait_exit(child, 11);
}

CASE(exit_codes_are_eight_bits) {
    wait_exit(SPAWN(_exit(255)), 255);
    wait_exit(SPAWN(_exit(256)), 0);
    wait_exit(SPAWN(_exit(-1)), 255);
    wait_exit(SPAWN(syscall(SYS_exit, 77)), 77);
}

CASE(wait_without_children_is_echild) {
    int status;
    CHECK_ERRNO(wait(&status), ECHILD);
    CHECK_ERRNO(waitpid(-1, &status, WNOHANG), ECHILD);
    CHECK_ERRNO(waitpid(getppid(), &status, 0), ECHILD);
    CHECK_ERRNO(waitpid(1, &status, 0), ECHILD);
    CHECK_ERRNO(waitpid(-1, &status, 0x100), EINVAL);
    siginfo_t info;
    CHECK_ERRNO(waitid(P_ALL, 0, &info, 0), EINVAL);
    CHECK_ERRNO(waitid(77, 0, &info, WEXITED), EINVAL);
}

CASE(wnohang_returns_zero_while_it_runs) {
    int ends[2], status;
    OK(pipe(ends));
    pid_t child = SPAWN({
        char byte;
        close(ends[1]);
        CHECK_EQ(read(ends[0], &byte, 1), 0);
    });
    CHECK_EQ(waitpid(child, &status, WNOHANG), 0);
    siginfo_t info;
    memset(&info, 77, sizeof info);
    OK(waitid(P_PID, child, &info, WEXITED | WNOHANG));
    CHECK_EQ(info.si_pid, 0);
    close(ends[1]);
    wait_ok(child);
    CHECK_ERRNO(waitpid(child, &status, 0), ECHILD);
}

CASE(any_child_is_waited_for) {
    int codes = 0;
    for (int i = 0; i < 5; i++) SPAWN(_exit(1 << i));
    for (int i = 0; i < 5; i++) {
        int status;
        CHECK(wait(&status) > 0);
        codes |= WEXITSTATUS(status);
    }
    CHECK_EQ(codes, 31);
}

CASE(children_of_a_group) {
    pid_t first = SPAWN({
        for (;;) pause();
    });
    OK(setpgid(first, first));
    pid_t second = SPAWN(_exit(4));
    CHECK_EQ(waitpid(0, NULL, 0), second); /* own group only */
    OK(kill(first, SIGKILL));
    int status;
    CHECK_EQ(waitpid(-first, &status, 0), first);
    CHECK_EQ(WTERMSIG(status), SIGKILL);
    CHECK_ERRNO(waitpid(-first, NULL, 0), ECHILD);
}

CASE(waitid_describes_without_reaping) {
    pid_t child = SPAWN(_exit(9));
    siginfo_t info;
    for (int i = 0; i < 2; i++) {
        OK(waitid(P_PID, child, &info, WEXITED | WNOWAIT));
        CHECK_EQ(info.si_pid, child);
        CHECK_EQ(info.si_code, CLD_EXITED);
        CHECK_EQ(info.si_status, 9);
        CHECK_EQ(info.si_signo, SIGCHLD);
    }
    wait_exit(child, 9);
}

CASE(waitid_of_stops_and_continues) {
    pid_t child = SPAWN(for (;;) pause());
    siginfo_t info;
    OK(kill(child, SIGSTOP));
    OK(waitid(P_PID, child, &info, WSTOPPED));
    CHECK_EQ(info.si_code, CLD_STOPPED);
    CHECK_EQ(info.si_status, SIGSTOP);
    OK(kill(child, SIGCONT));
    OK(waitid(P_PID, child, &info, WCONTINUED));
    CHECK_EQ(info.si_code, CLD_CONTINUED);
    OK(kill(child, SIGTERM));
    OK(waitid(P_PID, child, &info, WEXITED));
    CHECK_EQ(info.si_code, CLD_KILLED);
    CHECK_EQ(info.si_status, SIGTERM);
}

CASE(wait4_gives_usage) {
    pid_t child = SPAWN({
        /* Linux counts pages of small processes only so often. */
        enum { TOUCHED = 4 << 20 };
        char *memory = mmap(NULL, TOUCHED, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        CHECK(memory != MAP_FAILED);
        memset(memory, 1, TOUCHED);
        volatile long turns = 0;
        struct timespec now;
        do {
            for (int i = 0; i < 100000; i++) turns++;
            clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
        } while (now.tv_nsec < 20000000 && now.tv_sec == 0);
    });
    struct rusage usage;
    CHECK_EQ(wait4(child, NULL, 0, &usage), child);
    CHECK(usage.ru_utime.tv_sec * 1000000 + usage.ru_utime.tv_usec + usage.ru_stime.tv_usec >= 10000);
    CHECK(usage.ru_maxrss >= 2048);
}

CASE(zombies_keep_their_number_until_reaped) {
    pid_t child = SPAWN();
    siginfo_t info;
    OK(waitid(P_PID, child, &info, WEXITED | WNOWAIT));
    char name[16];
    snprintf(name, sizeof name, "%d", child);
    CHECK_EQ(task_state(name), 'Z');
    OK(kill(child, 0));
    wait_ok(child);
    CHECK_ERRNO(kill(child, 0), ESRCH);
}

CASE(orphans_are_adopted) {
    int ends[2];
    OK(pipe(ends));
    pid_t middle = SPAWN({
        pid_t parent = getpid();
        SPAWN({
            AWAIT(getppid() != parent);
            pid_t adopter = getppid();
            CHECK_EQ(write(ends[1], &adopter, sizeof adopter), sizeof adopter);
        });
    });
    wait_ok(middle);
    pid_t adopter = 0;
    CHECK_EQ(read(ends[0], &adopter, sizeof adopter), sizeof adopter);
    CHECK(adopter != middle && adopter >= 0);
    CHECK_ERRNO(waitpid(-1, NULL, 0), ECHILD);
}

CASE(subreaper_adopts_orphans) {
    OK(prctl(PR_SET_CHILD_SUBREAPER, 1));
    int is = 0;
    OK(prctl(PR_GET_CHILD_SUBREAPER, &is));
    CHECK_EQ(is, 1);
    pid_t middle = SPAWN({ SPAWN(sleep_ms(20); _exit(6)); });
    wait_ok(middle);
    int status;
    CHECK(wait(&status) > 0); /* the grandchild */
    CHECK_EQ(WEXITSTATUS(status), 6);
}

CASE(vfork_shares_memory_and_waits) {
    volatile int value = 1;
    int64_t start = now_ns();
    pid_t child = vfork();
    if (child == 0) {
        value = 2;
        struct timespec wait = {0, 30000000};
        nanosleep(&wait, NULL);
        _exit(3);
    }
    CHECK_EQ(value, 2);
    CHECK(now_ns() - start >= 30000000);
    wait_exit(child, 3);
}

CASE(vfork_then_exec) {
    pid_t child = vfork();
    if (child == 0) {
        execl(self_path, self_path, "@exit_with", "21", NULL);
        _exit(99);
    }
    wait_exit(child, 21);
}

CASE(vfork_then_failing_exec) {
    volatile int error = 0;
    pid_t child = vfork();
    if (child == 0) {
        execl("/no/such/program", "x", NULL);
        error = errno;
        _exit(98);
    }
    CHECK_EQ(error, ENOENT);
    wait_exit(child, 98);
}

HELPER(exit_with) { return atoi(argv[1]); }

CASE(posix_spawn_with_file_actions) {
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 40, "created", O_WRONLY | O_CREAT, 0600);
    char *arguments[] = {self_path, "@exit_with", "5", NULL};
    pid_t child;
    CHECK_ZERO(posix_spawn(&child, self_path, &actions, NULL, arguments, environ));
    wait_exit(child, 5);
    CHECK_EQ(access("created", F_OK), 0);
    CHECK_EQ(posix_spawn(&child, "/no/such", NULL, NULL, arguments, environ), ENOENT);
}

CASE(system_and_popen) {
    CHECK_EQ(system("exit 3"), 3 << 8);
    FILE *stream = popen("echo words", "r");
    char text[16] = "";
    CHECK(fgets(text, sizeof text, stream) != NULL);
    CHECK_STR(text, "words\n");
    CHECK_EQ(pclose(stream), 0);
}

static char child_stack[65536] __attribute__((aligned(16)));

CASE(clone_with_shared_memory_and_files) {
    static volatile int value;
    static int fd;
    int run(void *argument) {
        value = (int)(intptr_t)argument;
        close(fd);
        return 7;
    }
    fd = OK(dup(0));
    pid_t child = OK(clone(run, child_stack + sizeof child_stack, CLONE_VM | CLONE_FILES | SIGCHLD, (void *)5));
    wait_exit(child, 7);
    CHECK_EQ(value, 5);
    CHECK_ERRNO(fcntl(fd, F_GETFD), EBADF);
}

CASE(clone_with_shared_directory) {
    int run(void *argument) {
        (void)argument;
        OK(chdir("/"));
        umask(0135);
        return 0;
    }
    pid_t child = OK(clone(run, child_stack + sizeof child_stack, CLONE_FS | SIGCHLD, NULL));
    wait_ok(child);
    char path[PATH_MAX];
    CHECK_STR(getcwd(path, sizeof path), "/");
    CHECK_EQ(umask(0), 0135);
}

CASE(clone_with_another_exit_signal) {
    static volatile int got;
    void note(int number) { got = number; }
    int run(void *argument) {
        (void)argument;
        return 3;
    }
    on_signal(SIGUSR2, note, SA_RESTART);
    pid_t child = OK(clone(run, child_stack + sizeof child_stack, SIGUSR2, NULL));
    CHECK_ERRNO(waitpid(child, NULL, WNOHANG), ECHILD); /* clone(2): needs __WALL or __WCLONE */
    int status;
    CHECK_EQ(waitpid(child, &status, __WALL), child);
    CHECK_EQ(WEXITSTATUS(status), 3);
    CHECK_EQ(got, SIGUSR2);
}

CASE(clone_writes_the_tids) {
    static pid_t in_parent, in_child;
    int run(void *argument) {
        (void)argument;
        CHECK_EQ(in_child, gettid());
        return 0;
    }
    pid_t child = OK(clone(run, child_stack + sizeof child_stack,
            CLONE_PARENT_SETTID | CLONE_CHILD_SETTID | SIGCHLD, NULL, &in_parent, NULL, &in_child));
    CHECK_EQ(in_parent, child);
    CHECK_EQ(in_child, 0); /* the child has its own copy */
    wait_ok(child);
}

CASE(clone_to_bad_addresses) {
    static char stack[65536];
    int run(void *argument) {
        (void)argument;
        return 4;
    }
    pid_t child = OK(clone(run, stack + sizeof stack, CLONE_PARENT_SETTID | CLONE_CHILD_SETTID | SIGCHLD, NULL,
            (void *)16, NULL, (void *)16));
    wait_exit(child, 4); /* nobody hears of it */
    int free = OK(dup(0));
    OK(close(free));
    struct clone_args arguments = {.flags = CLONE_PIDFD, .pidfd = 16, .exit_signal = SIGCHLD};
    CHECK_ERRNO(syscall(SYS_clone3, &arguments, sizeof arguments), EFAULT);
    CHECK_ERRNO(waitpid(-1, NULL, 0), ECHILD);
    CHECK_EQ(OK(dup(0)), free); /* no descriptor is left */
}

CASE(clone_parent_makes_a_sibling) {
    int run(void *argument) {
        (void)argument;
        return 12;
    }
    pid_t *sibling = shared_page();
    pid_t middle = SPAWN({
        *sibling = OK(clone(run, child_stack + sizeof child_stack, CLONE_PARENT | SIGCHLD, NULL));
        CHECK_ERRNO(waitpid(*sibling, NULL, 0), ECHILD);
    });
    wait_ok(middle);
    wait_exit(*sibling, 12);
}

CASE(clone_flag_errors) {
    int run(void *argument) { return (int)(intptr_t)argument; }
    char *top = child_stack + sizeof child_stack;
    CHECK_ERRNO(clone(run, top, CLONE_THREAD | CLONE_VM, NULL), EINVAL);
    CHECK_ERRNO(clone(run, top, CLONE_SIGHAND | SIGCHLD, NULL), EINVAL);
    CHECK_ERRNO(clone(run, top, CLONE_THREAD | CLONE_SIGHAND, NULL), EINVAL);
    CHECK_ERRNO(clone(run, top, CLONE_FS | CLONE_NEWNS | SIGCHLD, NULL), EINVAL);
}

CASE(clone3_forms) {
    struct clone_args arguments = {.exit_signal = SIGCHLD};
    pid_t child = OK(syscall(SYS_clone3, &arguments, sizeof arguments));
    if (child == 0) _exit(13);
    wait_exit(child, 13);
    CHECK_ERRNO(syscall(SYS_clone3, &arguments, 8), EINVAL);
    CHECK_ERRNO(syscall(SYS_clone3, (void *)8, sizeof arguments), EFAULT);
    arguments.exit_signal = 200;
    CHECK_ERRNO(syscall(SYS_clone3, &arguments, sizeof arguments), EINVAL);
    arguments = (struct clone_args){.exit_signal = SIGCHLD, .stack = 4096};
    CHECK_ERRNO(syscall(SYS_clone3, &arguments, sizeof arguments), EINVAL);
}

CASE(pidfd_follows_a_process) {
    int fd = -1;
    struct clone_args arguments = {.flags = CLONE_PIDFD, .exit_signal = SIGCHLD, .pidfd = (uintptr_t)&fd};
    pid_t child = OK(syscall(SYS_clone3, &arguments, sizeof arguments));
    if (child == 0) {
        for (;;) pause();
    }
    CHECK_EQ(fcntl(fd, F_GETFD), FD_CLOEXEC);
    struct pollfd poller = {fd, POLLIN, 0};
    CHECK_EQ(poll(&poller, 1, 0), 0);
    OK(syscall(SYS_pidfd_send_signal, fd, 0, NULL, 0));
    OK(syscall(SYS_pidfd_send_signal, fd, SIGTERM, NULL, 0));
    CHECK_EQ(poll(&poller, 1, 10000), 1);
    CHECK_EQ(poller.revents & POLLIN, POLLIN);
    siginfo_t info;
    OK(waitid(P_PIDFD, fd, &info, WEXITED));
    CHECK_EQ(info.si_pid, child);
    CHECK_EQ(info.si_status, SIGTERM);
    CHECK_ERRNO(syscall(SYS_pidfd_send_signal, fd, 0, NULL, 0), ESRCH);
    int self = OK(syscall(SYS_pidfd_open, getpid(), 0));
    OK(syscall(SYS_pidfd_send_signal, self, 0, NULL, 0));
    CHECK_ERRNO(syscall(SYS_pidfd_open, -1, 0), EINVAL);
    CHECK_ERRNO(syscall(SYS_pidfd_open, child, 0), ESRCH);
}

CASE(fork_keeps_the_floating_point_state) {
    double value = 1.5, seen;
    __asm__ volatile("movsd %0, %%xmm5" ::"m"(value) : "xmm5");
    pid_t child;
    __asm__ volatile("syscall" : "=a"(child) : "a"(SYS_fork) : "rcx", "r11", "memory");
    __asm__ volatile("movsd %%xmm5, %0" : "=m"(seen));
    if (child == 0) _exit(seen == 1.5 ? 0 : 1);
    wait_ok(child);
    CHECK(seen == 1.5);
}

CASE(many_children_at_once) {
    enum { COUNT = 100 };
    pid_t children[COUNT];
    int ends[2];
    OK(pipe(ends));
    for (int i = 0; i < COUNT; i++) children[i] = SPAWN({
        char byte;
        close(ends[1]);
        CHECK_EQ(read(ends[0], &byte, 1), 0);
        _exit(i);
    });
    close(ends[1]);
    for (int i = 0; i < COUNT; i++) wait_exit(children[i], i);
}

CASE(many_forks_in_a_row) {
    for (int i = 0; i < 300; i++) wait_exit(SPAWN(_exit(i & 0xff)), i & 0xff);
}

CASE(nested_forks) {
    int run(int depth) {
        if (depth == 0) return 0;
        pid_t child = OK(fork());
        if (child == 0) _exit(run(depth - 1) + 1);
        int status = wait_status(child);
        return WEXITSTATUS(status);
    }
    CHECK_EQ(run(12), 12);
}

CASE(children_inherit_signal_and_file_state_at_the_fork) {
    umask(031);
    OK(mkdir("d", 0700));
    OK(chdir("d"));
    setenv("INHERITED", "yes", 1);
    IN_CHILD({
        CHECK_EQ(umask(0), 031);
        CHECK_STR(getenv("INHERITED"), "yes");
        OK(chdir("/"));
    });
    CHECK_EQ(umask(022), 031);
    OK(rmdir("../d"));
}

CASE(process_limit_is_eagain) {
    IN_CHILD({
        struct rlimit limit = {8, 8};
        OK(setresuid(43210, 43210, 43210));
        OK(setrlimit(RLIMIT_NPROC, &limit));
        int made = 0;
        pid_t children[20];
        while (made < 20) {
            pid_t child = fork();
            if (child == 0) {
                for (;;) pause();
            }
            if (child == -1) break;
            children[made++] = child;
        }
        CHECK_EQ(errno, EAGAIN);
        CHECK_RANGE(made, 5, 8);
        for (int i = 0; i < made; i++) {
            OK(kill(children[i], SIGKILL));
            wait_signal(children[i], SIGKILL);
        }
    });
}

CASE(exit_group_ends_blocked_threads) {
    void *idle(void *argument) {
        (void)argument;
        for (;;) pause();
    }
    pid_t child = SPAWN({
        pthread_t thread;
        for (int i = 0; i < 5; i++) CHECK_ZERO(pthread_create(&thread, NULL, idle, NULL));
        syscall(SYS_exit_group, 44);
    });
    wait_exit(child, 44);
}

CASE(exit_group_ends_spinning_threads) {
    static volatile int spinning;
    void *spin(void *argument) {
        (void)argument;
        spinning = 1;
        for (;;) {
        }
    }
    pid_t child = SPAWN({
        pthread_t thread;
        CHECK_ZERO(pthread_create(&thread, NULL, spin, NULL));
        AWAIT(spinning);
        _exit(45);
    });
    wait_exit(child, 45);
}

CASE(waiting_thread_sees_children_of_another_thread) {
    static pid_t child;
    void *reap(void *argument) {
        (void)argument;
        wait_exit(child, 8);
        return NULL;
    }
    child = SPAWN(_exit(8));
    pthread_t thread;
    CHECK_ZERO(pthread_create(&thread, NULL, reap, NULL));
    CHECK_ZERO(pthread_join(thread, NULL));
}

CASE(set_tid_address_returns_the_tid) {
    int word;
    CHECK_EQ(syscall(SYS_set_tid_address, &word), gettid());
}
