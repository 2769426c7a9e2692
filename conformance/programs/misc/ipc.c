/* build: static
 * More of System V IPC, and the message queues of POSIX. */
#include "../case.h"
#include <linux/kcmp.h>
#include <mqueue.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/syscall.h>

union semun {
    int val;
    struct semid_ds *info;
    unsigned short *array;
};

CASE(shared_memory_flags_and_permissions) {
    int id = OK(shmget(IPC_PRIVATE, 4096, IPC_CREAT | 0400));
    CHECK_ERRNO((intptr_t)shmat(id, (void *)1, 0), EINVAL);
    CHECK_ERRNO((intptr_t)shmat(id + 7, NULL, 0), EINVAL);
    char *free_range = OK(mmap(NULL, 8192, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    CHECK_ERRNO((intptr_t)shmat(id, free_range, SHM_RDONLY), EINVAL); /* taken */
    char *there = OK(shmat(id, free_range + 10, SHM_RDONLY | SHM_RND | SHM_REMAP));
    CHECK(there == free_range);
    CHECK_ERRNO(mprotect(there, 4096, PROT_READ | PROT_WRITE), EACCES);
    IN_CHILD({
        OK(setresuid(1000, 1000, 1000));
        CHECK_ERRNO((intptr_t)shmat(id, NULL, SHM_RDONLY), EACCES);
        CHECK_ERRNO(shmctl(id, IPC_RMID, NULL), EPERM);
        struct shmid_ds about;
        CHECK_ERRNO(shmctl(id, IPC_STAT, &about), EACCES);
    });
    struct shmid_ds about;
    OK(shmctl(id, IPC_STAT, &about));
    about.shm_perm.mode = 0644;
    about.shm_perm.uid = 1000;
    OK(shmctl(id, IPC_SET, &about));
    IN_CHILD({
        OK(setresuid(1000, 1000, 1000));
        OK(shmat(id, NULL, 0));
        OK(shmctl(id, IPC_RMID, NULL));
    });
    OK(shmctl(id, IPC_STAT, &about));
    CHECK_EQ(about.shm_perm.__key, 0);
    CHECK(about.shm_perm.mode & 01000); /* SHM_DEST */
    OK(shmdt(there));
    CHECK(shmctl(id, IPC_STAT, &about) == -1);
    CHECK(errno == EINVAL || errno == EIDRM);
}

CASE(shared_memory_is_kept_by_fork_and_dropped_by_exec) {
    int id = OK(shmget(IPC_PRIVATE, 4096, IPC_CREAT | 0600));
    OK(shmat(id, NULL, 0));
    struct shmid_ds about;
    int go[2];
    OK(pipe(go));
    pid_t child = SPAWN({
        char byte;
        close(go[1]);
        OK(read(go[0], &byte, 1));
        execl("/bin/true", "true", NULL);
        _exit(0);
    });
    OK(shmctl(id, IPC_STAT, &about));
    CHECK_EQ(about.shm_nattch, 2);
    OK(write(go[1], "x", 1));
    OK(waitpid(child, NULL, 0));
    OK(shmctl(id, IPC_STAT, &about));
    CHECK_EQ(about.shm_nattch, 1);
    OK(shmctl(id, IPC_RMID, NULL));
}

CASE(semaphore_operations_are_all_or_none) {
    int id = OK(semget(IPC_PRIVATE, 3, IPC_CREAT | 0600));
    unsigned short values[3] = {1, 2, 0};
    OK(semctl(id, 0, SETALL, (union semun){.array = values}));
    struct sembuf both[2] = {{0, -1, IPC_NOWAIT}, {2, -1, IPC_NOWAIT}};
    CHECK_ERRNO(semop(id, both, 2), EAGAIN);
    CHECK_EQ(semctl(id, 0, GETVAL), 1);
    struct sembuf many = {0, 32767, 0};
    CHECK_ERRNO(semop(id, &many, 1), ERANGE);
    struct sembuf far = {3, 1, 0};
    CHECK_ERRNO(semop(id, &far, 1), EFBIG);
    CHECK_ERRNO(semop(id, both, 0), EINVAL);
    CHECK_ERRNO(semop(id, both, 501), E2BIG);
    CHECK_ERRNO(semctl(id, 0, SETVAL, (union semun){.val = -1}), ERANGE);
    CHECK_ERRNO(semctl(id, 3, GETVAL), EINVAL);
    struct sembuf zero = {1, 0, 0};
    pid_t child = SPAWN(OK(semop(id, &zero, 1)));
    AWAIT_SLEEPING(child);
    CHECK_EQ(semctl(id, 1, GETZCNT), 1);
    struct sembuf down = {1, -2, 0};
    OK(semop(id, &down, 1));
    wait_ok(child);
    CHECK_EQ(semctl(id, 1, GETPID), child);
    OK(semctl(id, 0, GETALL, (union semun){.array = values}));
    CHECK_EQ(values[0], 1);
    CHECK_EQ(values[1], 0);
    struct semid_ds about;
    OK(semctl(id, 0, IPC_STAT, (union semun){.info = &about}));
    CHECK_EQ(about.sem_nsems, 3);
    CHECK(about.sem_otime != 0);
    OK(semctl(id, 0, IPC_RMID));
    CHECK_ERRNO(semop(id, &down, 1), EINVAL);
}

static void ignore(int signal) { (void)signal; }

CASE(semop_is_interrupted_even_with_sa_restart) {
    int id = OK(semget(IPC_PRIVATE, 1, IPC_CREAT | 0600));
    struct sigaction action = {.sa_handler = ignore, .sa_flags = SA_RESTART};
    OK(sigaction(SIGUSR1, &action, NULL));
    struct sembuf down = {0, -1, 0};
    pid_t child = SPAWN(CHECK_ERRNO(semop(id, &down, 1), EINTR));
    AWAIT_SLEEPING(child);
    OK(kill(child, SIGUSR1));
    wait_ok(child);
    CHECK_EQ(semctl(id, 0, GETNCNT), 0);
    OK(semctl(id, 0, IPC_RMID));
}

CASE(message_types_and_full_queues) {
    int id = OK(msgget(IPC_PRIVATE, IPC_CREAT | 0600));
    struct { long type; char text[8192]; } message = {5, "five"};
    OK(msgsnd(id, &message, 5, 0));
    message.type = 3;
    OK(msgsnd(id, &message, 5, 0));
    message.type = 4;
    OK(msgsnd(id, &message, 0, 0));
    CHECK_EQ(msgrcv(id, &message, 10, -4, 0), 5);
    CHECK_EQ(message.type, 3);
    CHECK_EQ(msgrcv(id, &message, 10, 5, MSG_EXCEPT), 0);
    CHECK_EQ(message.type, 4);
    CHECK_ERRNO(msgrcv(id, &message, 10, 9, IPC_NOWAIT), ENOMSG);
    CHECK_ERRNO(msgsnd(id, &message, 8193, 0), EINVAL);
    struct msqid_ds about;
    OK(msgctl(id, IPC_STAT, &about));
    CHECK_EQ(about.msg_qnum, 1);
    CHECK_EQ(about.msg_qbytes, 16384);
    CHECK_EQ(about.__msg_cbytes, 5);
    CHECK_EQ(about.msg_lspid, getpid());
    OK(msgsnd(id, &message, 8192, IPC_NOWAIT));
    CHECK_ERRNO(msgsnd(id, &message, 8192, IPC_NOWAIT), EAGAIN);
    pid_t child = SPAWN({
        message.type = 7;
        OK(msgsnd(id, &message, 8192, 0));
    });
    AWAIT_SLEEPING(child);
    CHECK_EQ(msgrcv(id, &message, 8192, 4, 0), 8192);
    wait_ok(child);
    child = SPAWN(CHECK_ERRNO(msgrcv(id, &message, 10, 99, 0), EIDRM));
    AWAIT_SLEEPING(child);
    OK(msgctl(id, IPC_RMID, NULL));
    wait_ok(child);
}

static mqd_t fresh_queue(int flags) {
    struct mq_attr attributes = {.mq_maxmsg = 2, .mq_msgsize = 16};
    char name[64];
    snprintf(name, sizeof name, "/case-%d", getpid());
    mqd_t queue = OK(mq_open(name, O_CREAT | O_EXCL | O_RDWR | flags, 0600, &attributes));
    CHECK_ERRNO(mq_open(name, O_CREAT | O_EXCL | O_RDWR, 0600, &attributes), EEXIST);
    OK(mq_unlink(name));
    CHECK_ERRNO(mq_unlink(name), ENOENT);
    return queue;
}

CASE(posix_queue_orders_by_priority) {
    mqd_t queue = fresh_queue(O_NONBLOCK);
    char text[16];
    unsigned priority;
    CHECK_ERRNO(mq_receive(queue, text, 16, NULL), EAGAIN);
    CHECK_ERRNO(mq_receive(queue, text, 15, NULL), EMSGSIZE);
    OK(mq_send(queue, "low", 4, 1));
    OK(mq_send(queue, "high", 5, 9));
    CHECK_ERRNO(mq_send(queue, "x", 1, 0), EAGAIN);
    CHECK_ERRNO(mq_send(queue, "x", 1, 32768), EINVAL);
    CHECK_ERRNO(mq_send(queue, text, 17, 0), EMSGSIZE);
    struct mq_attr attributes;
    OK(mq_getattr(queue, &attributes));
    CHECK_EQ(attributes.mq_flags, O_NONBLOCK);
    CHECK_EQ(attributes.mq_maxmsg, 2);
    CHECK_EQ(attributes.mq_msgsize, 16);
    CHECK_EQ(attributes.mq_curmsgs, 2);
    struct pollfd poll_for = {queue, POLLIN | POLLOUT, 0};
    CHECK_EQ(poll(&poll_for, 1, 0), 1);
    CHECK_EQ(poll_for.revents, POLLIN);
    CHECK_EQ(mq_receive(queue, text, 16, &priority), 5);
    CHECK_STR(text, "high");
    CHECK_EQ(priority, 9);
    CHECK_EQ(fcntl(queue, F_GETFD), FD_CLOEXEC);
    CHECK_ERRNO(mq_open("/no-such", O_RDWR), ENOENT);
    CHECK_ERRNO(syscall(SYS_mq_open, "a/b", O_CREAT | O_RDWR, 0600, NULL), EACCES);
    CHECK_ERRNO(mq_send(0, "x", 1, 0), EBADF);
}

CASE(posix_queue_waits_and_times_out) {
    mqd_t queue = fresh_queue(0);
    char text[16];
    struct timespec past = {1, 0}, bad = {1, -1};
    CHECK_ERRNO(mq_timedreceive(queue, text, 16, NULL, &past), ETIMEDOUT);
    CHECK_ERRNO(mq_timedreceive(queue, text, 16, NULL, &bad), EINVAL);
    pid_t child = SPAWN(CHECK_EQ(mq_receive(queue, text, 16, NULL), 3));
    AWAIT_SLEEPING(child);
    OK(mq_send(queue, "abc", 3, 0));
    wait_ok(child);
    OK(mq_send(queue, "1", 1, 0));
    OK(mq_send(queue, "2", 1, 0));
    CHECK_ERRNO(mq_timedsend(queue, "3", 1, 0, &past), ETIMEDOUT);
}

static volatile sig_atomic_t notified_value, notified_code;

static void notified(int signal, siginfo_t *info, void *context) {
    (void)signal, (void)context;
    notified_value = info->si_value.sival_int;
    notified_code = info->si_code;
}

CASE(posix_queue_notifies_once) {
    mqd_t queue = fresh_queue(0);
    struct sigaction action = {.sa_sigaction = notified, .sa_flags = SA_SIGINFO};
    OK(sigaction(SIGUSR1, &action, NULL));
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1};
    event.sigev_value.sival_int = 42;
    OK(mq_notify(queue, &event));
    CHECK_ERRNO(mq_notify(queue, &event), EBUSY);
    OK(mq_send(queue, "a", 1, 0));
    CHECK_EQ(notified_value, 42);
    CHECK_EQ(notified_code, SI_MESGQ);
    notified_value = 0;
    OK(mq_notify(queue, &event)); /* free again, and not told of a queue that is not empty */
    OK(mq_send(queue, "b", 1, 0));
    CHECK_EQ(notified_value, 0);
    OK(mq_notify(queue, NULL));
}

/* The first line of a file in /proc/sysvipc whose second column is an id; how many fields it has. */
static int fields_of(const char *path, int id, long *values) {
    char line[512];
    FILE *file = fopen(path, "r");
    CHECK(file != NULL);
    while (fgets(line, sizeof line, file) != NULL) {
        int count = 0;
        for (char *at = line, *end; count < 20; at = end) {
            values[count] = strtol(at, &end, 10);
            if (end == at) break;
            count++;
        }
        if (count > 2 && values[1] == id) {
            fclose(file);
            return count;
        }
    }
    fclose(file);
    return 0;
}

CASE(objects_are_listed_in_proc) {
    long values[20];
    int memory = OK(shmget(IPC_PRIVATE, 5000, IPC_CREAT | 0640));
    CHECK_EQ(fields_of("/proc/sysvipc/shm", memory, values), 16);
    CHECK_EQ(values[2], 640);
    CHECK_EQ(values[3], 5000);
    CHECK_EQ(values[4], getpid());
    OK(shmctl(memory, IPC_RMID, NULL));
    CHECK_EQ(fields_of("/proc/sysvipc/shm", memory, values), 0);
    int set = OK(semget(IPC_PRIVATE, 3, IPC_CREAT | 0600));
    CHECK_EQ(fields_of("/proc/sysvipc/sem", set, values), 10);
    CHECK_EQ(values[3], 3);
    OK(semctl(set, 0, IPC_RMID));
    int queue = OK(msgget(IPC_PRIVATE, IPC_CREAT | 0600));
    struct { long type; char text[8]; } message = {1, "text"};
    OK(msgsnd(queue, &message, 5, 0));
    CHECK_EQ(fields_of("/proc/sysvipc/msg", queue, values), 14);
    CHECK_EQ(values[3], 5);
    CHECK_EQ(values[4], 1);
    OK(msgctl(queue, IPC_RMID, NULL));
}

static long compare(pid_t one, pid_t other, int what) {
    return syscall(SYS_kcmp, one, other, what, 0, 0);
}

/* kcmp(2) compares what is there: two processes that have none of it are the same in that. */
CASE(processes_differ_in_what_they_undo_and_in_io_priority_once_they_have_such) {
    pid_t child = SPAWN(pause());
    CHECK_EQ(compare(getpid(), child, KCMP_SYSVSEM), 0);
    CHECK_EQ(compare(getpid(), child, KCMP_IO), 0);
    int set = OK(semget(IPC_PRIVATE, 1, 0600));
    struct sembuf up = {0, 1, 0};
    OK(semop(set, &up, 1));
    CHECK_EQ(compare(getpid(), child, KCMP_SYSVSEM), 0);
    up.sem_flg = SEM_UNDO;
    OK(semop(set, &up, 1));
    OK(semctl(set, 0, IPC_RMID));
    long order = compare(getpid(), child, KCMP_SYSVSEM);
    CHECK(order == 1 || order == 2);
    CHECK_EQ(compare(child, getpid(), KCMP_SYSVSEM), 3 - order);
    CHECK_EQ(compare(getpid(), getpid(), KCMP_SYSVSEM), 0);
    OK(syscall(SYS_ioprio_set, 1, 0, 2 << 13 | 4));
    CHECK(compare(getpid(), child, KCMP_IO) > 0);
    pid_t heir = SPAWN(pause());
    CHECK_EQ(compare(heir, child, KCMP_SYSVSEM), 0);
    CHECK(compare(heir, getpid(), KCMP_IO) > 0);
    OK(kill(child, SIGKILL));
    OK(kill(heir, SIGKILL));
    OK(waitpid(child, NULL, 0));
    OK(waitpid(heir, NULL, 0));
}
