/* build: static
 * Timers by processor time, limits on it, and what interrupted sleeps tell. */
#include "../case.h"
#include <pthread.h>
#include <sys/resource.h>

static volatile sig_atomic_t alarms;

static void count_alarm(int signal) { (void)signal, alarms++; }

static void count(int signal, int flags) {
    struct sigaction action = {.sa_handler = count_alarm, .sa_flags = flags};
    OK(sigaction(signal, &action, NULL));
}

static long long nanos(clockid_t clock) {
    struct timespec time;
    OK(clock_gettime(clock, &time));
    return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static void burn(long long cpu_nanos) {
    long long until = nanos(CLOCK_PROCESS_CPUTIME_ID) + cpu_nanos;
    while (nanos(CLOCK_PROCESS_CPUTIME_ID) < until) {
    }
}

CASE(cpu_timer_waits_for_work_after_sleep) {
    count(SIGPROF, 0);
    struct itimerval timer = {.it_value = {0, 60000}}, left;
    OK(setitimer(ITIMER_PROF, &timer, NULL));
    sleep_ms(300);
    CHECK_EQ(alarms, 0);
    OK(getitimer(ITIMER_PROF, &left));
    CHECK_RANGE(left.it_value.tv_usec, 1, 90000);
    burn(200000000);
    CHECK_EQ(alarms, 1);
    OK(getitimer(ITIMER_PROF, &left));
    CHECK_EQ(left.it_value.tv_usec, 0);
}

CASE(cpu_limit_warns_then_kills) {
    pid_t child = SPAWN({
        count(SIGXCPU, 0);
        struct rlimit limit = {1, 2};
        OK(setrlimit(RLIMIT_CPU, &limit));
        while (alarms == 0) {
        }
        /* The limit is counted in ticks, which a loaded machine makes coarse. */
        CHECK_RANGE(nanos(CLOCK_PROCESS_CPUTIME_ID), 500000000LL, 1990000000LL);
        for (;;) {
        }
    });
    int status;
    OK(waitpid(child, &status, 0));
    CHECK(WIFSIGNALED(status));
    CHECK_EQ(WTERMSIG(status), SIGKILL);
}

CASE(interval_timer_goes_on_after_its_signal_was_blocked) {
    count(SIGALRM, 0);
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGALRM);
    OK(sigprocmask(SIG_BLOCK, &set, NULL));
    struct itimerval timer = {{0, 10000}, {0, 10000}};
    OK(setitimer(ITIMER_REAL, &timer, NULL));
    sleep_ms(100);
    CHECK_EQ(alarms, 0);
    OK(sigprocmask(SIG_UNBLOCK, &set, NULL));
    CHECK_EQ(alarms, 1); /* a standard signal is pending once */
    for (int i = 0; i < 500 && alarms < 4; i++) sleep_ms(10);
    CHECK(alarms >= 4);
}

CASE(ignored_interval_timer_stops_until_its_signal_is_taken) {
    signal(SIGALRM, SIG_IGN);
    struct itimerval timer = {{0, 5000}, {0, 5000}}, left;
    OK(setitimer(ITIMER_REAL, &timer, NULL));
    sleep_ms(50);
    count(SIGALRM, 0);
    sleep_ms(50);
    CHECK_EQ(alarms, 0);
    OK(getitimer(ITIMER_REAL, &left));
    CHECK_EQ(left.it_value.tv_usec, 0);
    CHECK_EQ(left.it_interval.tv_usec, 5000);
    OK(kill(getpid(), SIGALRM));
    for (int i = 0; i < 500 && alarms < 3; i++) sleep_ms(10);
    CHECK(alarms >= 3);
}

CASE(interrupted_sleep_tells_the_rest) {
    count(SIGALRM, SA_RESTART);
    struct itimerval timer = {.it_value = {0, 50000}};
    struct timespec time = {100, 0}, left = {-1, -1};
    OK(setitimer(ITIMER_REAL, &timer, NULL));
    CHECK_ERRNO(nanosleep(&time, &left), EINTR);
    CHECK_EQ(left.tv_sec, 99);
    CHECK_RANGE(left.tv_nsec, 0, 960000000);
    OK(setitimer(ITIMER_REAL, &timer, NULL));
    left.tv_sec = -1;
    CHECK_EQ(clock_nanosleep(CLOCK_MONOTONIC, 0, &time, &left), EINTR);
    CHECK_EQ(left.tv_sec, 99);
    OK(setitimer(ITIMER_REAL, &timer, NULL));
    OK(clock_gettime(CLOCK_MONOTONIC, &time));
    time.tv_sec += 100;
    left.tv_sec = -1;
    CHECK_EQ(clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, &left), EINTR);
    CHECK_EQ(left.tv_sec, -1); /* an absolute sleep has no rest */
    OK(setitimer(ITIMER_REAL, &timer, NULL));
    time.tv_sec = 100;
    CHECK_ERRNO(syscall(SYS_nanosleep, &time, 8), EFAULT);
}

CASE(stopped_sleep_goes_on) {
    pid_t child = SPAWN({
        struct timespec time = {0, 300000000};
        long long start = nanos(CLOCK_MONOTONIC);
        OK(nanosleep(&time, NULL));
        CHECK(nanos(CLOCK_MONOTONIC) - start >= 300000000);
    });
    AWAIT_SLEEPING(child);
    OK(kill(child, SIGSTOP));
    int status;
    OK(waitpid(child, &status, WUNTRACED));
    CHECK(WIFSTOPPED(status));
    OK(kill(child, SIGCONT));
    wait_ok(child);
}

static volatile int stop_burning;

static void *burner(void *clock) {
    OK(pthread_getcpuclockid(pthread_self(), clock));
    while (!stop_burning) {
    }
    return NULL;
}

CASE(sleep_on_processor_time_of_the_process) {
    pthread_t thread;
    clockid_t clock = 0;
    CHECK_EQ(pthread_create(&thread, NULL, burner, &clock), 0);
    long long before = nanos(CLOCK_PROCESS_CPUTIME_ID);
    struct timespec time = {0, 50000000};
    CHECK_EQ(clock_nanosleep(CLOCK_PROCESS_CPUTIME_ID, 0, &time, NULL), 0);
    CHECK(nanos(CLOCK_PROCESS_CPUTIME_ID) - before >= 50000000);
    stop_burning = 1;
    CHECK_EQ(pthread_join(thread, NULL), 0);
    CHECK_EQ(clock_nanosleep(CLOCK_THREAD_CPUTIME_ID, 0, &time, NULL), EINVAL);
}

CASE(timer_on_processor_time_of_a_thread) {
    count(SIGUSR1, 0);
    pthread_t thread;
    clockid_t clock = 0;
    CHECK_EQ(pthread_create(&thread, NULL, burner, &clock), 0);
    while (*(volatile clockid_t *)&clock == 0) sleep_ms(1);
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1};
    timer_t timer;
    OK(timer_create(clock, &event, &timer));
    struct itimerspec wanted = {.it_value = {0, 30000000}};
    OK(timer_settime(timer, 0, &wanted, NULL));
    for (int i = 0; i < 500 && alarms == 0; i++) sleep_ms(10);
    CHECK_EQ(alarms, 1);
    OK(timer_delete(timer));
    stop_burning = 1;
    CHECK_EQ(pthread_join(thread, NULL), 0);
}

CASE(processor_clocks_never_go_back) {
    pthread_t thread;
    clockid_t clock = 0;
    CHECK_EQ(pthread_create(&thread, NULL, burner, &clock), 0);
    while (*(volatile clockid_t *)&clock == 0) sleep_ms(1);
    long long of_process = 0, of_thread = 0, own = 0;
    for (int i = 0; i < 2000; i++) {
        long long now = nanos(CLOCK_PROCESS_CPUTIME_ID);
        if (now < of_process) FAIL("process clock went back by %lld ns", of_process - now);
        of_process = now;
        now = nanos(clock);
        if (now < of_thread) FAIL("thread clock went back by %lld ns", of_thread - now);
        of_thread = now;
        now = nanos(CLOCK_THREAD_CPUTIME_ID);
        if (now < own) FAIL("own clock went back by %lld ns", own - now);
        own = now;
    }
    stop_burning = 1;
    CHECK_EQ(pthread_join(thread, NULL), 0);
}
