/* Events of tracees: new processes and programs, ends; ptrace(2), "PTRACE_EVENT stops". */
#include "trace.h"
#include <pthread.h>
#include <sched.h>

static unsigned long message_of(pid_t tracee) {
    unsigned long message;
    OK(ptrace(PTRACE_GETEVENTMSG, tracee, 0, &message));
    return message;
}

#define EVENT_STOP(event) (SIGTRAP | (event) << 8)

CASE(forked_child_is_traced_too) {
    pid_t child = TRACED({
        pid_t own = fork();
        if (own == 0) _exit(5);
        int status;
        if (waitpid(own, &status, 0) != own || WEXITSTATUS(status) != 5) _exit(1);
    });
    OK(ptrace(PTRACE_SETOPTIONS, child, 0, PTRACE_O_TRACEFORK | PTRACE_O_TRACECLONE));
    go_on(PTRACE_CONT, child, 0);
    CHECK_EQ(wait_stop(child), EVENT_STOP(PTRACE_EVENT_FORK));
    pid_t own = message_of(child);
    siginfo_t info;
    OK(ptrace(PTRACE_GETSIGINFO, child, 0, &info));
    CHECK_EQ(info.si_code, EVENT_STOP(PTRACE_EVENT_FORK));
    CHECK_EQ(wait_stop(own), SIGSTOP);
    CHECK_EQ(tracer_of(own), getpid());
    CHECK_EQ(registers_of(own).rax, 0);
    go_on(PTRACE_CONT, child, 0);
    go_on(PTRACE_CONT, own, 0);
    int status;
    CHECK_EQ(waitpid(own, &status, __WALL), own);
    CHECK(WIFEXITED(status));
    CHECK_EQ(WEXITSTATUS(status), 5);
    CHECK_EQ(wait_stop(child), SIGCHLD);
    go_on(PTRACE_CONT, child, SIGCHLD);
    wait_ok(child);
}

CASE(seized_child_begins_with_a_trap) {
    int ends[2];
    OK(pipe(ends));
    pid_t child = SPAWN({
        char byte;
        if (read(ends[0], &byte, 1) != 1) _exit(1);
        if (fork() == 0) _exit(0);
        while (wait(NULL) == -1 && errno == EINTR) {}
    });
    AWAIT_SLEEPING(child);
    OK(ptrace(PTRACE_SEIZE, child, 0, PTRACE_O_TRACEFORK));
    CHECK_EQ(write(ends[1], "x", 1), 1);
    CHECK_EQ(wait_stop(child), EVENT_STOP(PTRACE_EVENT_FORK));
    pid_t own = message_of(child);
    CHECK_EQ(wait_stop(own), EVENT_STOP(PTRACE_EVENT_STOP));
    OK(ptrace(PTRACE_DETACH, own, 0, 0));
    OK(ptrace(PTRACE_DETACH, child, 0, 0));
    wait_ok(child);
}

CASE(vfork_and_its_end_are_seen) {
    pid_t child = TRACED({
        pid_t own = vfork();
        if (own == 0) _exit(0);
        if (waitpid(own, NULL, 0) != own) _exit(1);
    });
    OK(ptrace(PTRACE_SETOPTIONS, child, 0, PTRACE_O_TRACEVFORK | PTRACE_O_TRACEVFORKDONE));
    go_on(PTRACE_CONT, child, 0);
    CHECK_EQ(wait_stop(child), EVENT_STOP(PTRACE_EVENT_VFORK));
    pid_t own = message_of(child);
    CHECK_EQ(wait_stop(own), SIGSTOP);
    go_on(PTRACE_CONT, child, 0);
    CHECK_EQ(waitpid(child, NULL, WNOHANG | __WALL), 0);
    go_on(PTRACE_CONT, own, 0);
    int status;
    CHECK_EQ(waitpid(own, &status, __WALL), own);
    CHECK(WIFEXITED(status));
    int next = wait_stop(child);
    CHECK_EQ(next, EVENT_STOP(PTRACE_EVENT_VFORK_DONE));
    CHECK_EQ(message_of(child), own);
    go_on(PTRACE_CONT, child, 0);
    CHECK_EQ(wait_stop(child), SIGCHLD);
    go_on(PTRACE_CONT, child, 0);
    wait_ok(child);
}

HELPER(exits) {
    return atoi(argv[1]);
}

CASE(new_program_is_a_trap_or_an_event) {
    pid_t child = TRACED({ execl(self_path, self_path, "@exits", "3", NULL); });
    go_on(PTRACE_CONT, child, 0);
    CHECK_EQ(wait_stop(child), SIGTRAP);
    siginfo_t info;
    OK(ptrace(PTRACE_GETSIGINFO, child, 0, &info));
    CHECK_EQ(info.si_code, SI_USER);
    CHECK_EQ(info.si_pid, child);
    go_on(PTRACE_CONT, child, 0);
    wait_exit(child, 3);
    child = TRACED({ execl(self_path, self_path, "@exits", "4", NULL); });
    OK(ptrace(PTRACE_SETOPTIONS, child, 0, PTRACE_O_TRACEEXEC));
    go_on(PTRACE_CONT, child, 0);
    CHECK_EQ(wait_stop(child), EVENT_STOP(PTRACE_EVENT_EXEC));
    CHECK_EQ(message_of(child), child);
    go_on(PTRACE_CONT, child, 0);
    wait_exit(child, 4);
}

CASE(end_is_seen_before_it_happens) {
    pid_t child = TRACED({ _exit(9); });
    OK(ptrace(PTRACE_SETOPTIONS, child, 0, PTRACE_O_TRACEEXIT));
    go_on(PTRACE_CONT, child, 0);
    CHECK_EQ(wait_stop(child), EVENT_STOP(PTRACE_EVENT_EXIT));
    CHECK_EQ(message_of(child), 9 << 8);
    CHECK_EQ(registers_of(child).orig_rax, SYS_exit_group);
    go_on(PTRACE_CONT, child, 0);
    wait_exit(child, 9);
    child = TRACED({ raise(SIGTERM); });
    OK(ptrace(PTRACE_SETOPTIONS, child, 0, PTRACE_O_TRACEEXIT));
    go_on(PTRACE_CONT, child, 0);
    CHECK_EQ(wait_stop(child), SIGTERM);
    go_on(PTRACE_CONT, child, SIGTERM);
    CHECK_EQ(wait_stop(child), EVENT_STOP(PTRACE_EVENT_EXIT));
    CHECK_EQ(message_of(child), SIGTERM);
    go_on(PTRACE_CONT, child, 0);
    wait_signal(child, SIGTERM);
}

static void *ends(void *nothing) {
    (void)nothing;
    syscall(SYS_exit, 6);
    return NULL;
}

CASE(threads_are_traced_and_their_ends_waited_for) {
    pid_t child = TRACED({
        pthread_t thread;
        pthread_create(&thread, NULL, ends, NULL);
        pthread_join(thread, NULL);
        pause(); /* an end of the process would be the thread's, too */
    });
    OK(ptrace(PTRACE_SETOPTIONS, child, 0, PTRACE_O_TRACECLONE));
    go_on(PTRACE_CONT, child, 0);
    CHECK_EQ(wait_stop(child), EVENT_STOP(PTRACE_EVENT_CLONE));
    pid_t thread = message_of(child);
    CHECK_EQ(wait_stop(thread), SIGSTOP);
    CHECK_EQ(registers_of(thread).rax, 0);
    go_on(PTRACE_CONT, child, 0);
    go_on(PTRACE_CONT, thread, 0);
    int status;
    CHECK_EQ(waitpid(thread, &status, __WALL), thread);
    CHECK(WIFEXITED(status));
    CHECK_EQ(WEXITSTATUS(status), 6);
    CHECK_ERRNO(ptrace(PTRACE_CONT, thread, 0, 0), ESRCH);
    end_tracee(child);
}

static void *executes(void *nothing) {
    (void)nothing;
    execl(self_path, self_path, "@exits", "8", NULL);
    return NULL;
}

CASE(thread_that_executes_takes_the_place_of_the_first) {
    pid_t child = TRACED({
        pthread_t thread;
        pthread_create(&thread, NULL, executes, NULL);
        while (1) pause();
    });
    OK(ptrace(PTRACE_SETOPTIONS, child, 0, PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC));
    go_on(PTRACE_CONT, child, 0);
    CHECK_EQ(wait_stop(child), EVENT_STOP(PTRACE_EVENT_CLONE));
    pid_t thread = message_of(child);
    CHECK_EQ(wait_stop(thread), SIGSTOP);
    go_on(PTRACE_CONT, child, 0);
    go_on(PTRACE_CONT, thread, 0);
    CHECK_EQ(wait_stop(child), EVENT_STOP(PTRACE_EVENT_EXEC));
    CHECK_EQ(message_of(child), thread);
    go_on(PTRACE_CONT, child, 0);
    wait_exit(child, 8);
    CHECK_ERRNO(waitpid(-1, NULL, __WALL), ECHILD);
}

CASE(untraced_children_are_left_alone) {
    pid_t child = TRACED({
        pid_t own = fork();
        if (own == 0) _exit(tracer_of(getpid()) == 0 ? 0 : 1);
        wait_ok(own);
    });
    go_on(PTRACE_CONT, child, 0);
    CHECK_EQ(wait_stop(child), SIGCHLD);
    go_on(PTRACE_CONT, child, 0);
    wait_ok(child);
}

static void *waits(void *nothing) {
    pause();
    return nothing;
}

/* Many that stop and end at once are all told of. */
CASE(all_threads_of_a_process_that_exits_are_told_of) {
    pid_t child = TRACED({
        pthread_t thread;
        for (int i = 0; i < 8; i++) pthread_create(&thread, NULL, waits, NULL);
        exit(2);
    });
    OK(ptrace(PTRACE_SETOPTIONS, child, 0, PTRACE_O_TRACECLONE));
    go_on(PTRACE_CONT, child, 0);
    int ended = 0;
    while (1) {
        int status;
        pid_t one = OK(waitpid(-1, &status, __WALL));
        if (WIFSTOPPED(status)) {
            ptrace(PTRACE_CONT, one, 0, 0);
        } else if (one == child) {
            CHECK_EQ(WEXITSTATUS(status), 2);
            break;
        } else {
            ended++;
            CHECK_EQ(WEXITSTATUS(status), 2);
        }
    }
    CHECK_EQ(ended, 8);
}
