/* What the programs about ptrace(2) have in common. */
#ifndef TRACE_H
#define TRACE_H
#include "../case.h"
#include <elf.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/user.h>

#define EVENT(status) ((status) >> 16)
#define SYSGOOD (SIGTRAP | 0x80)

/* Waits for a stop of a tracee; gives its signal, with the event above it. */
#define wait_stop(tracee)                                                              \
    ({                                                                                 \
        int stop_status_;                                                              \
        pid_t stopped_;                                                                \
        do stopped_ = waitpid((tracee), &stop_status_, __WALL);                        \
        while (stopped_ == -1 && errno == EINTR);                                      \
        if (stopped_ != (tracee) || !WIFSTOPPED(stop_status_))                         \
            FAIL("waitpid(%d) gave %d, status 0x%x", (tracee), stopped_, stop_status_); \
        stop_status_ >> 8;                                                             \
    })

/* A child that traces itself, stops, and then runs the statements. */
#define TRACED(...)                                                                    \
    ({                                                                                 \
        pid_t traced_ = SPAWN({                                                        \
            OK(ptrace(PTRACE_TRACEME, 0, 0, 0));                                       \
            raise(SIGSTOP);                                                            \
            __VA_ARGS__;                                                               \
        });                                                                            \
        CHECK_EQ(wait_stop(traced_), SIGSTOP);                                         \
        traced_;                                                                       \
    })

static __attribute__((unused)) struct user_regs_struct registers_of(pid_t tracee) {
    struct user_regs_struct all;
    OK(ptrace(PTRACE_GETREGS, tracee, 0, &all));
    return all;
}

static __attribute__((unused)) void go_on(int request, pid_t tracee, long signal) {
    OK(ptrace(request, tracee, 0, signal));
}

/* Kills a tracee and takes its end. */
static __attribute__((unused)) void end_tracee(pid_t tracee) {
    OK(kill(tracee, SIGKILL));
    int status;
    do OK(waitpid(tracee, &status, __WALL));
    while (WIFSTOPPED(status));
    CHECK(WIFSIGNALED(status));
    CHECK_EQ(WTERMSIG(status), SIGKILL);
}

static __attribute__((unused)) int tracer_of(pid_t task) {
    char path[64], text[4096];
    snprintf(path, sizeof path, "/proc/%d/status", task);
    read_file(path, text, sizeof text);
    return atoi(strstr(text, "TracerPid:") + 10);
}
#endif
