/* Process groups and sessions: setpgid(2), setsid(2), kill(2) on groups, orphaned groups. */
#include "../case.h"
#include <sys/ioctl.h>
#include <sys/resource.h>

static pid_t idle(void) {
    return SPAWN(for (;;) pause());
}

static void end(pid_t child) {
    OK(kill(child, SIGKILL));
    wait_signal(child, SIGKILL);
}

CASE(child_inherits_the_group_and_session) {
    pid_t group = getpgrp(), session = getsid(0);
    IN_CHILD({
        CHECK_EQ(getpgrp(), group);
        CHECK_EQ(getsid(0), session);
        CHECK_EQ(getpgid(getppid()), group);
    });
}

CASE(child_leads_its_own_group) {
    IN_CHILD({
        OK(setpgid(0, 0));
        CHECK_EQ(getpgrp(), getpid());
        OK(setpgid(0, 0));
        OK(setpgid(getpid(), getpid()));
    });
}

CASE(parent_moves_its_child) {
    pid_t first = idle(), second = idle();
    OK(setpgid(first, 0));
    CHECK_EQ(getpgid(first), first);
    OK(setpgid(second, first));
    CHECK_EQ(getpgid(second), first);
    OK(setpgid(second, getpgrp()));
    CHECK_EQ(getpgid(second), getpgrp());
    end(first);
    end(second);
}

CASE(setpgid_errors) {
    pid_t child = idle();
    CHECK_ERRNO(setpgid(0, -1), EINVAL);
    CHECK_ERRNO(setpgid(child, 0x3fffffff), EPERM); /* no such group */
    CHECK_ERRNO(setpgid(0x3fffffff, 0), ESRCH);
    CHECK_ERRNO(setpgid(getppid(), 0), ESRCH); /* neither this process nor a child */
    CHECK_ERRNO(getpgid(0x3fffffff), ESRCH);
    CHECK_ERRNO(getsid(0x3fffffff), ESRCH);
    end(child);
}

HELPER(idle) {
    CHECK_EQ(write(5, "r", 1), 1);
    for (;;) pause();
}

CASE(child_cannot_be_moved_after_exec) {
    int ends[2];
    OK(pipe(ends));
    pid_t child = SPAWN({
        OK(dup2(ends[1], 5));
        execl(self_path, self_path, "@idle", NULL);
    });
    char byte;
    CHECK_EQ(read(ends[0], &byte, 1), 1);
    CHECK_ERRNO(setpgid(child, child), EACCES);
    end(child);
}

CASE(setsid_makes_a_session) {
    IN_CHILD({
        CHECK_EQ(setsid(), getpid());
        CHECK_EQ(getsid(0), getpid());
        CHECK_EQ(getpgrp(), getpid());
        CHECK_ERRNO(setsid(), EPERM);
        CHECK_ERRNO(setpgid(0, 0), EPERM); /* a session leader stays put */
        CHECK_ERRNO(open("/dev/tty", O_RDWR), ENXIO);
    });
}

CASE(group_leader_cannot_make_a_session) {
    IN_CHILD({
        OK(setpgid(0, 0));
        CHECK_ERRNO(setsid(), EPERM);
    });
}

CASE(session_of_a_child_is_out_of_reach) {
    int ends[2];
    OK(pipe(ends));
    pid_t child = SPAWN({
        OK(setsid());
        CHECK_EQ(write(ends[1], "r", 1), 1);
        for (;;) pause();
    });
    char byte;
    CHECK_EQ(read(ends[0], &byte, 1), 1);
    CHECK_ERRNO(setpgid(child, getpgrp()), EPERM);
    CHECK_EQ(getsid(child), child);
    end(child);
}

CASE(kill_reaches_the_whole_group) {
    pid_t first = idle(), second = idle(), outside = idle();
    OK(setpgid(first, first));
    OK(setpgid(second, first));
    OK(kill(-first, SIGTERM));
    wait_signal(first, SIGTERM);
    wait_signal(second, SIGTERM);
    CHECK_EQ(waitpid(outside, NULL, WNOHANG), 0);
    CHECK_ERRNO(kill(-first, SIGTERM), ESRCH);
    end(outside);
}

CASE(kill_zero_reaches_the_own_group) {
    IN_CHILD({
        OK(setpgid(0, 0));
        on_signal(SIGUSR1, SIG_IGN, 0);
        pid_t child = SPAWN({
            on_signal(SIGUSR1, SIG_DFL, 0);
            for (;;) pause();
        });
        AWAIT_SLEEPING(child);
        OK(kill(0, SIGUSR1));
        wait_signal(child, SIGUSR1);
    });
}

CASE(group_outlives_its_leader) {
    pid_t leader = SPAWN({
        OK(setpgid(0, 0));
        for (;;) pause();
    });
    AWAIT(getpgid(leader) == leader);
    pid_t member = idle();
    OK(setpgid(member, leader));
    end(leader);
    CHECK_EQ(getpgid(member), leader);
    OK(kill(-leader, SIGTERM));
    wait_signal(member, SIGTERM);
}

/* POSIX: stopped members of a newly orphaned group get SIGHUP, then SIGCONT. */
CASE(orphaned_group_is_hung_up) {
    int ends[2];
    OK(pipe(ends));
    static volatile sig_atomic_t order, hung, continued;
    void on_hup(int number) {
        (void)number;
        hung = ++order;
    }
    void on_cont(int number) {
        (void)number;
        continued = ++order;
    }
    pid_t middle = SPAWN({
        OK(setsid());
        pid_t stopped = SPAWN({
            OK(setpgid(0, 0));
            on_signal(SIGHUP, on_hup, 0);
            on_signal(SIGCONT, on_cont, 0);
            raise(SIGSTOP);
            AWAIT(hung && continued);
            CHECK_EQ(write(ends[1], "c", 1), 1);
        });
        int status;
        CHECK_EQ(waitpid(stopped, &status, WUNTRACED), stopped);
        CHECK(WIFSTOPPED(status));
    });
    close(ends[1]);
    wait_ok(middle);
    char byte = 0;
    CHECK_EQ(read(ends[0], &byte, 1), 1);
    CHECK_EQ(byte, 'c');
}

/* signal(7): the terminal's stop signals do nothing by default in an orphaned group. */
CASE(orphaned_group_is_not_stopped_by_tstp) {
    int ends[2];
    OK(pipe(ends));
    pid_t middle = SPAWN({
        OK(setsid());
        pid_t parent = getpid();
        SPAWN({
            OK(setpgid(0, 0));
            AWAIT(getppid() != parent);
            raise(SIGTSTP);
            raise(SIGTTIN);
            raise(SIGTTOU);
            CHECK_EQ(write(ends[1], "g", 1), 1);
        });
    });
    close(ends[1]);
    wait_ok(middle);
    char byte = 0;
    CHECK_EQ(read(ends[0], &byte, 1), 1);
}

CASE(priorities) {
    IN_CHILD({
        errno = 0;
        OK(setpriority(PRIO_PROCESS, 0, 0)); /* the tests may run at another priority */
        CHECK_EQ(getpriority(PRIO_PROCESS, 0), 0);
        OK(setpriority(PRIO_PROCESS, 0, 5));
        CHECK_EQ(getpriority(PRIO_PROCESS, 0), 5);
        CHECK_EQ(nice(3), 8);
        OK(setpriority(PRIO_PROCESS, 0, 100));
        CHECK_EQ(getpriority(PRIO_PROCESS, 0), 19);
        IN_CHILD(CHECK_EQ(getpriority(PRIO_PROCESS, 0), 19));
        CHECK_ERRNO(getpriority(77, 0), EINVAL);
        CHECK_ERRNO(setpriority(PRIO_PROCESS, 0x3fffffff, 0), ESRCH);
        OK(setresuid(1000, 1000, 1000));
        CHECK_ERRNO(setpriority(PRIO_PROCESS, 0, 0), EACCES);
    });
}
