package dev.littlecloud.kernel.syscall;

import java.util.HashMap;
import java.util.Map;

/**
 * Which arguments of which calls are an {@code int}, signed or not. Linux looks at the lower half of
 * their registers; compilers leave what they like in the upper one.
 */
final class IntArguments {
    /** A line a form: {@code i} for an int, {@code -} for what fills a register; then the calls. */
    private static final String PROTOTYPES =
            """
            i close dup fsync fdatasync fchdir umask exit exit_group getpgid getsid epoll_create
            i epoll_create1 inotify_init1 eventfd setuid setgid setfsuid setfsgid alarm syncfs
            i timer_getoverrun timer_delete sched_get_priority_max sched_get_priority_min
            i sched_getscheduler mlockall personality
            ii dup2 kill tkill listen shutdown flock setpgid setreuid setregid eventfd2 pidfd_open
            ii fchmod inotify_rm_watch timerfd_create getpriority msgget ioprio_get
            iii dup3 tgkill socket setresuid setresgid fchown setpriority close_range membarrier
            iii semget pidfd_getfd ioprio_set
            iii- socketpair epoll_ctl semctl rt_tgsigqueueinfo
            iii-- getsockopt kcmp
            iii-i setsockopt
            i- ftruncate fstat fstatfs getrlimit setrlimit getrusage clock_gettime clock_settime
            i- clock_getres timer_gettime timerfd_gettime sched_setparam sched_getparam
            i- sched_rr_get_interval getitimer setgroups getgroups arch_prctl fremovexattr mq_notify
            i-- read write readv writev setitimer readahead accept getsockname getpeername
            i-- signalfd futimesat flistxattr timer_create mq_getsetattr
            i--- pread64 pwrite64 rt_sigaction rt_sigprocmask fgetxattr openat2
            i---- select prctl preadv pwritev mq_timedreceive
            i----- pselect6 process_vm_readv process_vm_writev
            i----i preadv2 pwritev2
            i---i execveat fsetxattr msgrcv
            i--i newfstatat utimensat signalfd4 accept4 vmsplice fadvise64 sync_file_range
            i--i readlinkat msgsnd
            i--i- mq_timedsend
            i--i-- recvfrom
            i--i-i sendto
            i-i lseek bind connect sendmsg recvmsg inotify_add_watch unlinkat mkdirat faccessat
            i-i fchmodat getdents getdents64 shmget shmat semop sched_setattr
            i-i- renameat wait4 semtimedop
            i-i-i linkat renameat2
            i-i--- epoll_pwait2
            i-i--i splice copy_file_range
            i-ii openat mknodat faccessat2 fchmodat2 epoll_wait sendmmsg sched_getattr
            i-ii- statx recvmmsg
            i-ii-- epoll_pwait
            i-iii fchownat
            ii- fcntl ioctl rt_sigqueueinfo sched_setscheduler sched_setaffinity sched_getaffinity
            ii- shmctl msgctl
            ii-- fallocate clock_nanosleep prlimit64 timerfd_settime timer_settime sendfile
            ii-i tee pidfd_send_signal
            ii-i- waitid
            -i access chmod mkdir creat pipe2 memfd_create
            -i- symlinkat
            -i--- ppoll
            -ii open chown lchown poll mknod
            -ii- mq_open
            -ii--i futex
            -ii-i futex_waitv
            --i madvise msync mlock2 getrandom readlink
            ----i setxattr lsetxattr
            ----i- mmap
            """;

    private static final Map<String, Integer> MASKS = masks();

    private IntArguments() {}

    /** The arguments of a call that are an int, a bit each, the first one the lowest. */
    static int of(String name) {
        return MASKS.getOrDefault(name, 0);
    }

    private static Map<String, Integer> masks() {
        Map<String, Integer> masks = new HashMap<>();
        for (String line : PROTOTYPES.split("\n", -1)) {
            String[] words = line.split(" ", -1);
            int mask = 0;
            for (int i = 0; i < words[0].length(); i++) {
                mask |= words[0].charAt(i) == 'i' ? 1 << i : 0;
            }
            for (int i = 1; i < words.length; i++) {
                masks.put(words[i], mask);
            }
        }
        return masks;
    }
}
