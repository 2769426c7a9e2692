/*
 * Attempts to see or change by way of tracing what the caller may not: programs of others, that gained
 * rights or that cannot be read; and tracers that end, race each other and are traced themselves.
 */
#include "../ptrace/trace.h"
#include <pthread.h>
#include <sys/uio.h>

enum { USER = 12345, ROUNDS = 40, SHAKERS = 3, SHAKES = 150 };

static void become_user(void) {
    OK(setresgid(USER, USER, USER));
    OK(setresuid(USER, USER, USER));
}

static void need_root(void) {
    if (geteuid() != 0) case_skip("needs root");
}

/* A copy of this program with other rights, in the directory of the case. */
static void copy_self(const char *to, int mode) {
    int from = OK(open(self_path, O_RDONLY));
    int copy = OK(open(to, O_WRONLY | O_CREAT | O_EXCL, 0700));
    char block[65536];
    for (ssize_t count; (count = OK(read(from, block, sizeof block))) > 0;) CHECK_EQ(write(copy, block, count), count);
    OK(fchmod(copy, mode));
    OK(close(copy));
    OK(close(from));
}

static void everyone_may_come_here(void) { OK(chmod(".", 0777)); }

static const char secret[] = "what nobody else may see";

/* Whether the caller sees the other's memory: by each way 0 or the error. */
static void check_hidden(pid_t other) {
    char seen[sizeof secret], path[64];
    struct iovec own = {seen, sizeof seen}, theirs = {(void *)secret, sizeof seen};
    CHECK_ERRNO(process_vm_readv(other, &own, 1, &theirs, 1, 0), EPERM);
    CHECK_ERRNO(process_vm_writev(other, &own, 1, &theirs, 1, 0), EPERM);
    snprintf(path, sizeof path, "/proc/%d/mem", other);
    CHECK_ERRNO(open(path, O_RDONLY), EACCES);
    snprintf(path, sizeof path, "/proc/%d/environ", other);
    CHECK_ERRNO(open(path, O_RDONLY), EACCES);
    CHECK_ERRNO(ptrace(PTRACE_ATTACH, other, 0, 0), EPERM);
    CHECK_ERRNO(ptrace(PTRACE_SEIZE, other, 0, 0), EPERM);
}

static void ready(int end) { CHECK_EQ(write(end, "x", 1), 1); }

static void await(int end) {
    char byte;
    CHECK_EQ(read(end, &byte, 1), 1);
}

/* Its memory may hold what it read as root. */
CASE(process_that_gave_up_root_is_hidden_from_its_new_user) {
    need_root();
    int ends[2];
    OK(pipe(ends));
    pid_t daemon = SPAWN({
        become_user();
        ready(ends[1]);
        while (1) pause();
    });
    await(ends[0]);
    wait_ok(SPAWN({
        become_user();
        check_hidden(daemon);
    }));
    OK(kill(daemon, SIGKILL));
    OK(waitpid(daemon, NULL, 0));
}

HELPER(rest) {
    pause();
    return 0;
}

HELPER(report_ids) {
    uid_t real, effective, saved;
    OK(getresuid(&real, &effective, &saved));
    return effective == 0 || saved == 0 ? 10 : 0;
}

/* The child is stopped behind its exec. */
static pid_t traced_program(const char *program, const char *helper) {
    pid_t child = SPAWN({
        OK(ptrace(PTRACE_TRACEME, 0, 0, 0));
        execl(program, program, helper, NULL);
        _exit(9);
    });
    CHECK_EQ(wait_stop(child), SIGTRAP);
    return child;
}

CASE(text_of_a_program_that_cannot_be_read_is_hidden_from_its_tracer) {
    need_root();
    everyone_may_come_here();
    copy_self("unreadable", 0711);
    wait_ok(SPAWN({
        become_user();
        CHECK_ERRNO(open("unreadable", O_RDONLY), EACCES);
        pid_t child = traced_program("./unreadable", "@rest");
        struct user_regs_struct at = registers_of(child);
        CHECK_ERRNO(ptrace(PTRACE_PEEKTEXT, child, at.rip, 0), EIO);
        CHECK_ERRNO(ptrace(PTRACE_POKETEXT, child, at.rip, 0), EIO);
        char path[64];
        snprintf(path, sizeof path, "/proc/%d/mem", child);
        CHECK_ERRNO(open(path, O_RDONLY), EACCES);
        end_tracee(child);
    }));
}

CASE(set_user_id_program_gains_nothing_for_its_tracer) {
    need_root();
    everyone_may_come_here();
    copy_self("gains", 04755);
    wait_ok(SPAWN({
        become_user();
        pid_t child = traced_program("./gains", "@report_ids");
        go_on(PTRACE_CONT, child, 0);
        wait_ok(child);
    }));
}

/* execs a set-user-id program, in the place of one that gains rights and gives them up again. */
HELPER(gain_and_give_up) {
    pid_t child = atoi(argv[1]);
    CHECK_EQ(geteuid(), 0);
    /* The child executes its program while its tracer is root. */
    OK(ptrace(PTRACE_CONT, child, 0, 0));
    int stop = wait_stop(child);
    CHECK_EQ(stop, SIGTRAP);
    become_user();
    OK(ptrace(PTRACE_CONT, child, 0, 0));
    int status;
    OK(waitpid(child, &status, 0));
    CHECK(WIFEXITED(status));
    CHECK_EQ(WEXITSTATUS(status), 0);
    return 0;
}

/* Who asked to be traced by a user gains nothing because that user has more rights meanwhile. */
CASE(tracer_that_is_root_for_a_while_gains_nothing) {
    need_root();
    everyone_may_come_here();
    copy_self("gains", 04755);
    wait_ok(SPAWN({
        become_user();
        pid_t child = SPAWN({
            OK(ptrace(PTRACE_TRACEME, 0, 0, 0));
            raise(SIGSTOP);
            execl("./gains", "./gains", "@report_ids", NULL);
            _exit(9);
        });
        CHECK_EQ(wait_stop(child), SIGSTOP);
        char number[16];
        snprintf(number, sizeof number, "%d", child);
        execl("./gains", "./gains", "@gain_and_give_up", number, NULL);
        _exit(9);
    }));
}

static void *end_of_child(void *end) {
    /* The first thread is gone: another one of the process traces. */
    char byte;
    while (read(*(int *)end, &byte, 1) == 1) {
    }
    int status;
    pid_t child;
    while ((child = waitpid(-1, &status, __WALL)) > 0) {
        if (WIFSTOPPED(status)) ptrace(PTRACE_CONT, child, 0, 0);
    }
    _exit(0);
}

/* The thread that made it cannot be its tracer any more. */
CASE(child_of_a_thread_that_has_ended_can_be_traced) {
    pid_t process = SPAWN({
        int ends[2];
        OK(pipe(ends));
        pthread_t thread;
        pthread_create(&thread, NULL, end_of_child, &ends[0]);
        pid_t first = getpid();
        if (OK(fork()) == 0) {
            char path[64], text[4096];
            snprintf(path, sizeof path, "/proc/%d/task/%d/status", first, first);
            do memset(text, 0, sizeof text);
            while (access(path, F_OK) == 0 && read_file(path, text, sizeof text) > 0 && strstr(text, "Z (zombie)") == NULL);
            OK(ptrace(PTRACE_TRACEME, 0, 0, 0));
            OK(close(ends[0]));
            OK(close(ends[1]));
            raise(SIGSTOP);
            _exit(0);
        }
        OK(close(ends[1]));
        syscall(SYS_exit, 0);
    });
    wait_ok(process);
}

static unsigned next(unsigned *seed) {
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

static void *call_and_clone(void *seed_of) {
    unsigned seed = *(unsigned *)seed_of;
    while (1) {
        unsigned kind = next(&seed) % 4;
        if (kind == 0) poll(NULL, 0, 1);
        if (kind == 1) sched_yield();
        if (kind == 2) kill(getpid(), SIGUSR1);
        if (kind == 3) {
            pid_t pid = next(&seed) % 2 ? fork() : vfork();
            if (pid == 0) _exit(0);
            if (pid > 0) waitpid(pid, NULL, 0);
        }
    }
    return NULL;
}

static void ignore(int number) { (void)number; }

static void be_busy(unsigned seed) {
    on_signal(SIGUSR1, ignore, SA_RESTART);
    pthread_t thread;
    unsigned other = seed + 1;
    pthread_create(&thread, NULL, call_and_clone, &other);
    call_and_clone(&seed);
}

/* All kinds of requests in any order, right or wrong, to one process or to each other, too. */
static void shake(pid_t prey, int others, unsigned seed) {
    for (int i = 0; i < SHAKES; i++) {
        static const int requests[] = {PTRACE_CONT, PTRACE_SYSCALL, PTRACE_SINGLESTEP, PTRACE_SEIZE, PTRACE_ATTACH,
                PTRACE_DETACH, PTRACE_INTERRUPT, PTRACE_LISTEN, PTRACE_SETOPTIONS, PTRACE_GETEVENTMSG};
        pid_t whom = next(&seed) % 3 ? prey : prey + (int)(next(&seed) % (others + 1));
        if (whom == getpid() || whom == getppid()) continue;
        int request = requests[next(&seed) % 10];
        /* All events but PTRACE_EVENT_EXIT, where who is killed would wait for a tracer that waits for it. */
        long data = request == PTRACE_SETOPTIONS || request == PTRACE_SEIZE ? (long)(next(&seed) & 0x3f)
                : next(&seed) % 3 ? 0
                : SIGUSR1;
        if (request == PTRACE_GETEVENTMSG) {
            struct user_regs_struct at;
            if (ptrace(PTRACE_GETREGS, whom, 0, &at) == 0) {
                ptrace(PTRACE_PEEKDATA, whom, at.rsp, 0);
                ptrace(PTRACE_POKEUSER, whom, offsetof(struct user, u_debugreg[0]), at.rip);
                ptrace(PTRACE_POKEUSER, whom, offsetof(struct user, u_debugreg[7]), (long)(next(&seed) % 2));
                ptrace(PTRACE_SETREGS, whom, 0, &at);
            }
        } else {
            ptrace(request, whom, 0, data);
        }
        int status;
        waitpid(next(&seed) % 2 ? -1 : whom, &status, WNOHANG | __WALL);
        if (next(&seed) % 16 == 0) poll(NULL, 0, 1);
    }
}

/* Tracers come, go and are killed at any moment; nobody is left that cannot be ended. */
CASE(prey_of_many_tracers_can_always_be_ended) {
    for (unsigned round = 0; round < ROUNDS / 4; round++) {
        pid_t prey = SPAWN({ be_busy(round); });
        pid_t shakers[SHAKERS];
        for (unsigned i = 0; i < SHAKERS; i++) shakers[i] = SPAWN({ shake(prey, round % 2 ? SHAKERS : 0, round * 31 + i); });
        if (round % 2) poll(NULL, 0, 2 + (int)round);
        for (unsigned i = 0; i < SHAKERS && round % 2; i++) OK(kill(shakers[i], SIGKILL));
        for (unsigned i = 0; i < SHAKERS; i++) OK(waitpid(shakers[i], NULL, __WALL));
        OK(kill(prey, SIGKILL));
        int status;
        CHECK_EQ(waitpid(prey, &status, 0), prey);
        CHECK(WIFSIGNALED(status));
    }
}

/* Two processes trace each other's threads; both stand, and are ended all the same. */
CASE(tracers_in_a_circle_can_be_ended) {
    for (int i = 0; i < ROUNDS / 4; i++) {
        int ends[2];
        OK(pipe(ends));
        pid_t first = SPAWN({
            pid_t second;
            CHECK_EQ(read(ends[0], &second, sizeof second), (int)sizeof second);
            OK(ptrace(PTRACE_SEIZE, second, 0, 0));
            ptrace(PTRACE_INTERRUPT, second, 0, 0);
            while (1) pause();
        });
        pid_t second = SPAWN({
            OK(ptrace(PTRACE_SEIZE, first, 0, 0));
            pid_t own = getpid();
            CHECK_EQ(write(ends[1], &own, sizeof own), (int)sizeof own);
            while (1) ptrace(PTRACE_INTERRUPT, first, 0, 0);
        });
        poll(NULL, 0, 3);
        OK(kill(i % 2 ? first : second, SIGKILL));
        OK(kill(i % 2 ? second : first, SIGKILL));
        OK(waitpid(first, NULL, 0));
        OK(waitpid(second, NULL, 0));
        OK(close(ends[0]));
        OK(close(ends[1]));
    }
}

/* What a tracer writes into text is in its tracee alone, though all have the same pages. */
CASE(text_that_a_tracer_writes_is_its_tracees_alone) {
    volatile unsigned char *code = (volatile unsigned char *)(uintptr_t)getppid;
    unsigned char before = *code;
    pid_t sibling = TRACED({ _exit(*code == before ? 0 : 1); });
    pid_t child = TRACED({
        pid_t own = SPAWN({ _exit(*code == 0xCC ? 0 : 1); });
        wait_ok(own);
        _exit(*code == 0xCC ? 0 : 1);
    });
    for (int i = 0; i < 3; i++) {
        errno = 0;
        long word = ptrace(PTRACE_PEEKTEXT, child, code, 0);
        CHECK_EQ(errno, 0);
        OK(ptrace(PTRACE_POKETEXT, child, code, (word & ~0xFFL) | 0xCC));
    }
    CHECK_EQ(*code, before);
    getppid();
    go_on(PTRACE_DETACH, child, 0);
    go_on(PTRACE_DETACH, sibling, 0);
    wait_ok(child);
    wait_ok(sibling);
    CHECK_EQ(*code, before);
    wait_ok(SPAWN({ _exit(*code == before ? 0 : 1); }));
}

/* Below what can be mapped, and what is the kernel's everywhere. */
CASE(kernels_own_pages_are_not_there_for_tracers) {
    pid_t child = TRACED({ while (1) getppid(); });
    static const unsigned long places[] = {0, 0x1000, 0x4000, 0xd000, 0xe000, 0xe008, 0xf000, 0xf820, 0x7ffffffff000,
            0x7fffffffffff, 0xffff800000000000, 0xffffffffff600000, 0xffffffff80000000, ~0UL, ~7UL};
    for (unsigned i = 0; i < sizeof places / sizeof *places; i++) {
        if (places[i] != 0xffffffffff600000) CHECK_ERRNO(ptrace(PTRACE_PEEKDATA, child, places[i], 0), EIO);
        CHECK_ERRNO(ptrace(PTRACE_POKEDATA, child, places[i], ~0UL), EIO);
    }
    end_tracee(child);
}
