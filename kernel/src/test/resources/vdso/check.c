// Loads the shared object with the C library's own linker, puts a data page below it and compares
// its functions with the host's system calls.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>
#include <x86intrin.h>

#define CHECK(condition)                                            \
    do {                                                            \
        if (!(condition)) {                                         \
            printf("line %d: %s\n", __LINE__, #condition);          \
            exit(1);                                                \
        }                                                           \
    } while (0)

struct page {
    volatile uint32_t sequence;
    uint32_t processors;
    uint64_t clocks, cycles, slope, nanos, unused[3], offsets[12];
};

static int (*vdso_clock_gettime)(int, struct timespec *);
static int (*vdso_clock_getres)(int, struct timespec *);
static int (*vdso_gettimeofday)(struct timeval *, void *);
static long (*vdso_time)(long *);
static int (*vdso_getcpu)(unsigned *, unsigned *, void *);
static struct page *page;
static volatile int stop;

static void *find(void *object, const char *name) {
    char prefixed[64];
    snprintf(prefixed, sizeof prefixed, "__vdso_%s", name);
    void *function = dlvsym(object, prefixed, "LINUX_2.6");
    CHECK(function != NULL);
    CHECK(function == dlvsym(object, name, "LINUX_2.6"));
    CHECK(dlvsym(object, prefixed, "LINUX_2.5") == NULL);
    return function;
}

static int64_t nanos(const struct timespec *time) {
    return time->tv_sec * 1000000000LL + time->tv_nsec;
}

static int64_t real_clock(int clock) {
    struct timespec time;
    CHECK(syscall(SYS_clock_gettime, clock, &time) == 0);
    return nanos(&time);
}

static int64_t our_clock(int clock) {
    struct timespec time = {-1, -1};
    CHECK(vdso_clock_gettime(clock, &time) == 0);
    CHECK(time.tv_nsec >= 0 && time.tv_nsec < 1000000000);
    return nanos(&time);
}

static void near(int clock, int64_t allowed) {
    int64_t best = INT64_MAX;
    for (int i = 0; i < 20; i++) {
        int64_t before = real_clock(clock);
        int64_t ours = our_clock(clock);
        int64_t after = real_clock(clock);
        int64_t distance = ours < before ? before - ours : ours > after ? ours - after : 0;
        if (distance < best) best = distance;
    }
    if (best > allowed) {
        printf("clock %d is off by %ld ns\n", clock, (long) best);
        exit(1);
    }
}

static void calls(void) {
    unsigned cpu = 77, node = 77;
    struct timeval time;
    struct timezone zone = {1, 1};
    long seconds = 0;
    CHECK(vdso_gettimeofday(&time, &zone) == 0);
    CHECK(zone.tz_minuteswest == 0 && zone.tz_dsttime == 0);
    CHECK(time.tv_usec >= 0 && time.tv_usec < 1000000);
    int64_t micros = time.tv_sec * 1000000LL + time.tv_usec;
    CHECK(llabs(micros - real_clock(CLOCK_REALTIME) / 1000) < 200000);
    CHECK(vdso_gettimeofday(NULL, NULL) == 0);
    CHECK(llabs(vdso_time(&seconds) - time.tv_sec) <= 1);
    CHECK(llabs(seconds - time.tv_sec) <= 1);
    CHECK(llabs(vdso_time(NULL) - time.tv_sec) <= 1);
    CHECK(vdso_getcpu(&cpu, &node, NULL) == 0);
    CHECK(cpu != 77 && node != 77);
    CHECK(vdso_getcpu(NULL, NULL, NULL) == 0);
    struct timespec resolution = {7, 7};
    CHECK(vdso_clock_getres(CLOCK_MONOTONIC, &resolution) == 0);
    CHECK(resolution.tv_sec == 0 && resolution.tv_nsec == 1);
    CHECK(vdso_clock_getres(CLOCK_MONOTONIC_COARSE, &resolution) == 0);
    CHECK(resolution.tv_sec == 0 && resolution.tv_nsec >= 1000000);
    CHECK(vdso_clock_getres(CLOCK_REALTIME, NULL) == 0);
    CHECK(vdso_clock_getres(99, &resolution) == -22);
    CHECK(vdso_clock_getres(-1000, &resolution) == -22);
    CHECK(vdso_clock_gettime(99, &resolution) == -22);
    CHECK(vdso_clock_gettime(10, &resolution) == -22);
    CHECK(vdso_clock_gettime(CLOCK_THREAD_CPUTIME_ID, &resolution) == 0);
    CHECK(resolution.tv_sec < 60);
}

static uint64_t at(uint64_t cycles) {
    return page->nanos + (uint64_t) (((unsigned __int128) (cycles - page->cycles) * page->slope) >> 32);
}

// Bends the line again and again, as the kernel does, while another thread reads it.
static void *writer(void *unused) {
    (void) unused;
    uint64_t slope = page->slope;
    for (int i = 0; !stop; i++) {
        uint64_t now = __rdtsc() + 20000;
        uint64_t shown = at(now);
        page->sequence++;
        __sync_synchronize();
        page->cycles = now;
        page->nanos = shown;
        page->slope = slope + (i % 3) * 1000;
        __sync_synchronize();
        page->sequence++;
        usleep(20);
    }
    return NULL;
}

int main(int count, char **arguments) {
    CHECK(count == 2);
    void *object = dlopen(arguments[1], RTLD_NOW);
    if (object == NULL) {
        printf("%s\n", dlerror());
        return 1;
    }
    vdso_clock_gettime = find(object, "clock_gettime");
    vdso_clock_getres = find(object, "clock_getres");
    vdso_gettimeofday = find(object, "gettimeofday");
    vdso_time = find(object, "time");
    vdso_getcpu = find(object, "getcpu");
    Dl_info info;
    CHECK(dladdr((void *) vdso_time, &info) != 0);
    page = mmap((char *) info.dli_fbase - 4096, 4096, PROT_READ | PROT_WRITE,
                MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
    CHECK((char *) page == (char *) info.dli_fbase - 4096);

    // A page of zeros: everything is a system call.
    calls();
    near(CLOCK_MONOTONIC, 0);
    near(CLOCK_REALTIME, 0);

    uint64_t cycles = __rdtsc(), start = real_clock(CLOCK_MONOTONIC);
    usleep(200000);
    uint64_t cycles2 = __rdtsc(), end = real_clock(CLOCK_MONOTONIC);
    page->cycles = cycles2;
    page->nanos = end;
    page->slope = (uint64_t) ((double) (end - start) / (cycles2 - cycles) * 4294967296.0);
    page->offsets[0] = page->offsets[5] = page->offsets[11] =
            real_clock(CLOCK_REALTIME) - real_clock(CLOCK_MONOTONIC);
    page->offsets[7] = real_clock(CLOCK_BOOTTIME) - real_clock(CLOCK_MONOTONIC);
    page->clocks = 0x8f3;
    page->processors = 1;
    calls();
    unsigned cpu = 7, node = 7;
    CHECK(vdso_getcpu(&cpu, &node, NULL) == 0 && cpu == 0 && node == 0);
    near(CLOCK_MONOTONIC, 100000);
    near(CLOCK_REALTIME, 100000);
    near(CLOCK_BOOTTIME, 100000);
    near(CLOCK_REALTIME_COARSE, 100000000);
    near(CLOCK_MONOTONIC_COARSE, 100000000);

    pthread_t thread;
    pthread_create(&thread, NULL, writer, NULL);
    int64_t last = 0;
    int rounds = 2000000;
    int64_t begin = real_clock(CLOCK_MONOTONIC);
    for (int i = 0; i < rounds; i++) {
        int64_t now = our_clock(CLOCK_MONOTONIC);
        if (now < last) {
            printf("time went back by %ld ns\n", (long) (last - now));
            return 1;
        }
        last = now;
    }
    int64_t spent = real_clock(CLOCK_MONOTONIC) - begin;
    stop = 1;
    pthread_join(thread, NULL);
    printf("ok, %.1f ns per call\n", (double) spent / rounds);
    return 0;
}
