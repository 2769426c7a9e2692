/* build: static dynamic
 * Identity, limits, prctl, scheduling, random, uname, System V IPC, message queues, and the rest. */
#include "../case.h"
#include <grp.h>
#include <linux/capability.h>
#include <linux/membarrier.h>
#include <mqueue.h>
#include <sched.h>
#include <sys/fsuid.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>

CASE(uname_fields) {
    struct utsname name;
    OK(uname(&name));
    CHECK_STR(name.sysname, "Linux");
    CHECK_STR(name.machine, "x86_64");
    int major, minor;
    CHECK_EQ(sscanf(name.release, "%d.%d", &major, &minor), 2);
    CHECK(major >= 5);
    char host[256];
    OK(gethostname(host, sizeof host));
    CHECK_STR(host, name.nodename);
    CHECK_ERRNO(syscall(SYS_uname, (void *)8), EFAULT);
}

CASE(user_ids_set_and_saved) {
    IN_CHILD({
        uid_t real;
        uid_t effective;
        uid_t saved;
        OK(setresuid(10, 20, 30));
        OK(getresuid(&real, &effective, &saved));
        CHECK_EQ(real * 10000 + effective * 100 + saved, 102030);
        OK(seteuid(30)); /* any of the three */
        CHECK_EQ(geteuid(), 30);
        OK(setresuid(-1, 10, -1));
        CHECK_ERRNO(setuid(20), EPERM);
        CHECK_ERRNO(setresuid(0, -1, -1), EPERM);
        OK(setreuid(-1, 30));
    });
}

CASE(root_drops_privileges_for_good) {
    IN_CHILD({
        OK(setgroups(0, NULL));
        OK(setgid(500));
        OK(setuid(1000)); /* sets all three */
        uid_t real;
        uid_t effective;
        uid_t saved;
        OK(getresuid(&real, &effective, &saved));
        CHECK_EQ(real, 1000);
        CHECK_EQ(saved, 1000);
        CHECK_ERRNO(setuid(0), EPERM);
        CHECK_ERRNO(setgid(0), EPERM);
        CHECK_ERRNO(seteuid(0), EPERM);
        CHECK_EQ(getegid(), 500);
    });
}

CASE(file_system_ids) {
    IN_CHILD({
        CHECK_EQ(setfsuid(1234), 0);
        CHECK_EQ(setfsuid(-1), 1234);
        OK(setresuid(0, 5, 0));
        CHECK_EQ(setfsuid(-1), 5); /* follows the effective one */
        CHECK_EQ(setfsgid(-1), 0);
    });
}

static void capabilities(uint32_t *effective, uint32_t *permitted) {
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct data[2];
    OK(syscall(SYS_capget, &header, data));
    *effective = data[0].effective;
    *permitted = data[0].permitted;
}

CASE(capabilities_follow_the_user) {
    uint32_t effective, permitted;
    capabilities(&effective, &permitted);
    CHECK(effective & 1 << CAP_SETUID && effective & 1 << CAP_CHOWN && effective & 1 << CAP_KILL);
    IN_CHILD({
        OK(setresuid(1000, 1000, 0));
        capabilities(&effective, &permitted);
        CHECK_EQ(effective, 0);
        CHECK(permitted != 0);
        OK(seteuid(0));
        capabilities(&effective, &permitted);
        CHECK(effective != 0);
        OK(setresuid(1000, 1000, 1000));
        capabilities(&effective, &permitted);
        CHECK_EQ(permitted, 0);
    });
    IN_CHILD({
        OK(prctl(PR_SET_KEEPCAPS, 1));
        OK(setresuid(1000, 1000, 1000));
        capabilities(&effective, &permitted);
        CHECK_EQ(effective, 0);
        CHECK(permitted != 0);
    });
}

CASE(capability_calls_check) {
    struct __user_cap_header_struct header = {12345, 0};
    struct __user_cap_data_struct data[2] = {0};
    CHECK_ERRNO(syscall(SYS_capget, &header, data), EINVAL);
    CHECK_EQ(header.version, _LINUX_CAPABILITY_VERSION_3); /* told what to use */
    header.pid = 0x3fffffff;
    CHECK_ERRNO(syscall(SYS_capget, &header, data), ESRCH);
    IN_CHILD({
        header = (struct __user_cap_header_struct){_LINUX_CAPABILITY_VERSION_3, 0};
        data[0].effective = data[0].permitted = 1 << CAP_KILL;
        OK(syscall(SYS_capset, &header, data));
        data[0].permitted |= 1 << CAP_CHOWN;
        CHECK_ERRNO(syscall(SYS_capset, &header, data), EPERM);
        CHECK_ERRNO(setuid(1), EPERM);
    });
    CHECK_EQ(prctl(PR_CAPBSET_READ, CAP_CHOWN), 1);
    CHECK_ERRNO(prctl(PR_CAPBSET_READ, 64), EINVAL);
}

CASE(limits_get_and_set) {
    struct rlimit limit, now;
    OK(getrlimit(RLIMIT_NOFILE, &limit));
    CHECK(limit.rlim_cur <= limit.rlim_max);
    IN_CHILD({
        limit = (struct rlimit){50, 60};
        OK(setrlimit(RLIMIT_NOFILE, &limit));
        OK(prlimit(0, RLIMIT_NOFILE, NULL, &now));
        CHECK_EQ(now.rlim_cur, 50);
        CHECK_EQ(now.rlim_max, 60);
        IN_CHILD({
            OK(getrlimit(RLIMIT_NOFILE, &now));
            CHECK_EQ(now.rlim_cur, 50);
        });
        limit.rlim_cur = 70;
        CHECK_ERRNO(setrlimit(RLIMIT_NOFILE, &limit), EINVAL); /* soft above hard */
        OK(setresuid(1000, 1000, 1000));
        limit = (struct rlimit){50, 61};
        CHECK_ERRNO(setrlimit(RLIMIT_NOFILE, &limit), EPERM);
        limit = (struct rlimit){60, 60};
        OK(setrlimit(RLIMIT_NOFILE, &limit));
    });
    CHECK_ERRNO(getrlimit(99, &limit), EINVAL);
    CHECK_ERRNO(prlimit(0x3fffffff, RLIMIT_NOFILE, NULL, &now), ESRCH);
    CHECK_ERRNO(syscall(SYS_prlimit64, 0, RLIMIT_NOFILE, NULL, (void *)8), EFAULT);
    for (int resource = 0; resource < 16; resource++) OK(getrlimit(resource, &now));
}

CASE(limits_of_another_process) {
    pid_t child = SPAWN(for (;;) pause());
    struct rlimit limit = {33, 44}, old;
    OK(prlimit(child, RLIMIT_NOFILE, &limit, &old));
    OK(prlimit(child, RLIMIT_NOFILE, NULL, &old));
    CHECK_EQ(old.rlim_cur, 33);
    OK(kill(child, SIGKILL));
    wait_signal(child, SIGKILL);
}

CASE(random_bytes) {
    unsigned char first[256], second[256] = {0};
    CHECK_EQ(getrandom(first, 256, 0), 256); /* up to 256 bytes are never cut */
    CHECK_EQ(getrandom(second, 256, GRND_NONBLOCK), 256);
    CHECK(memcmp(first, second, 256) != 0);
    int different = 0;
    for (int i = 1; i < 256; i++) different += first[i] != first[0];
    CHECK(different > 200);
    CHECK_EQ(getrandom(first, 0, 0), 0);
    CHECK_ERRNO(getrandom(first, 10, 12345), EINVAL);
    CHECK_ERRNO(getrandom((void *)8, 10, 0), EFAULT);
    unsigned char mine[16], theirs[16];
    int ends[2];
    OK(pipe(ends));
    pid_t child = SPAWN({
        getrandom(theirs, 16, 0);
        CHECK_EQ(write(ends[1], theirs, 16), 16);
    });
    getrandom(mine, 16, 0);
    CHECK_EQ(read(ends[0], theirs, 16), 16);
    CHECK(memcmp(mine, theirs, 16) != 0);
    wait_ok(child);
}

CASE(prctl_settings) {
    CHECK_EQ(prctl(PR_GET_DUMPABLE), 1);
    OK(prctl(PR_SET_DUMPABLE, 0));
    CHECK_EQ(prctl(PR_GET_DUMPABLE), 0);
    CHECK_ERRNO(prctl(PR_SET_DUMPABLE, 77), EINVAL);
    CHECK_EQ(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0), 0);
    OK(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
    CHECK_EQ(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0), 1);
    CHECK_ERRNO(prctl(PR_SET_NO_NEW_PRIVS, 0, 0, 0, 0), EINVAL); /* for good */
    IN_CHILD(CHECK_EQ(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0), 1));
    CHECK_EQ(prctl(PR_GET_KEEPCAPS), 0);
    CHECK_EQ(prctl(PR_GET_SECCOMP), 0);
    CHECK_ERRNO(prctl(99999), EINVAL);
    CHECK_ERRNO(prctl(PR_SET_PDEATHSIG, 99), EINVAL);
    CHECK_ERRNO(prctl(PR_SET_NAME, (void *)8), EFAULT);
    OK(prctl(PR_SET_TIMERSLACK, 1000000));
    CHECK_EQ(prctl(PR_GET_TIMERSLACK), 1000000);
}

CASE(scheduling_calls) {
    struct sched_param parameter = {0};
    CHECK_EQ(sched_getscheduler(0), SCHED_OTHER);
    OK(sched_getparam(0, &parameter));
    CHECK_EQ(parameter.sched_priority, 0);
    OK(sched_setscheduler(0, SCHED_BATCH, &parameter));
    CHECK_EQ(sched_getscheduler(0), SCHED_BATCH);
    OK(sched_setscheduler(0, SCHED_OTHER, &parameter));
    parameter.sched_priority = 5;
    CHECK_ERRNO(sched_setscheduler(0, SCHED_OTHER, &parameter), EINVAL);
    CHECK_ERRNO(sched_getscheduler(0x3fffffff), ESRCH);
    CHECK_ERRNO(sched_getscheduler(-1), EINVAL);
    CHECK_EQ(sched_get_priority_max(SCHED_FIFO), 99);
    CHECK_EQ(sched_get_priority_min(SCHED_FIFO), 1);
    CHECK_EQ(sched_get_priority_max(SCHED_OTHER), 0);
    CHECK_ERRNO(sched_get_priority_max(77), EINVAL);
    OK(sched_yield());
    struct timespec interval;
    OK(sched_rr_get_interval(0, &interval));
}

CASE(affinity) {
    cpu_set_t set, now;
    OK(sched_getaffinity(0, sizeof set, &set));
    CHECK(CPU_COUNT(&set) >= 1);
    CHECK_EQ(sysconf(_SC_NPROCESSORS_ONLN) >= CPU_COUNT(&set), 1);
    int first = 0;
    while (!CPU_ISSET(first, &set)) first++;
    IN_CHILD({
        CPU_ZERO(&now);
        CPU_SET(first, &now);
        OK(sched_setaffinity(0, sizeof now, &now));
        OK(sched_getaffinity(0, sizeof now, &now));
        CHECK_EQ(CPU_COUNT(&now), 1);
        CHECK_EQ(sched_getcpu(), first);
        unsigned cpu;
        unsigned node;
        OK(syscall(SYS_getcpu, &cpu, &node, NULL));
        CHECK_EQ(cpu, first);
    });
    CPU_ZERO(&now);
    CHECK_ERRNO(sched_setaffinity(0, sizeof now, &now), EINVAL);
    CHECK_ERRNO(syscall(SYS_sched_getaffinity, 0, 3, &now), EINVAL);
    CHECK_ERRNO(sched_getaffinity(0x3fffffff, sizeof now, &now), ESRCH);
}

CASE(system_information) {
    struct sysinfo info;
    OK(sysinfo(&info));
    CHECK(info.totalram > 0 && info.freeram <= info.totalram);
    CHECK(info.procs >= 1);
    CHECK(info.uptime >= 0);
    CHECK(info.mem_unit >= 1);
    double told;
    FILE *averages = fopen("/proc/loadavg", "r");
    CHECK(averages != NULL);
    CHECK_EQ(fscanf(averages, "%lf", &told), 1);
    fclose(averages);
    double load = info.loads[0] / 65536.0;
    CHECK(load > told - 0.5 && load < told + 0.5);
    CHECK_ERRNO(syscall(SYS_sysinfo, (void *)8), EFAULT);
    CHECK(sysconf(_SC_PHYS_PAGES) > 0);
    CHECK_EQ(sysconf(_SC_PAGESIZE), 4096);
    CHECK_EQ(sysconf(_SC_CLK_TCK), 100);
}

CASE(unknown_calls_are_enosys) {
    CHECK_ERRNO(syscall(5000), ENOSYS);
    CHECK_ERRNO(syscall(-1), ENOSYS);
    CHECK_ERRNO(syscall(0x7fffffff), ENOSYS);
    CHECK_ERRNO(syscall(SYS_create_module), ENOSYS);
    CHECK_ERRNO(syscall(SYS_vserver), ENOSYS);
}

CASE(arch_prctl_segment_bases) {
    unsigned long fs, gs;
    OK(syscall(SYS_arch_prctl, 0x1003 /* ARCH_GET_FS */, &fs));
    CHECK(fs != 0);
    OK(syscall(SYS_arch_prctl, 0x1001 /* ARCH_SET_GS */, 0x123000));
    OK(syscall(SYS_arch_prctl, 0x1004 /* ARCH_GET_GS */, &gs));
    CHECK_EQ(gs, 0x123000);
    static long word = 42, seen;
    OK(syscall(SYS_arch_prctl, 0x1001, &word));
    __asm__ volatile("mov %%gs:0, %0" : "=r"(seen));
    CHECK_EQ(seen, 42);
    for (int i = 0; i < 5; i++) sched_yield();
    __asm__ volatile("mov %%gs:0, %0" : "=r"(seen));
    CHECK_EQ(seen, 42);
    CHECK_ERRNO(syscall(SYS_arch_prctl, 0x1002, 1UL << 63), EPERM);
    CHECK_ERRNO(syscall(SYS_arch_prctl, 0x9999, 0), EINVAL);
}

CASE(membarrier_commands) {
    long supported = OK(syscall(SYS_membarrier, MEMBARRIER_CMD_QUERY, 0));
    CHECK(supported & MEMBARRIER_CMD_PRIVATE_EXPEDITED);
    CHECK_ERRNO(syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0), EPERM);
    OK(syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0));
    OK(syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0));
    CHECK_ERRNO(syscall(SYS_membarrier, 12345, 0), EINVAL);
}

CASE(shared_memory_segments) {
    int id = OK(shmget(IPC_PRIVATE, 10000, IPC_CREAT | 0600));
    char *memory = OK(shmat(id, NULL, 0));
    CHECK_EQ(memory[9999], 0);
    IN_CHILD(strcpy(memory, "from the child"));
    CHECK_STR(memory, "from the child");
    struct shmid_ds about;
    OK(shmctl(id, IPC_STAT, &about));
    CHECK_EQ(about.shm_segsz, 10000);
    CHECK_EQ(about.shm_nattch, 1);
    CHECK_EQ(about.shm_cpid, getpid());
    char *reader = OK(shmat(id, NULL, SHM_RDONLY));
    CHECK_STR(reader, "from the child");
    OK(shmctl(id, IPC_STAT, &about));
    CHECK_EQ(about.shm_nattch, 2);
    OK(shmdt(reader));
    OK(shmctl(id, IPC_RMID, NULL)); /* lives until the last detach */
    CHECK_STR(memory, "from the child");
    OK(shmdt(memory));
    CHECK_ERRNO((intptr_t)shmat(id, NULL, 0), EINVAL);
    CHECK_ERRNO(shmdt(memory), EINVAL);
}

CASE(shared_memory_keys) {
    key_t key = 0x4c430000 ^ getpid();
    CHECK_ERRNO(shmget(key, 4096, 0), ENOENT);
    int id = OK(shmget(key, 4096, IPC_CREAT | IPC_EXCL | 0600));
    CHECK_ERRNO(shmget(key, 4096, IPC_CREAT | IPC_EXCL | 0600), EEXIST);
    CHECK_EQ(shmget(key, 4096, 0), id);
    CHECK_EQ(shmget(key, 100, 0), id);
    CHECK_ERRNO(shmget(key, 8192, 0), EINVAL); /* larger than it is */
    CHECK_ERRNO(shmget(IPC_PRIVATE, 0, IPC_CREAT), EINVAL);
    OK(shmctl(id, IPC_RMID, NULL));
    CHECK_ERRNO(shmget(key, 4096, 0), ENOENT);
}

CASE(semaphore_sets) {
    int id = OK(semget(IPC_PRIVATE, 2, IPC_CREAT | 0600));
    union { int val; unsigned short *array; } argument = {.val = 1};
    OK(semctl(id, 0, SETVAL, argument));
    struct sembuf down = {0, -1, 0}, up = {0, 1, 0}, try_down = {0, -1, IPC_NOWAIT};
    OK(semop(id, &down, 1));
    CHECK_ERRNO(semop(id, &try_down, 1), EAGAIN);
    pid_t child = SPAWN(OK(semop(id, &down, 1)));
    AWAIT_SLEEPING(child);
    CHECK_EQ(semctl(id, 0, GETNCNT), 1);
    OK(semop(id, &up, 1));
    wait_ok(child);
    struct sembuf undo = {1, 5, SEM_UNDO};
    IN_CHILD(OK(semop(id, &undo, 1)));
    CHECK_EQ(semctl(id, 1, GETVAL), 0); /* undone at the child's end */
    IN_CHILD({
        struct sembuf most = {1, 32767, SEM_UNDO}, none = {1, -32767, 0}, two[] = {{0, 1, SEM_UNDO}, {1, 2, SEM_UNDO}};
        OK(semop(id, &most, 1));
        OK(semop(id, &none, 1));
        CHECK_ERRNO(semop(id, two, 2), ERANGE); /* more would be undone than a semaphore can have */
        CHECK_EQ(semctl(id, 0, GETVAL), 0);
        two[1].sem_op = 1;
        OK(semop(id, two, 2));
    });
    CHECK_EQ(semctl(id, 0, GETVAL), 0);
    CHECK_EQ(semctl(id, 1, GETVAL), 0);
    struct timespec wait = {0, 20000000};
    CHECK_ERRNO(semtimedop(id, &down, 1, &wait), EAGAIN);
    child = SPAWN(CHECK_ERRNO(semop(id, &down, 1), EIDRM));
    AWAIT_SLEEPING(child);
    OK(semctl(id, 0, IPC_RMID));
    wait_ok(child);
}

CASE(message_queues_of_system_v) {
    int id = OK(msgget(IPC_PRIVATE, IPC_CREAT | 0600));
    struct { long type; char text[32]; } out = {2, "second"}, in;
    OK(msgsnd(id, &out, 7, 0));
    out.type = 1;
    strcpy(out.text, "first");
    OK(msgsnd(id, &out, 6, 0));
    CHECK_EQ(msgrcv(id, &in, 32, 1, 0), 6); /* by type */
    CHECK_STR(in.text, "first");
    CHECK_ERRNO(msgrcv(id, &in, 2, 0, 0), E2BIG);
    CHECK_EQ(msgrcv(id, &in, 2, 0, MSG_NOERROR), 2);
    CHECK_ERRNO(msgrcv(id, &in, 32, 0, IPC_NOWAIT), ENOMSG);
    out.type = 0;
    CHECK_ERRNO(msgsnd(id, &out, 1, 0), EINVAL);
    OK(msgctl(id, IPC_RMID, NULL));
}

CASE(seccomp_and_ptrace_probes) {
    /* What package managers and sandboxes probe for; any honest errno will do but not success. */
    CHECK(syscall(SYS_seccomp, 99, 0, NULL) == -1);
    CHECK(syscall(SYS_ptrace, 9999, 0, 0, 0) == -1);
    CHECK(syscall(SYS_io_uring_enter, -1, 0, 0, 0, NULL, 0) == -1);
    CHECK(syscall(SYS_userfaultfd, -1) == -1);
    CHECK(syscall(SYS_bpf, -1, NULL, 0) == -1);
}

CASE(unprivileged_process_cannot_administer) {
    IN_CHILD({
        OK(setresuid(1000, 1000, 1000));
        CHECK_ERRNO(sethostname("x", 1), EPERM);
        CHECK_ERRNO(syscall(SYS_reboot, 0xfee1dead, 672274793, 0, NULL), EPERM);
        CHECK_ERRNO(syscall(SYS_mount, "none", "/", "tmpfs", 0, NULL), EPERM);
        CHECK_ERRNO(syscall(SYS_swapon, "x", 0), EPERM);
        CHECK_ERRNO(clock_settime(CLOCK_REALTIME, &(struct timespec){1, 0}), EPERM);
        CHECK_ERRNO(syscall(SYS_setns, 0, 0), EINVAL);
        CHECK_ERRNO(syscall(SYS_unshare, 0x20000 /* CLONE_NEWNS */), EPERM);
        CHECK_ERRNO(syscall(SYS_unshare, 0x8000 /* CLONE_PARENT */), EINVAL);
        CHECK_ERRNO(syscall(SYS_unshare, 1), EINVAL);
    });
}

CASE(restart_syscall_by_hand_is_eintr) { CHECK_ERRNO(syscall(SYS_restart_syscall), EINTR); }

struct deadline_attributes {
    uint32_t size, policy;
    uint64_t flags;
    int32_t nice;
    uint32_t priority;
    uint64_t runtime, deadline, period;
};

/* sched(7), "SCHED_DEADLINE": what makes no sense is found before who may not. */
CASE(deadlines_are_checked_and_refused) {
    OK(setresuid(65534, 65534, 65534));
    struct deadline_attributes attributes = {48, 6, 0, 0, 0, 10000, 100000, 0};
    struct deadline_attributes now = attributes;
    CHECK_ERRNO(syscall(SYS_sched_setattr, 0, &now, 0), EPERM);
    now.period = 100000;
    now.nice = 5;
    CHECK_ERRNO(syscall(SYS_sched_setattr, 0, &now, 0), EPERM);
    now.runtime = 1023;
    CHECK_ERRNO(syscall(SYS_sched_setattr, 0, &now, 0), EINVAL);
    now.runtime = 200000;
    CHECK_ERRNO(syscall(SYS_sched_setattr, 0, &now, 0), EINVAL);
    now = attributes;
    now.deadline = 0;
    CHECK_ERRNO(syscall(SYS_sched_setattr, 0, &now, 0), EINVAL);
    now = attributes;
    now.period = 99999;
    CHECK_ERRNO(syscall(SYS_sched_setattr, 0, &now, 0), EINVAL);
    now.period = 5000000000;
    CHECK_ERRNO(syscall(SYS_sched_setattr, 0, &now, 0), EINVAL);
    now.period = 1L << 63;
    CHECK_ERRNO(syscall(SYS_sched_setattr, 0, &now, 0), EINVAL);
    now = attributes;
    now.priority = 1;
    CHECK_ERRNO(syscall(SYS_sched_setattr, 0, &now, 0), EINVAL);
}
