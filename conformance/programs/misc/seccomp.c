/* build: static
 * Filters of system calls. */
#include "../case.h"
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <ucontext.h>

#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define RETURN(value) BPF_STMT(BPF_RET | BPF_K, value)
#define IF_CALL(number, action) \
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1), RETURN(action)

static long install(struct sock_filter *filter, unsigned short length, unsigned flags) {
    struct sock_fprog program = {length, filter};
    return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program);
}
#define INSTALL(filter) OK(install(filter, sizeof(filter) / sizeof *(filter), 0))
#define REFUSES(filter, errno_) \
    CHECK_ERRNO(install(filter, sizeof(filter) / sizeof *(filter), 0), errno_)

static void no_new_privileges(void) { OK(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)); }

CASE(filter_answers_an_errno) {
    struct sock_filter filter[] = {
        LOAD(arch),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AUDIT_ARCH_X86_64, 1, 0),
        RETURN(SECCOMP_RET_KILL_PROCESS),
        LOAD(nr),
        IF_CALL(SYS_getppid, SECCOMP_RET_ERRNO | 77),
        IF_CALL(SYS_uname, SECCOMP_RET_ERRNO | 0),
        RETURN(SECCOMP_RET_ALLOW),
    };
    no_new_privileges();
    CHECK_EQ(prctl(PR_GET_SECCOMP), 0);
    INSTALL(filter);
    CHECK_EQ(prctl(PR_GET_SECCOMP), 2);
    CHECK_ERRNO(syscall(SYS_getppid), 77);
    CHECK_EQ(syscall(SYS_uname, NULL), 0); /* not made, and says it was */
    CHECK(getpid() > 0);
    IN_CHILD(CHECK_ERRNO(syscall(SYS_getppid), 77));
}

CASE(filter_sees_arguments) {
    struct sock_filter filter[] = {
        LOAD(nr),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_dup, 0, 5),
        LOAD(args[0]),
        BPF_STMT(BPF_ALU | BPF_AND | BPF_K, 0xff),
        BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, 9, 0, 2),
        LOAD(args[0]),
        BPF_STMT(BPF_RET | BPF_A, 0),
        RETURN(SECCOMP_RET_ALLOW),
    };
    no_new_privileges();
    INSTALL(filter);
    CHECK_ERRNO(syscall(SYS_dup, 0x00050000 | 0x320), 0x320 & 0xfff); /* the errno of its choice */
    CHECK(dup(1) >= 0);
}

CASE(most_restrictive_filter_counts) {
    struct sock_filter lenient[] = {
        LOAD(nr), IF_CALL(SYS_getppid, SECCOMP_RET_ERRNO | 1), RETURN(SECCOMP_RET_ALLOW)};
    struct sock_filter strict[] = {
        LOAD(nr), IF_CALL(SYS_getppid, SECCOMP_RET_KILL_PROCESS), RETURN(SECCOMP_RET_ALLOW)};
    no_new_privileges();
    INSTALL(lenient);
    CHECK_ERRNO(syscall(SYS_getppid), 1);
    pid_t child = SPAWN({
        INSTALL(strict);
        INSTALL(lenient);
        syscall(SYS_getppid);
    });
    int status;
    OK(waitpid(child, &status, 0));
    CHECK(WIFSIGNALED(status));
    CHECK_EQ(WTERMSIG(status), SIGSYS);
}

static volatile int trapped_errno, trapped_call;

static void trapped(int signal, siginfo_t *info, void *context) {
    (void)signal;
    trapped_errno = info->si_errno;
    trapped_call = info->si_syscall;
    CHECK_EQ(info->si_code, 1); /* SYS_SECCOMP */
    CHECK_EQ(info->si_arch, AUDIT_ARCH_X86_64);
    ucontext_t *interrupted = context;
    CHECK_EQ(interrupted->uc_mcontext.gregs[REG_RAX], SYS_getppid);
    CHECK_EQ((long)info->si_call_addr, interrupted->uc_mcontext.gregs[REG_RIP]);
    interrupted->uc_mcontext.gregs[REG_RAX] = 4711;
}

CASE(trapped_call_is_emulated) {
    struct sock_filter filter[] = {
        LOAD(nr), IF_CALL(SYS_getppid, SECCOMP_RET_TRAP | 5), RETURN(SECCOMP_RET_ALLOW)};
    struct sigaction action = {.sa_sigaction = trapped, .sa_flags = SA_SIGINFO};
    OK(sigaction(SIGSYS, &action, NULL));
    no_new_privileges();
    INSTALL(filter);
    CHECK_EQ(syscall(SYS_getppid), 4711);
    CHECK_EQ(trapped_errno, 5);
    CHECK_EQ(trapped_call, SYS_getppid);
    CHECK_EQ(syscall(SYS_getppid), 4711);
}

CASE(strict_mode_leaves_four_calls) {
    int report[2];
    OK(pipe(report));
    pid_t child = SPAWN({
        OK(prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT));
        if (write(report[1], "x", 1) == 1) syscall(SYS_exit, 3);
    });
    int status;
    OK(waitpid(child, &status, 0));
    CHECK_EQ(status, 3 << 8);
    child = SPAWN({
        OK(prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT));
        getpid();
        syscall(SYS_getpid);
    });
    OK(waitpid(child, &status, 0));
    CHECK_EQ(status, SIGKILL);
}

CASE(filters_need_no_new_privileges) {
    struct sock_filter filter[] = {RETURN(SECCOMP_RET_ALLOW)};
    IN_CHILD({
        OK(setresuid(1000, 1000, 1000));
        REFUSES(filter, EACCES);
        no_new_privileges();
        INSTALL(filter);
    });
}

CASE(bad_programs_are_refused) {
    struct sock_filter no_return[] = {LOAD(nr)};
    struct sock_filter far_jump[] = {BPF_STMT(BPF_JMP | BPF_JA, 1), RETURN(0)};
    struct sock_filter far_load[] = {BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 64), RETURN(0)};
    struct sock_filter odd_load[] = {BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 2), RETURN(0)};
    struct sock_filter byte_load[] = {BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 0), RETURN(0)};
    struct sock_filter by_zero[] = {BPF_STMT(BPF_ALU | BPF_DIV | BPF_K, 0), RETURN(0)};
    struct sock_filter big_shift[] = {BPF_STMT(BPF_ALU | BPF_LSH | BPF_K, 32), RETURN(0)};
    struct sock_filter memory[] = {BPF_STMT(BPF_ST, 16), RETURN(0)};
    no_new_privileges();
    REFUSES(no_return, EINVAL);
    REFUSES(far_jump, EINVAL);
    REFUSES(far_load, EINVAL);
    REFUSES(odd_load, EINVAL);
    REFUSES(byte_load, EINVAL);
    REFUSES(by_zero, EINVAL);
    REFUSES(big_shift, EINVAL);
    REFUSES(memory, EINVAL);
    CHECK_ERRNO(install(no_return, 0, 0), EINVAL);
    CHECK_ERRNO(install(no_return, 5000, 0), EINVAL);
    CHECK_ERRNO(install((void *)8, 1, 0), EFAULT);
    CHECK_ERRNO(install(no_return, 1, 1 << 20), EINVAL);
    unsigned action = SECCOMP_RET_ERRNO;
    OK(syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action));
    action = 0x12340000;
    CHECK_ERRNO(syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action), EOPNOTSUPP);
}

static int ready[2], go[2];

static void *other_thread(void *unused) {
    (void)unused;
    char byte;
    OK(write(ready[1], "x", 1));
    OK(read(go[0], &byte, 1));
    CHECK_ERRNO(syscall(SYS_getppid), 9);
    return NULL;
}

CASE(filters_for_all_threads) {
    struct sock_filter filter[] = {
        LOAD(nr), IF_CALL(SYS_getppid, SECCOMP_RET_ERRNO | 9), RETURN(SECCOMP_RET_ALLOW)};
    char byte;
    OK(pipe(ready));
    OK(pipe(go));
    pthread_t thread;
    CHECK_EQ(pthread_create(&thread, NULL, other_thread, NULL), 0);
    OK(read(ready[0], &byte, 1));
    no_new_privileges();
    OK(install(filter, 4, SECCOMP_FILTER_FLAG_TSYNC));
    OK(write(go[1], "x", 1));
    CHECK_EQ(pthread_join(thread, NULL), 0);
    CHECK_ERRNO(syscall(SYS_getppid), 9);
}
