/* build: static dynamic
 * rseq(2): registration, the processor's number, and sections that are taken back by signals, by
 * other threads and by membarrier(2). */
#include "../case.h"
#include <linux/membarrier.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sched.h>
#include <sys/rseq.h>

#define SIGNATURE 0x53053053
#define UNREGISTER 1

/* What libc registered for the calling thread. */
static struct rseq *registered(void) {
    return (struct rseq *)((char *)__builtin_thread_pointer() + __rseq_offset);
}

static long rseq(void *area, unsigned length, int flags, unsigned signature) {
    return syscall(SYS_rseq, area, length, flags, signature);
}

static struct rseq own __attribute__((aligned(32)));

/* Gives the thread the area above instead of libc's. */
static void use_own(void) {
    OK(rseq(registered(), 32, UNREGISTER, RSEQ_SIG));
    memset(&own, 0, sizeof own);
    OK(rseq(&own, 32, 0, SIGNATURE));
}

CASE(libc_has_registered_an_area) {
    CHECK(__rseq_size > 0);
    CHECK(registered()->cpu_id < CPU_SETSIZE);
    CHECK_EQ(registered()->cpu_id, registered()->cpu_id_start);
}

CASE(the_area_names_the_processor) {
    cpu_set_t all, one;
    OK(sched_getaffinity(0, sizeof all, &all));
    for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
        if (CPU_ISSET(cpu, &all)) {
            CPU_ZERO(&one);
            CPU_SET(cpu, &one);
            OK(sched_setaffinity(0, sizeof one, &one));
            CHECK_EQ(registered()->cpu_id, (unsigned)cpu);
            CHECK_EQ(registered()->cpu_id_start, (unsigned)cpu);
            CHECK_EQ(sched_getcpu(), cpu);
        }
    }
}

CASE(registrations_are_checked) {
    struct rseq *area = registered();
    CHECK_ERRNO(rseq(area, 32, 0, RSEQ_SIG), EBUSY);
    CHECK_ERRNO(rseq(area, 32, 0, RSEQ_SIG + 1), EPERM);
    CHECK_ERRNO(rseq(&own, 32, 0, RSEQ_SIG), EINVAL);
    CHECK_ERRNO(rseq(area, 64, 0, RSEQ_SIG), EINVAL);
    CHECK_ERRNO(rseq(area, 32, 4, RSEQ_SIG), EINVAL);
    CHECK_ERRNO(rseq(area, 32, UNREGISTER | 4, RSEQ_SIG), EINVAL);
    CHECK_ERRNO(rseq(&own, 32, UNREGISTER, RSEQ_SIG), EINVAL);
    CHECK_ERRNO(rseq(area, 16, UNREGISTER, RSEQ_SIG), EINVAL);
    CHECK_ERRNO(rseq(area, 32, UNREGISTER, RSEQ_SIG + 1), EPERM);
    OK(rseq(area, 32, UNREGISTER, RSEQ_SIG));
    CHECK_EQ((int)area->cpu_id, RSEQ_CPU_ID_UNINITIALIZED);
    CHECK_EQ(area->cpu_id_start, 0u);
    CHECK_ERRNO(rseq(area, 32, UNREGISTER, RSEQ_SIG), EINVAL);
    CHECK_ERRNO(rseq((char *)&own + 8, 32, 0, SIGNATURE), EINVAL);
    CHECK_ERRNO(rseq(&own, 16, 0, SIGNATURE), EINVAL);
    CHECK_ERRNO(rseq((void *)-32L, 32, 0, SIGNATURE), EFAULT);
    CHECK_ERRNO(rseq((void *)(1L << 47), 32, 0, SIGNATURE), EFAULT);
    OK(rseq(&own, 32, 0, SIGNATURE));
    CHECK(own.cpu_id < CPU_SETSIZE);
}

/* A section that never ends by itself: 1 once it was taken back. */
static int wait_in_section(struct rseq *area) {
    int taken_back = 0;
    __asm__ volatile(
            ".pushsection .data.rseq_section, \"aw\"\n"
            ".balign 32\n"
            "3: .long 0, 0\n"
            ".quad 1f, 2f - 1f, 4f\n"
            ".popsection\n"
            "leaq 3b(%%rip), %%rax\n"
            "movq %%rax, %[section]\n"
            "1: pause\n"
            "jmp 1b\n"
            "2: jmp 5f\n"
            ".long 0x53053053\n"
            "4: movl $1, %[taken_back]\n"
            "5:\n"
            : [section] "=m"(area->rseq_cs), [taken_back] "+r"(taken_back)
            :
            : "rax", "memory");
    return taken_back;
}

static volatile int handled;
static void count(int number) {
    (void)number;
    handled++;
}

CASE(a_signal_takes_a_section_back) {
    use_own();
    on_signal(SIGALRM, count, 0);
    struct itimerval soon = {{0, 0}, {0, 20000}};
    for (int i = 1; i <= 3; i++) {
        OK(setitimer(ITIMER_REAL, &soon, NULL));
        // Another thread may come first: the section is entered until the signal was there.
        while (handled < i) {
            CHECK_EQ(wait_in_section(&own), 1);
            CHECK_EQ(own.rseq_cs, 0u);
        }
    }
}

static atomic_int done;
static void *compute(void *unused) {
    while (!done) {
    }
    return unused;
}

CASE(another_thread_on_the_processor_takes_a_section_back) {
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(sched_getcpu(), &one);
    OK(sched_setaffinity(0, sizeof one, &one));
    use_own();
    pthread_t other;
    CHECK_ZERO(pthread_create(&other, NULL, compute, NULL));
    for (int i = 0; i < 3; i++) {
        CHECK_EQ(wait_in_section(&own), 1);
    }
    done = 1;
    CHECK_ZERO(pthread_join(other, NULL));
}

static atomic_int in_section;
static void *stay_in_section(void *unused) {
    use_own();
    in_section = 1;
    CHECK_EQ(wait_in_section(&own), 1);
    in_section = 2;
    return unused;
}

CASE(membarrier_takes_sections_back) {
    CHECK_ERRNO(syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED_RSEQ, 0, 0), EPERM);
    CHECK_ERRNO(syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 1, 0), EINVAL);
    OK(syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_RSEQ, 0, 0));
    OK(syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED_RSEQ, 1, 4096));
    pthread_t other;
    CHECK_ZERO(pthread_create(&other, NULL, stay_in_section, NULL));
    AWAIT(in_section);
    while (in_section != 2) {
        OK(syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED_RSEQ, 0, 0));
        sleep_ms(1);
    }
    CHECK_ZERO(pthread_join(other, NULL));
}

CASE(threads_have_none_children_keep_it) {
    use_own();
    IN_CHILD({
        CHECK_ERRNO(rseq(&own, 32, 0, SIGNATURE), EBUSY);
        CHECK(own.cpu_id < CPU_SETSIZE);
        OK(rseq(&own, 32, UNREGISTER, SIGNATURE));
    });
    CHECK_ERRNO(rseq(&own, 32, 0, SIGNATURE), EBUSY);
}

HELPER(registers) {
    // libc could only register if the program before left nothing.
    CHECK(registered()->cpu_id < CPU_SETSIZE);
    OK(rseq(registered(), 32, UNREGISTER, RSEQ_SIG));
    return 0;
}

CASE(a_new_program_has_none) {
    use_own();
    IN_CHILD({
        execl(self_path, self_path, "@registers", (char *)NULL);
        FAIL("not executed");
    });
}

/* How a child ends that yields with this as its section. */
static void ends_with_segv(const struct rseq_cs *section) {
    pid_t child = SPAWN({
        use_own();
        own.rseq_cs = (uintptr_t)section;
        on_signal(SIGSEGV, count, 0);
        for (;;) {
            raise(SIGURG);
            sleep_ms(1);
        }
    });
    wait_signal(child, SIGSEGV);
}

static const unsigned words[] = {SIGNATURE, 0};

CASE(sections_that_make_no_sense_end_the_process) {
    uintptr_t abort_ip = (uintptr_t)&words[1];
    struct rseq_cs section = {.start_ip = 4096, .post_commit_offset = 16, .abort_ip = abort_ip};
    section.version = 1;
    ends_with_segv(&section);
    section.version = 0;
    section.abort_ip = abort_ip + 4;
    ends_with_segv(&section);
    section.abort_ip = 1L << 62;
    ends_with_segv(&section);
    section.abort_ip = abort_ip;
    section.start_ip = -1L;
    ends_with_segv(&section);
    section.start_ip = abort_ip - 8;
    ends_with_segv(&section);
    ends_with_segv((struct rseq_cs *)8);
    ends_with_segv((struct rseq_cs *)(1L << 63));
}

CASE(a_section_that_was_left_is_forgotten) {
    struct rseq_cs section = {.start_ip = 4096, .post_commit_offset = 16,
                              .abort_ip = (uintptr_t)&words[1]};
    use_own();
    own.rseq_cs = (uintptr_t)&section;
    AWAIT(own.rseq_cs == 0);
}

CASE(an_area_that_is_gone_ends_the_process) {
    pid_t child = SPAWN({
        char *page = shared_page();
        OK(rseq(registered(), 32, UNREGISTER, RSEQ_SIG));
        OK(rseq(page, 32, 0, SIGNATURE));
        OK(munmap(page, 4096));
        for (;;) {
            sleep_ms(1);
        }
    });
    wait_signal(child, SIGSEGV);
}
