package dev.littlecloud.kernel.task;

import java.util.BitSet;

/**
 * Calls whose handlers may run while their task's registers are on a processor in the guest: none
 * of them looks at registers, or changes them but for the result.
 */
final class PostedNumbers {
    private static final int[] NUMBERS = {
        0, // read
        1, // write
        2, // open
        3, // close
        4, // stat
        5, // fstat
        6, // lstat
        7, // poll
        8, // lseek
        9, // mmap
        10, // mprotect
        11, // munmap
        12, // brk
        13, // rt_sigaction
        14, // rt_sigprocmask
        16, // ioctl
        17, // pread64
        18, // pwrite64
        19, // readv
        20, // writev
        21, // access
        22, // pipe
        23, // select
        24, // sched_yield
        25, // mremap
        26, // msync
        27, // mincore
        28, // madvise
        32, // dup
        33, // dup2
        35, // nanosleep
        36, // getitimer
        37, // alarm
        38, // setitimer
        39, // getpid
        40, // sendfile
        41, // socket
        42, // connect
        43, // accept
        44, // sendto
        45, // recvfrom
        46, // sendmsg
        47, // recvmsg
        48, // shutdown
        49, // bind
        50, // listen
        51, // getsockname
        52, // getpeername
        53, // socketpair
        54, // setsockopt
        55, // getsockopt
        61, // wait4
        62, // kill
        63, // uname
        64, // semget
        65, // semop
        69, // msgsnd
        70, // msgrcv
        72, // fcntl
        73, // flock
        74, // fsync
        75, // fdatasync
        76, // truncate
        77, // ftruncate
        78, // getdents
        79, // getcwd
        80, // chdir
        81, // fchdir
        82, // rename
        83, // mkdir
        84, // rmdir
        86, // link
        87, // unlink
        88, // symlink
        89, // readlink
        90, // chmod
        91, // fchmod
        92, // chown
        93, // fchown
        95, // umask
        96, // gettimeofday
        97, // getrlimit
        98, // getrusage
        99, // sysinfo
        100, // times
        102, // getuid
        104, // getgid
        107, // geteuid
        108, // getegid
        110, // getppid
        111, // getpgrp
        115, // getgroups
        118, // getresuid
        120, // getresgid
        121, // getpgid
        124, // getsid
        137, // statfs
        138, // fstatfs
        157, // prctl
        186, // gettid
        187, // readahead
        191, // getxattr
        192, // lgetxattr
        193, // fgetxattr
        200, // tkill
        201, // time
        202, // futex
        204, // sched_getaffinity
        208, // io_getevents
        209, // io_submit
        213, // epoll_create
        217, // getdents64
        218, // set_tid_address
        220, // semtimedop
        221, // fadvise64
        222, // timer_create
        223, // timer_settime
        224, // timer_gettime
        226, // timer_delete
        228, // clock_gettime
        229, // clock_getres
        230, // clock_nanosleep
        232, // epoll_wait
        233, // epoll_ctl
        234, // tgkill
        247, // waitid
        253, // inotify_init
        254, // inotify_add_watch
        255, // inotify_rm_watch
        257, // openat
        258, // mkdirat
        262, // newfstatat
        263, // unlinkat
        264, // renameat
        267, // readlinkat
        269, // faccessat
        270, // pselect6
        271, // ppoll
        273, // set_robust_list
        275, // splice
        277, // sync_file_range
        280, // utimensat
        281, // epoll_pwait
        282, // signalfd
        283, // timerfd_create
        285, // fallocate
        286, // timerfd_settime
        287, // timerfd_gettime
        288, // accept4
        289, // signalfd4
        290, // eventfd2
        291, // epoll_create1
        292, // dup3
        293, // pipe2
        294, // inotify_init1
        295, // preadv
        296, // pwritev
        299, // recvmmsg
        302, // prlimit64
        307, // sendmmsg
        316, // renameat2
        318, // getrandom
        319, // memfd_create
        326, // copy_file_range
        332, // statx
        334, // rseq
        436, // close_range
        439, // faccessat2
        441, // epoll_pwait2
    };

    private static final BitSet KNOWN = new BitSet();

    static {
        for (int number : NUMBERS) {
            KNOWN.set(number);
        }
    }

    private PostedNumbers() {}

    static boolean contains(int number) {
        return number >= 0 && KNOWN.get(number);
    }
}
