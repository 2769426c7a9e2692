/* build: static
 * sched_setaffinity(2): a thread runs where it may. */
#include "../case.h"
#include <sched.h>

CASE(a_thread_moves_to_each_processor_it_is_bound_to) {
    cpu_set_t all;
    OK(sched_getaffinity(0, sizeof all, &all));
    for (int processor = 0; processor < CPU_SETSIZE; processor++) {
        if (!CPU_ISSET(processor, &all)) continue;
        cpu_set_t one;
        CPU_ZERO(&one);
        CPU_SET(processor, &one);
        OK(sched_setaffinity(0, sizeof one, &one));
        for (int i = 0; i < 50; i++) {
            CHECK_EQ(sched_getcpu(), processor);
            sched_yield();
        }
        cpu_set_t told;
        OK(sched_getaffinity(0, sizeof told, &told));
        CHECK(CPU_EQUAL(&told, &one));
    }
}

CASE(children_and_sleepers_stay_where_they_are_bound) {
    cpu_set_t all;
    OK(sched_getaffinity(0, sizeof all, &all));
    int last = 0;
    for (int processor = 0; processor < CPU_SETSIZE; processor++)
        if (CPU_ISSET(processor, &all)) last = processor;
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(last, &one);
    OK(sched_setaffinity(0, sizeof one, &one));
    pid_t children[4];
    for (int i = 0; i < 4; i++)
        children[i] = SPAWN(for (int turn = 0; turn < 20; turn++) {
            CHECK_EQ(sched_getcpu(), last);
            sleep_ms(1);
        });
    for (int i = 0; i < 4; i++) wait_ok(children[i]);
}

CASE(another_process_is_moved) {
    cpu_set_t all;
    OK(sched_getaffinity(0, sizeof all, &all));
    int last = 0;
    for (int processor = 0; processor < CPU_SETSIZE; processor++)
        if (CPU_ISSET(processor, &all)) last = processor;
    volatile int *stop = shared_page();
    pid_t child = SPAWN({
        while (!*stop) {
        }
        CHECK_EQ(sched_getcpu(), last);
    });
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(last, &one);
    OK(sched_setaffinity(child, sizeof one, &one));
    *stop = 1;
    wait_ok(child);
    cpu_set_t none;
    CPU_ZERO(&none);
    CHECK_ERRNO(sched_setaffinity(0, sizeof none, &none), EINVAL);
}
