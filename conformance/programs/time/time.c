/* build: static dynamic
 * Clocks, sleeping, timerfd, POSIX timers, interval timers, alarm. */
#include "../case.h"
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/timerfd.h>
#include <sys/times.h>
#include <sys/timex.h>

#define MS 1000000LL
#define SECOND 1000000000LL

static int64_t clock_ns(clockid_t clock) {
    struct timespec now;
    OK(clock_gettime(clock, &now));
    CHECK_RANGE(now.tv_nsec, 0, 999999999);
    return now.tv_sec * SECOND + now.tv_nsec;
}

static int64_t raw_clock_ns(clockid_t clock) {
    struct timespec now;
    OK(syscall(SYS_clock_gettime, clock, &now));
    return now.tv_sec * SECOND + now.tv_nsec;
}

CASE(monotonic_clock_never_goes_back) {
    int64_t last = clock_ns(CLOCK_MONOTONIC);
    for (int i = 0; i < 100000; i++) {
        int64_t now = clock_ns(CLOCK_MONOTONIC);
        CHECK(now >= last);
        last = now;
    }
}

CASE(vdso_and_system_call_agree) {
    static const clockid_t clocks[] = {CLOCK_REALTIME, CLOCK_MONOTONIC, CLOCK_BOOTTIME, CLOCK_MONOTONIC_RAW};
    for (int i = 0; i < 4; i++) {
        for (int round = 0; round < 20; round++) {
            int64_t before = clock_ns(clocks[i]), between = raw_clock_ns(clocks[i]), after = clock_ns(clocks[i]);
            CHECK(before <= between + 1000);
            CHECK(between <= after + 1000);
        }
    }
}

CASE(realtime_interfaces_agree) {
    struct timeval of_day;
    int64_t before = clock_ns(CLOCK_REALTIME);
    OK(gettimeofday(&of_day, NULL));
    time_t seconds = time(NULL);
    int64_t after = clock_ns(CLOCK_REALTIME);
    CHECK_RANGE(of_day.tv_sec * SECOND + of_day.tv_usec * 1000LL, before - 1000, after);
    CHECK_RANGE(seconds, before / SECOND - 1, after / SECOND); /* time(2) may use the coarse clock */
    CHECK(before > 1700000000LL * SECOND);
    CHECK_RANGE(syscall(SYS_time, NULL), seconds, seconds + 10);
}

CASE(coarse_clocks_lag_a_little) {
    for (int i = 0; i < 2; i++) {
        int64_t fine = clock_ns(i ? CLOCK_REALTIME : CLOCK_MONOTONIC);
        int64_t coarse = clock_ns(i ? CLOCK_REALTIME_COARSE : CLOCK_MONOTONIC_COARSE);
        CHECK_RANGE(coarse, fine - 100 * MS, fine + 100 * MS);
    }
}

CASE(resolution_of_clocks) {
    struct timespec resolution;
    OK(clock_getres(CLOCK_MONOTONIC, &resolution));
    CHECK_EQ(resolution.tv_sec, 0);
    CHECK_EQ(resolution.tv_nsec, 1);
    OK(clock_getres(CLOCK_REALTIME, &resolution));
    CHECK_EQ(resolution.tv_nsec, 1);
    OK(clock_getres(CLOCK_MONOTONIC_COARSE, &resolution));
    CHECK_RANGE(resolution.tv_nsec, 1000000, 10000000);
    CHECK_ERRNO(clock_getres(9999, &resolution), EINVAL);
    OK(syscall(SYS_clock_getres, CLOCK_MONOTONIC, NULL));
}

CASE(bad_clocks_and_pointers) {
    struct timespec now;
    CHECK_ERRNO(syscall(SYS_clock_gettime, 9999, &now), EINVAL);
    CHECK_ERRNO(syscall(SYS_clock_gettime, CLOCK_MONOTONIC, (void *)8), EFAULT);
    CHECK_ERRNO(syscall(SYS_gettimeofday, (void *)8, NULL), EFAULT);
    CHECK_ERRNO(clock_settime(CLOCK_MONOTONIC, &(struct timespec){1, 0}), EINVAL);
}

static void burn(int64_t ns) {
    int64_t until = clock_ns(CLOCK_THREAD_CPUTIME_ID) + ns;
    while (clock_ns(CLOCK_THREAD_CPUTIME_ID) < until) {
    }
}

CASE(cpu_clocks_count_work_not_sleep) {
    int64_t start = clock_ns(CLOCK_PROCESS_CPUTIME_ID);
    sleep_ms(50);
    CHECK_RANGE(clock_ns(CLOCK_PROCESS_CPUTIME_ID) - start, 0, 45 * MS);
    burn(20 * MS);
    CHECK(clock_ns(CLOCK_PROCESS_CPUTIME_ID) - start >= 20 * MS);
}

CASE(cpu_clock_of_another_thread_and_process) {
    static volatile int stop;
    void *spin(void *argument) {
        while (!stop) {
        }
        return argument;
    }
    pthread_t thread;
    clockid_t clock;
    CHECK_ZERO(pthread_create(&thread, NULL, spin, NULL));
    CHECK_ZERO(pthread_getcpuclockid(thread, &clock));
    AWAIT(clock_ns(clock) > 5 * MS);
    stop = 1;
    CHECK_ZERO(pthread_join(thread, NULL));
    CHECK_ZERO(clock_getcpuclockid(getpid(), &clock));
    CHECK(clock_ns(clock) > 5 * MS);
    pid_t gone = SPAWN();
    wait_ok(gone);
    CHECK_EQ(clock_getcpuclockid(gone, &clock), ESRCH);
}

CASE(usage_counts_user_time_of_children) {
    struct rusage usage;
    IN_CHILD(burn(30 * MS));
    OK(getrusage(RUSAGE_CHILDREN, &usage));
    int64_t used = (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * SECOND
            + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1000LL;
    CHECK_RANGE(used, 20 * MS, 10 * SECOND);
    struct tms all;
    CHECK(times(&all) != (clock_t)-1);
    CHECK(all.tms_cutime + all.tms_cstime >= 2); /* ticks of 10 ms */
    OK(getrusage(RUSAGE_THREAD, &usage));
    CHECK_ERRNO(getrusage(77, &usage), EINVAL);
}

CASE(nanosleep_sleeps_long_enough) {
    static const long sleeps[] = {1, 50000, 1000000, 20000000};
    for (int i = 0; i < 4; i++) {
        struct timespec wait = {0, sleeps[i]};
        int64_t start = now_ns();
        OK(nanosleep(&wait, NULL));
        CHECK_RANGE(now_ns() - start, sleeps[i], 5 * SECOND);
    }
}

CASE(sleep_errors) {
    struct timespec bad[3] = {{-1, 0}, {0, -1}, {0, SECOND}};
    for (int i = 0; i < 3; i++) {
        CHECK_ERRNO(nanosleep(&bad[i], NULL), EINVAL);
        CHECK_EQ(clock_nanosleep(CLOCK_MONOTONIC, 0, &bad[i], NULL), EINVAL);
    }
    CHECK_ERRNO(syscall(SYS_nanosleep, (void *)8, NULL), EFAULT);
    struct timespec wait = {0, 1};
    CHECK_EQ(clock_nanosleep(9999, 0, &wait, NULL), EINVAL);
    CHECK_EQ(clock_nanosleep(CLOCK_THREAD_CPUTIME_ID, 0, &wait, NULL), EINVAL);
    CHECK_EQ(syscall(SYS_clock_nanosleep, CLOCK_MONOTONIC_COARSE, 0, &wait, NULL) == -1 ? errno : 0, EOPNOTSUPP);
}

CASE(absolute_sleep) {
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    int64_t target = until.tv_sec * SECOND + until.tv_nsec + 20 * MS;
    until = (struct timespec){target / SECOND, target % SECOND};
    CHECK_EQ(clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL), 0);
    CHECK(now_ns() >= target);
    until.tv_sec -= 10;
    CHECK_EQ(clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL), 0);
    clock_gettime(CLOCK_REALTIME, &until);
    CHECK_EQ(clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, &until, NULL), 0);
}

static struct itimerspec timer(int64_t first_ns, int64_t interval_ns) {
    return (struct itimerspec){{interval_ns / SECOND, interval_ns % SECOND}, {first_ns / SECOND, first_ns % SECOND}};
}

CASE(timerfd_expires_once) {
    int fd = OK(timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC));
    CHECK_EQ(fcntl(fd, F_GETFD), FD_CLOEXEC);
    uint64_t count;
    CHECK_ERRNO(read(fd, &count, 8), EAGAIN);
    struct itimerspec once = timer(20 * MS, 0), left;
    OK(timerfd_settime(fd, 0, &once, NULL));
    OK(timerfd_gettime(fd, &left));
    CHECK_RANGE(left.it_value.tv_nsec, 1, 20 * MS);
    struct pollfd poller = {fd, POLLIN, 0};
    CHECK_EQ(poll(&poller, 1, 10000), 1);
    CHECK_EQ(read(fd, &count, 8), 8);
    CHECK_EQ(count, 1);
    CHECK_ERRNO(read(fd, &count, 8), EAGAIN);
    OK(timerfd_gettime(fd, &left));
    CHECK_EQ(left.it_value.tv_nsec, 0);
}

CASE(timerfd_repeats_and_counts) {
    int fd = OK(timerfd_create(CLOCK_MONOTONIC, 0));
    struct itimerspec repeat = timer(5 * MS, 5 * MS);
    int64_t start = now_ns();
    OK(timerfd_settime(fd, 0, &repeat, NULL));
    uint64_t count, total = 0;
    while (total < 5) {
        CHECK_EQ(read(fd, &count, 8), 8); /* blocks */
        CHECK(count >= 1);
        total += count;
    }
    CHECK(now_ns() - start >= 5 * (int64_t)total * MS);
    sleep_ms(30);
    CHECK_EQ(read(fd, &count, 8), 8);
    CHECK(count >= 5); /* missed ones are counted */
    CHECK_ERRNO(read(fd, &count, 4), EINVAL);
}

CASE(timerfd_disarm_and_absolute) {
    int fd = OK(timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK));
    struct itimerspec off = timer(0, 0), soon = timer(300 * MS, 0), old;
    OK(timerfd_settime(fd, 0, &soon, NULL));
    OK(timerfd_settime(fd, 0, &off, &old));
    CHECK(old.it_value.tv_nsec > 0);
    sleep_ms(350);
    uint64_t count;
    CHECK_ERRNO(read(fd, &count, 8), EAGAIN);
    struct itimerspec past = timer(SECOND, 0);
    OK(timerfd_settime(fd, TFD_TIMER_ABSTIME, &past, NULL));
    CHECK_EQ(read(fd, &count, 8), 8);
    CHECK_EQ(count, 1);
}

CASE(timerfd_errors) {
    int fd = OK(timerfd_create(CLOCK_MONOTONIC, 0));
    struct itimerspec bad = timer(0, 0);
    bad.it_value.tv_nsec = SECOND;
    CHECK_ERRNO(timerfd_settime(fd, 0, &bad, NULL), EINVAL);
    CHECK_ERRNO(timerfd_settime(fd, 99, &(struct itimerspec){0}, NULL), EINVAL);
    CHECK_ERRNO(timerfd_create(9999, 0), EINVAL);
    CHECK_ERRNO(timerfd_create(CLOCK_MONOTONIC, 12345), EINVAL);
    CHECK_ERRNO(timerfd_settime(0, 0, &(struct itimerspec){0}, NULL), EINVAL);
    CHECK_ERRNO(timerfd_gettime(999, &bad), EBADF);
    CHECK_ERRNO(syscall(SYS_timerfd_settime, fd, 0, (void *)8, NULL), EFAULT);
}

CASE(timerfd_in_epoll) {
    int fd = OK(timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK)), epoll = OK(epoll_create1(0));
    struct epoll_event event = {.events = EPOLLIN | EPOLLET}, got;
    OK(epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event));
    struct itimerspec repeat = timer(3 * MS, 3 * MS);
    OK(timerfd_settime(fd, 0, &repeat, NULL));
    for (int i = 0; i < 3; i++) {
        uint64_t count;
        CHECK_EQ(epoll_wait(epoll, &got, 1, 10000), 1);
        CHECK_EQ(read(fd, &count, 8), 8);
    }
}

static volatile int calls;
static volatile siginfo_t seen;
static void keep(int number, siginfo_t *info, void *context) {
    (void)number, (void)context;
    seen = *info;
    calls++;
}

CASE(posix_timer_sends_its_signal) {
    timer_t id;
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGRTMIN + 1, .sigev_value.sival_int = 99};
    on_signal_info(SIGRTMIN + 1, keep, SA_RESTART);
    OK(timer_create(CLOCK_MONOTONIC, &event, &id));
    struct itimerspec soon = timer(10 * MS, 0), left;
    OK(timer_settime(id, 0, &soon, NULL));
    OK(timer_gettime(id, &left));
    CHECK_RANGE(left.it_value.tv_nsec, 0, 10 * MS);
    AWAIT(calls == 1);
    CHECK_EQ(seen.si_code, SI_TIMER);
    CHECK_EQ(seen.si_value.sival_int, 99);
    CHECK_EQ(timer_getoverrun(id), 0);
    OK(timer_delete(id));
    CHECK(syscall(SYS_timer_delete, 12345) == -1 && errno == EINVAL);
}

CASE(posix_timer_overruns_while_blocked) {
    timer_t id;
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1};
    block_signal(SIGUSR1);
    OK(timer_create(CLOCK_MONOTONIC, &event, &id));
    struct itimerspec repeat = timer(2 * MS, 2 * MS);
    OK(timer_settime(id, 0, &repeat, NULL));
    sleep_ms(30);
    sigset_t set = signal_set(SIGUSR1);
    siginfo_t info;
    CHECK_EQ(sigwaitinfo(&set, &info), SIGUSR1);
    CHECK(timer_getoverrun(id) >= 5); /* one signal is queued at a time */
    OK(timer_delete(id));
}

CASE(posix_timer_default_signal_is_sigalrm) {
    timer_t id;
    on_signal_info(SIGALRM, keep, SA_RESTART);
    OK(timer_create(CLOCK_REALTIME, NULL, &id));
    struct itimerspec soon = timer(5 * MS, 0);
    OK(timer_settime(id, 0, &soon, NULL));
    AWAIT(calls == 1);
    CHECK_EQ(seen.si_signo, SIGALRM);
}

CASE(posix_timer_on_a_chosen_thread) {
    timer_t id;
    static volatile pid_t handler_thread;
    void note(int number) {
        (void)number;
        handler_thread = gettid();
        calls++;
    }
    struct sigevent event = {.sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGUSR1};
    event._sigev_un._tid = gettid();
    on_signal(SIGUSR1, note, SA_RESTART);
    OK(timer_create(CLOCK_MONOTONIC, &event, &id));
    struct itimerspec soon = timer(5 * MS, 0);
    OK(timer_settime(id, 0, &soon, NULL));
    AWAIT(calls == 1);
    CHECK_EQ(handler_thread, gettid());
}

CASE(posix_timers_are_not_inherited) {
    timer_t id;
    on_signal_info(SIGALRM, keep, SA_RESTART);
    OK(timer_create(CLOCK_MONOTONIC, NULL, &id));
    struct itimerspec soon = timer(20 * MS, 0);
    OK(timer_settime(id, 0, &soon, NULL));
    IN_CHILD({
        sleep_ms(60);
        CHECK_EQ(calls, 0);
        struct itimerspec left;
        CHECK_ERRNO(timer_gettime(id, &left), EINVAL);
    });
    AWAIT(calls == 1);
}

CASE(interval_timer_of_real_time) {
    on_signal_info(SIGALRM, keep, SA_RESTART);
    struct itimerval repeat = {{0, 4000}, {0, 4000}}, left, off = {0};
    OK(setitimer(ITIMER_REAL, &repeat, NULL));
    AWAIT(calls >= 3);
    OK(getitimer(ITIMER_REAL, &left));
    CHECK_EQ(left.it_interval.tv_usec, 4000);
    CHECK_RANGE(left.it_value.tv_usec, 0, 4000);
    OK(setitimer(ITIMER_REAL, &off, &left));
    CHECK_EQ(left.it_interval.tv_usec, 4000);
    int now = calls;
    sleep_ms(12);
    CHECK_RANGE(calls, now, now + 1);
    CHECK_EQ(seen.si_code, SI_KERNEL);
}

CASE(interval_timers_of_cpu_time) {
    on_signal_info(SIGVTALRM, keep, SA_RESTART);
    on_signal_info(SIGPROF, keep, SA_RESTART);
    struct itimerval soon = {{0, 0}, {0, 100000}}, bad = {{0, 0}, {0, 1000000}};
    OK(setitimer(ITIMER_PROF, &soon, NULL));
    sleep_ms(150);
    CHECK_EQ(calls, 0); /* sleeping uses no processor */
    int64_t until = now_ns() + 10 * SECOND;
    while (calls == 0 && now_ns() < until) {
    }
    CHECK_EQ(calls, 1);
    CHECK_EQ(seen.si_signo, SIGPROF);
    OK(setitimer(ITIMER_VIRTUAL, &soon, NULL));
    volatile unsigned long turns = 0;
    while (calls == 1 && turns < 20000000000UL) turns++;
    CHECK_EQ(seen.si_signo, SIGVTALRM);
    CHECK_ERRNO(setitimer(ITIMER_REAL, &bad, NULL), EINVAL);
    CHECK_ERRNO(setitimer(99, &soon, NULL), EINVAL);
}

CASE(alarm_returns_what_was_left) {
    CHECK_EQ(alarm(100), 0);
    CHECK_RANGE(alarm(50), 99, 100);
    CHECK_RANGE(alarm(0), 49, 50);
    CHECK_EQ(alarm(0), 0);
    IN_CHILD(CHECK_EQ(alarm(0), 0));
}

CASE(alarm_is_kept_by_exec_and_not_by_fork) {
    alarm(100);
    IN_CHILD(CHECK_EQ(alarm(0), 0));
    pid_t child = SPAWN({
        alarm(100);
        execl(self_path, self_path, "@alarm_left", NULL);
    });
    wait_ok(child);
    CHECK(alarm(0) > 0);
}

HELPER(alarm_left) {
    CHECK_RANGE(alarm(0), 95, 100);
    return 0;
}

CASE(unhandled_alarm_kills) {
    pid_t child = SPAWN({
        ualarm(5000, 0);
        for (;;) pause();
    });
    wait_signal(child, SIGALRM);
}

CASE(process_cpu_timer_fires) {
    timer_t id;
    on_signal_info(SIGALRM, keep, SA_RESTART);
    OK(timer_create(CLOCK_PROCESS_CPUTIME_ID, NULL, &id));
    struct itimerspec soon = timer(10 * MS, 0);
    OK(timer_settime(id, 0, &soon, NULL));
    int64_t until = now_ns() + 10 * SECOND;
    while (calls == 0 && now_ns() < until) {
    }
    CHECK_EQ(calls, 1);
}

CASE(broken_down_time) {
    time_t moment = 1700000000;
    struct tm parts;
    CHECK(gmtime_r(&moment, &parts) != NULL);
    CHECK_EQ(parts.tm_year, 123);
    CHECK_EQ(parts.tm_hour, 22);
    char text[64];
    strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", &parts);
    CHECK_STR(text, "2023-11-14 22:13:20");
}

CASE(adjtimex_reads_the_clock_state) {
    struct timex state = {0};
    int status = OK(adjtimex(&state));
    CHECK_RANGE(status, 0, 5);
    CHECK(state.tick > 0);
}
