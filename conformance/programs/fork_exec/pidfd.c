/* build: static
 * pidfd_getfd(2), process_madvise(2), process_mrelease(2), /proc/PID as a descriptor of a process. */
#include "../case.h"
#include <sys/uio.h>

enum { GETFD = 438, MADVISE = 440, MRELEASE = 448 };

static int pidfd_of(pid_t pid) {
    return OK((int)syscall(SYS_pidfd_open, pid, 0));
}

CASE(a_descriptor_of_another_process_is_taken) {
    int ends[2];
    OK(pipe(ends));
    pid_t child = OK(fork());
    if (child == 0) {
        OK(dup2(ends[1], 100));
        close(ends[0]);
        OK((int)write(100, "r", 1));
        pause();
    }
    char byte;
    CHECK_EQ(read(ends[0], &byte, 1), 1);
    int process = pidfd_of(child);
    int taken = OK((int)syscall(GETFD, process, 100, 0));
    CHECK_EQ(fcntl(taken, F_GETFD), FD_CLOEXEC);
    CHECK_EQ(write(taken, "x", 1), 1);
    CHECK_EQ(read(ends[0], &byte, 1), 1);
    CHECK_EQ(byte, 'x');
    CHECK_ERRNO(syscall(GETFD, process, 101, 0), EBADF);
    CHECK_ERRNO(syscall(GETFD, process, 100, 1), EINVAL);
    CHECK_ERRNO(syscall(GETFD, taken, 100, 0), EBADF);
    OK(kill(child, SIGKILL));
    wait_signal(child, SIGKILL);
    CHECK_ERRNO(syscall(GETFD, process, 100, 0), ESRCH);
}

CASE(a_process_is_not_taken_from_by_others) {
    pid_t child = SPAWN(pause());
    int process = pidfd_of(child);
    IN_CHILD({
        OK(setresgid(65534, 65534, 65534));
        OK(setresuid(65534, 65534, 65534));
        CHECK_ERRNO(syscall(GETFD, process, 0, 0), EPERM);
    });
    OK(kill(child, SIGKILL));
    wait_signal(child, SIGKILL);
}

CASE(a_directory_of_proc_stands_for_its_process) {
    char path[64];
    pid_t child = SPAWN(pause());
    snprintf(path, sizeof path, "/proc/%d", child);
    int directory = OK(open(path, O_RDONLY | O_DIRECTORY));
    int only_path = OK(open(path, O_PATH | O_DIRECTORY));
    int other = OK(open("/proc", O_RDONLY | O_DIRECTORY));
    OK(syscall(SYS_pidfd_send_signal, directory, 0, NULL, 0));
    CHECK_ERRNO(syscall(SYS_pidfd_send_signal, only_path, 0, NULL, 0), EBADF);
    CHECK_ERRNO(syscall(SYS_pidfd_send_signal, other, 0, NULL, 0), EBADF);
    OK(syscall(SYS_pidfd_send_signal, directory, SIGKILL, NULL, 0));
    wait_signal(child, SIGKILL);
    CHECK_ERRNO(syscall(SYS_pidfd_send_signal, directory, 0, NULL, 0), ESRCH);
}

CASE(advice_about_own_memory) {
    char *at = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(at != MAP_FAILED);
    struct iovec ranges[] = {{at, 4096}, {at + 4096, 4096}};
    int self = pidfd_of(getpid());
    if (syscall(MADVISE, self, ranges, 2, 20 /* MADV_COLD */, 0) == -1 && errno == EPERM)
        case_skip("a kernel that asks for CAP_SYS_NICE");
    CHECK_EQ(syscall(MADVISE, self, ranges, 2, 20, 0), 8192);
    CHECK_ERRNO(syscall(MADVISE, self, ranges, 2, 20, 1), EINVAL);
    CHECK_ERRNO(syscall(MADVISE, 0, ranges, 2, 20, 0), EBADF);
}

CASE(memory_of_a_living_process_is_not_released) {
    pid_t child = SPAWN(pause());
    int process = pidfd_of(child);
    if (syscall(MRELEASE, process, 0) == -1 && errno == ENOSYS) case_skip("an older kernel");
    CHECK_ERRNO(syscall(MRELEASE, process, 0), EINVAL);
    CHECK_ERRNO(syscall(MRELEASE, process, 1), EINVAL);
    CHECK_ERRNO(syscall(MRELEASE, 0, 0), EBADF);
    OK(kill(child, SIGKILL));
    AWAIT(task_state("self") && syscall(MRELEASE, process, 0) == -1 && errno == ESRCH);
    wait_signal(child, SIGKILL);
}
