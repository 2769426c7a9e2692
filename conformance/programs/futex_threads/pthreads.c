/* build: static dynamic
 * POSIX threads as glibc makes them: clone3, TLS, mutexes, conditions, cancellation, exit. */
#include "../case.h"
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <sys/prctl.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
static volatile int stage, counter;

static void *echo(void *argument) { return argument; }

CASE(create_and_join) {
    pthread_t thread;
    void *value;
    CHECK_ZERO(pthread_create(&thread, NULL, echo, (void *)77));
    CHECK_ZERO(pthread_join(thread, &value));
    CHECK_EQ(value, 77);
}

CASE(many_threads_one_after_another) {
    for (long i = 0; i < 300; i++) {
        pthread_t thread;
        void *value;
        CHECK_ZERO(pthread_create(&thread, NULL, echo, (void *)i));
        CHECK_ZERO(pthread_join(thread, &value));
        CHECK_EQ(value, i);
    }
}

static sem_t gate;
static void *through_gate(void *argument) {
    sem_wait(&gate);
    __atomic_fetch_add(&counter, 1, __ATOMIC_SEQ_CST);
    return argument;
}

CASE(many_threads_at_once) {
    enum { COUNT = 150 };
    pthread_t threads[COUNT];
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, 64 * 1024);
    sem_init(&gate, 0, 0);
    for (int i = 0; i < COUNT; i++) CHECK_ZERO(pthread_create(&threads[i], &attributes, through_gate, NULL));
    for (int i = 0; i < COUNT; i++) sem_post(&gate);
    for (int i = 0; i < COUNT; i++) CHECK_ZERO(pthread_join(threads[i], NULL));
    CHECK_EQ(counter, COUNT);
}

CASE(identity_of_threads) {
    void *identity(void *argument) {
        CHECK_EQ(getpid(), (pid_t)(intptr_t)argument);
        CHECK(gettid() != getpid());
        return (void *)(intptr_t)gettid();
    }
    pthread_t thread;
    void *tid;
    CHECK_EQ(gettid(), getpid());
    CHECK_ZERO(pthread_create(&thread, NULL, identity, (void *)(intptr_t)getpid()));
    CHECK_ZERO(pthread_join(thread, &tid));
    CHECK((pid_t)(intptr_t)tid > 0);
}

static __thread int local = 5;
static __thread char big_local[20000];
static void *use_local(void *argument) {
    CHECK_EQ(local, 5);
    CHECK_EQ(big_local[19999], 0);
    local = (int)(intptr_t)argument;
    big_local[19999] = 1;
    for (int i = 0; i < 50; i++) {
        sched_yield();
        CHECK_EQ(local, (int)(intptr_t)argument);
    }
    return NULL;
}

CASE(thread_local_storage) {
    pthread_t threads[8];
    for (intptr_t i = 0; i < 8; i++) CHECK_ZERO(pthread_create(&threads[i], NULL, use_local, (void *)(i + 100)));
    for (int i = 0; i < 8; i++) CHECK_ZERO(pthread_join(threads[i], NULL));
    CHECK_EQ(local, 5);
}

static void *add_many(void *argument) {
    (void)argument;
    for (int i = 0; i < 20000; i++) {
        pthread_mutex_lock(&mutex);
        counter++;
        pthread_mutex_unlock(&mutex);
    }
    return NULL;
}

CASE(mutex_excludes) {
    pthread_t threads[4];
    for (int i = 0; i < 4; i++) CHECK_ZERO(pthread_create(&threads[i], NULL, add_many, NULL));
    for (int i = 0; i < 4; i++) CHECK_ZERO(pthread_join(threads[i], NULL));
    CHECK_EQ(counter, 80000);
}

CASE(mutex_kinds) {
    pthread_mutexattr_t attributes;
    pthread_mutex_t checked, recursive;
    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_ERRORCHECK);
    pthread_mutex_init(&checked, &attributes);
    pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_RECURSIVE);
    pthread_mutex_init(&recursive, &attributes);
    CHECK_ZERO(pthread_mutex_lock(&checked));
    CHECK_EQ(pthread_mutex_lock(&checked), EDEADLK);
    CHECK_EQ(pthread_mutex_trylock(&checked), EBUSY);
    CHECK_ZERO(pthread_mutex_unlock(&checked));
    CHECK_EQ(pthread_mutex_unlock(&checked), EPERM);
    for (int i = 0; i < 3; i++) CHECK_ZERO(pthread_mutex_lock(&recursive));
    for (int i = 0; i < 3; i++) CHECK_ZERO(pthread_mutex_unlock(&recursive));
    CHECK_EQ(pthread_mutex_unlock(&recursive), EPERM);
}

CASE(timedlock_times_out) {
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += 20000000;
    if (until.tv_nsec >= 1000000000) until.tv_sec++, until.tv_nsec -= 1000000000;
    void *hold(void *argument) {
        (void)argument;
        pthread_mutex_lock(&mutex);
        stage = 1;
        while (stage == 1) usleep(1000);
        pthread_mutex_unlock(&mutex);
        return NULL;
    }
    pthread_t thread;
    CHECK_ZERO(pthread_create(&thread, NULL, hold, NULL));
    AWAIT(stage == 1);
    CHECK_EQ(pthread_mutex_timedlock(&mutex, &until), ETIMEDOUT);
    stage = 2;
    CHECK_ZERO(pthread_join(thread, NULL));
    CHECK_ZERO(pthread_mutex_lock(&mutex));
}

CASE(robust_mutex_reports_a_dead_owner) {
    struct { pthread_mutex_t mutex; } *shared = shared_page();
    pthread_mutexattr_t attributes;
    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
    pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
    CHECK_ZERO(pthread_mutex_init(&shared->mutex, &attributes));
    IN_CHILD(CHECK_ZERO(pthread_mutex_lock(&shared->mutex)));
    CHECK_EQ(pthread_mutex_lock(&shared->mutex), EOWNERDEAD);
    CHECK_ZERO(pthread_mutex_consistent(&shared->mutex));
    CHECK_ZERO(pthread_mutex_unlock(&shared->mutex));
    CHECK_ZERO(pthread_mutex_lock(&shared->mutex));
}

CASE(robust_mutex_wakes_a_waiter_when_its_owner_is_killed) {
    struct { pthread_mutex_t mutex; int held; } *shared = shared_page();
    pthread_mutexattr_t attributes;
    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
    pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
    CHECK_ZERO(pthread_mutex_init(&shared->mutex, &attributes));
    pid_t owner = SPAWN({
        pthread_mutex_lock(&shared->mutex);
        *(volatile int *)&shared->held = 1;
        for (;;) pause();
    });
    AWAIT(*(volatile int *)&shared->held == 1);
    pid_t waiter = SPAWN(CHECK_EQ(pthread_mutex_lock(&shared->mutex), EOWNERDEAD));
    AWAIT_SLEEPING(waiter);
    OK(kill(owner, SIGKILL));
    wait_ok(waiter);
    wait_signal(owner, SIGKILL);
}

static void *consumer(void *argument) {
    (void)argument;
    pthread_mutex_lock(&mutex);
    while (stage == 0) pthread_cond_wait(&condition, &mutex);
    counter++;
    pthread_mutex_unlock(&mutex);
    return NULL;
}

CASE(condition_broadcast_wakes_all) {
    pthread_t threads[6];
    for (int i = 0; i < 6; i++) CHECK_ZERO(pthread_create(&threads[i], NULL, consumer, NULL));
    sleep_ms(10);
    pthread_mutex_lock(&mutex);
    stage = 1;
    pthread_cond_broadcast(&condition);
    pthread_mutex_unlock(&mutex);
    for (int i = 0; i < 6; i++) CHECK_ZERO(pthread_join(threads[i], NULL));
    CHECK_EQ(counter, 6);
}

CASE(condition_times_out_by_either_clock) {
    pthread_condattr_t attributes;
    pthread_cond_t monotonic;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&monotonic, &attributes);
    struct timespec until;
    pthread_mutex_lock(&mutex);
    for (int i = 0; i < 2; i++) {
        clock_gettime(i ? CLOCK_MONOTONIC : CLOCK_REALTIME, &until);
        until.tv_nsec += 20000000;
        if (until.tv_nsec >= 1000000000) until.tv_sec++, until.tv_nsec -= 1000000000;
        CHECK_EQ(pthread_cond_timedwait(i ? &monotonic : &condition, &mutex, &until), ETIMEDOUT);
    }
    pthread_mutex_unlock(&mutex);
}

CASE(condition_shared_between_processes) {
    struct { pthread_mutex_t mutex; pthread_cond_t condition; int ready; } *shared = shared_page();
    pthread_mutexattr_t mutex_attributes;
    pthread_condattr_t attributes;
    pthread_mutexattr_init(&mutex_attributes);
    pthread_condattr_init(&attributes);
    pthread_mutexattr_setpshared(&mutex_attributes, PTHREAD_PROCESS_SHARED);
    pthread_condattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
    pthread_mutex_init(&shared->mutex, &mutex_attributes);
    pthread_cond_init(&shared->condition, &attributes);
    pid_t child = SPAWN({
        pthread_mutex_lock(&shared->mutex);
        while (!shared->ready) pthread_cond_wait(&shared->condition, &shared->mutex);
        pthread_mutex_unlock(&shared->mutex);
    });
    AWAIT_SLEEPING(child);
    pthread_mutex_lock(&shared->mutex);
    shared->ready = 1;
    pthread_cond_signal(&shared->condition);
    pthread_mutex_unlock(&shared->mutex);
    wait_ok(child);
}

static pthread_barrier_t barrier;
static volatile int serial;
static void *at_barrier(void *argument) {
    (void)argument;
    for (int i = 0; i < 20; i++) {
        int result = pthread_barrier_wait(&barrier);
        if (result == PTHREAD_BARRIER_SERIAL_THREAD) __atomic_fetch_add(&serial, 1, __ATOMIC_SEQ_CST);
        else CHECK_EQ(result, 0);
    }
    return NULL;
}

CASE(barrier_rounds) {
    pthread_t threads[4];
    pthread_barrier_init(&barrier, NULL, 4);
    for (int i = 0; i < 4; i++) CHECK_ZERO(pthread_create(&threads[i], NULL, at_barrier, NULL));
    for (int i = 0; i < 4; i++) CHECK_ZERO(pthread_join(threads[i], NULL));
    CHECK_EQ(serial, 20);
}

CASE(read_write_lock) {
    pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;
    CHECK_ZERO(pthread_rwlock_rdlock(&lock));
    CHECK_ZERO(pthread_rwlock_tryrdlock(&lock));
    CHECK_EQ(pthread_rwlock_trywrlock(&lock), EBUSY);
    CHECK_ZERO(pthread_rwlock_unlock(&lock));
    CHECK_ZERO(pthread_rwlock_unlock(&lock));
    CHECK_ZERO(pthread_rwlock_wrlock(&lock));
    CHECK_EQ(pthread_rwlock_tryrdlock(&lock), EBUSY);
}

CASE(semaphores_shared_between_processes) {
    sem_t *semaphore = shared_page();
    OK(sem_init(semaphore, 1, 0));
    pid_t child = SPAWN(OK(sem_wait(semaphore)));
    AWAIT_SLEEPING(child);
    OK(sem_post(semaphore));
    wait_ok(child);
    CHECK_ERRNO(sem_trywait(semaphore), EAGAIN);
    struct timespec past = {1, 0};
    CHECK_ERRNO(sem_timedwait(semaphore, &past), ETIMEDOUT);
}

CASE(named_semaphore_in_dev_shm) {
    char name[64];
    snprintf(name, sizeof name, "/conformance-%d", getpid());
    sem_t *semaphore = sem_open(name, O_CREAT | O_EXCL, 0600, 1);
    CHECK(semaphore != SEM_FAILED);
    CHECK(sem_open(name, O_CREAT | O_EXCL, 0600, 1) == SEM_FAILED && errno == EEXIST);
    IN_CHILD({
        sem_t *same = sem_open(name, 0);
        CHECK(same != SEM_FAILED);
        OK(sem_wait(same));
    });
    CHECK_ERRNO(sem_trywait(semaphore), EAGAIN);
    OK(sem_unlink(name));
    CHECK(sem_open(name, 0) == SEM_FAILED && errno == ENOENT);
}

static void note_cleanup(void *argument) {
    (void)argument;
    counter++;
}

static void *cancel_me(void *argument) {
    (void)argument;
    pthread_cleanup_push(note_cleanup, NULL);
    stage = 1;
    for (;;) pause();
    pthread_cleanup_pop(0);
    return NULL;
}

CASE(cancel_in_a_blocking_call) {
    pthread_t thread;
    void *value;
    CHECK_ZERO(pthread_create(&thread, NULL, cancel_me, NULL));
    AWAIT(stage == 1);
    CHECK_ZERO(pthread_cancel(thread));
    CHECK_ZERO(pthread_join(thread, &value));
    CHECK_EQ(value, PTHREAD_CANCELED);
    CHECK_EQ(counter, 1);
}

static void *spin_cancelable(void *argument) {
    (void)argument;
    pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, NULL);
    stage = 1;
    for (;;) {
    }
    return NULL;
}

CASE(asynchronous_cancel_of_a_spinning_thread) {
    pthread_t thread;
    void *value;
    CHECK_ZERO(pthread_create(&thread, NULL, spin_cancelable, NULL));
    AWAIT(stage == 1);
    CHECK_ZERO(pthread_cancel(thread));
    CHECK_ZERO(pthread_join(thread, &value));
    CHECK_EQ(value, PTHREAD_CANCELED);
}

CASE(thread_specific_data_and_destructors) {
    static pthread_key_t key;
    void destroy(void *value) {
        CHECK_EQ(value, 99);
        counter++;
    }
    void *set(void *argument) {
        pthread_setspecific(key, argument);
        return NULL;
    }
    CHECK_ZERO(pthread_key_create(&key, destroy));
    pthread_t thread;
    CHECK_ZERO(pthread_create(&thread, NULL, set, (void *)99));
    CHECK_ZERO(pthread_join(thread, NULL));
    CHECK_EQ(counter, 1);
    CHECK_EQ(pthread_getspecific(key), NULL);
}

CASE(once_runs_once) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    void init(void) { counter++; }
    void *call(void *argument) {
        (void)argument;
        pthread_once(&once, init);
        return NULL;
    }
    pthread_t threads[4];
    for (int i = 0; i < 4; i++) CHECK_ZERO(pthread_create(&threads[i], NULL, call, NULL));
    for (int i = 0; i < 4; i++) CHECK_ZERO(pthread_join(threads[i], NULL));
    CHECK_EQ(counter, 1);
}

CASE(detached_thread) {
    void *run(void *argument) {
        (void)argument;
        stage = 1;
        return NULL;
    }
    pthread_t thread;
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    CHECK_ZERO(pthread_create(&thread, &attributes, run, NULL));
    AWAIT(stage == 1);
}

static void *sleep_forever(void *argument) {
    (void)argument;
    for (;;) pause();
    return NULL;
}

CASE(exit_from_a_thread_ends_the_process) {
    void *leave(void *argument) {
        (void)argument;
        exit(23);
    }
    pid_t child = SPAWN({
        pthread_t thread;
        CHECK_ZERO(pthread_create(&thread, NULL, sleep_forever, NULL));
        CHECK_ZERO(pthread_create(&thread, NULL, leave, NULL));
        for (;;) pause();
    });
    wait_exit(child, 23);
}

CASE(main_thread_may_end_before_the_others) {
    void *last(void *argument) {
        (void)argument;
        sleep_ms(30);
        _exit(31);
    }
    pid_t child = SPAWN({
        pthread_t thread;
        CHECK_ZERO(pthread_create(&thread, NULL, last, NULL));
        pthread_exit(NULL);
    });
    wait_exit(child, 31);
}

/* The exit code of a process whose main thread left is that of exit_group, else the main's 0. */
CASE(last_thread_returning_gives_zero) {
    void *last(void *argument) {
        (void)argument;
        sleep_ms(20);
        return (void *)5;
    }
    pid_t child = SPAWN({
        pthread_t thread;
        CHECK_ZERO(pthread_create(&thread, NULL, last, NULL));
        pthread_exit((void *)9);
    });
    wait_exit(child, 0);
}

CASE(fork_in_a_thread_copies_only_that_thread) {
    void *fork_here(void *argument) {
        (void)argument;
        IN_CHILD({
            CHECK_EQ(gettid(), getpid());
            char path[64];
            snprintf(path, sizeof path, "/proc/self/task");
            struct stat about;
            OK(stat(path, &about));
            CHECK_EQ(about.st_nlink, 3); /* ".", its entry in the parent, and one task */
        });
        return NULL;
    }
    pthread_t sleeper, thread;
    CHECK_ZERO(pthread_create(&sleeper, NULL, sleep_forever, NULL));
    CHECK_ZERO(pthread_create(&thread, NULL, fork_here, NULL));
    CHECK_ZERO(pthread_join(thread, NULL));
}

CASE(atfork_handlers) {
    static volatile int prepared, in_parent, in_child;
    void prepare(void) { prepared++; }
    void parent(void) { in_parent++; }
    void child(void) { in_child++; }
    CHECK_ZERO(pthread_atfork(prepare, parent, child));
    IN_CHILD({
        CHECK_EQ(prepared, 1);
        CHECK_EQ(in_child, 1);
        CHECK_EQ(in_parent, 0);
    });
    CHECK_EQ(in_parent, 1);
    CHECK_EQ(in_child, 0);
}

CASE(stack_attributes_of_threads) {
    void *look(void *argument) {
        (void)argument;
        pthread_attr_t attributes;
        void *low;
        size_t size;
        char here;
        CHECK_ZERO(pthread_getattr_np(pthread_self(), &attributes));
        CHECK_ZERO(pthread_attr_getstack(&attributes, &low, &size));
        CHECK(&here > (char *)low && &here < (char *)low + size);
        return NULL;
    }
    look(NULL); /* the main thread's bounds come from /proc/self/maps and RLIMIT_STACK */
    pthread_t thread;
    CHECK_ZERO(pthread_create(&thread, NULL, look, NULL));
    CHECK_ZERO(pthread_join(thread, NULL));
}

CASE(thread_names) {
    char name[16];
    pthread_setname_np(pthread_self(), "main-name");
    OK(prctl(PR_GET_NAME, name));
    CHECK_STR(name, "main-name");
    void *named(void *argument) {
        (void)argument;
        OK(prctl(PR_SET_NAME, "a-very-long-thread-name"));
        char own[16];
        OK(prctl(PR_GET_NAME, own));
        CHECK_STR(own, "a-very-long-thr");
        char text[64];
        read_file("/proc/thread-self/comm", text, sizeof text);
        CHECK_STR(text, "a-very-long-thr\n");
        return NULL;
    }
    pthread_t thread;
    CHECK_ZERO(pthread_create(&thread, NULL, named, NULL));
    CHECK_ZERO(pthread_join(thread, NULL));
    OK(prctl(PR_GET_NAME, name));
    CHECK_STR(name, "main-name");
}

CASE(threads_share_descriptors_and_directory) {
    void *change(void *argument) {
        (void)argument;
        OK(mkdir("d", 0700));
        OK(chdir("d"));
        close(100);
        umask(077);
        return NULL;
    }
    OK(dup2(0, 100));
    umask(022);
    pthread_t thread;
    CHECK_ZERO(pthread_create(&thread, NULL, change, NULL));
    CHECK_ZERO(pthread_join(thread, NULL));
    CHECK_ERRNO(fcntl(100, F_GETFD), EBADF);
    CHECK_EQ(umask(022), 077);
    OK(rmdir("../d"));
}

CASE(heavy_create_while_others_run) {
    static volatile int stop;
    void *spin(void *argument) {
        while (!stop) sched_yield();
        return argument;
    }
    pthread_t spinners[2], thread;
    for (int i = 0; i < 2; i++) CHECK_ZERO(pthread_create(&spinners[i], NULL, spin, NULL));
    for (int i = 0; i < 100; i++) {
        CHECK_ZERO(pthread_create(&thread, NULL, echo, NULL));
        CHECK_ZERO(pthread_join(thread, NULL));
    }
    stop = 1;
    for (int i = 0; i < 2; i++) CHECK_ZERO(pthread_join(spinners[i], NULL));
}

/* Present to absent and to read-only must be seen by every thread when the call returns. */
CASE(mprotect_is_seen_by_all_threads) {
    static char *page;
    static volatile int go, faults, stopped;
    void on_fault(int number, siginfo_t *info, void *context) {
        (void)number, (void)context, (void)info;
        faults++;
        while (!go) sched_yield();
    }
    void *poke(void *argument) {
        while (!stopped) (*(volatile char *)page)++;
        return argument;
    }
    page = OK(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    on_signal_info(SIGSEGV, on_fault, 0);
    pthread_t thread;
    CHECK_ZERO(pthread_create(&thread, NULL, poke, NULL));
    for (int i = 1; i <= 20; i++) {
        go = 0;
        OK(mprotect(page, 4096, PROT_READ));
        char value = *(volatile char *)page;
        for (int j = 0; j < 10; j++) {
            sched_yield();
            CHECK_EQ(*(volatile char *)page, value);
        }
        AWAIT(faults == i);
        OK(mprotect(page, 4096, PROT_READ | PROT_WRITE));
        go = 1;
        value = *(volatile char *)page;
        AWAIT(*(volatile char *)page != value);
    }
    stopped = 1;
    CHECK_ZERO(pthread_join(thread, NULL));
}

CASE(munmap_while_another_thread_reads) {
    static char *volatile page;
    static volatile int stopped;
    void *read_it(void *argument) {
        volatile char sink;
        while (!stopped) sink = *(volatile char *)page;
        (void)sink;
        return argument;
    }
    void *fresh(void) { return OK(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)); }
    page = fresh();
    pthread_t thread;
    CHECK_ZERO(pthread_create(&thread, NULL, read_it, NULL));
    for (int i = 0; i < 200; i++) {
        char *old = page, *next = fresh();
        next[0] = (char)i;
        page = next;
        OK(mprotect(old, 4096, PROT_READ));
    }
    stopped = 1;
    CHECK_ZERO(pthread_join(thread, NULL));
}
