/*
 * Processes of one program, of which a kernel may know from the earlier ones where the later ones are
 * going to call it: they come in with what it has changed for that, and must not notice.
 */
#include "../case.h"
#include <pthread.h>

enum { RUNS = 6, ROUNDS = 12, PAGE = 0x1000 };

static void check_calls(void) {
    int ends[2], open_file;
    char text[8];
    struct stat status;
    OK(pipe(ends));
    for (int i = 0; i < ROUNDS; i++) {
        CHECK_EQ(getppid(), syscall(SYS_getppid));
        CHECK_EQ(write(ends[1], "posted", 7), 7);
        CHECK_EQ(read(ends[0], text, sizeof text), 7);
        CHECK_STR(text, "posted");
        CHECK_ERRNO(open("/nowhere", O_RDONLY), ENOENT);
        open_file = OK(open("/", O_RDONLY));
        OK(fstat(open_file, &status));
        CHECK(S_ISDIR(status.st_mode));
        OK(close(open_file));
        CHECK_ERRNO(close(-1), EBADF);
        CHECK_ERRNO(lseek(ends[0], 0, SEEK_SET), ESPIPE);
    }
    OK(close(ends[0]));
    OK(close(ends[1]));
}

static void *check_in_thread(void *unused) {
    check_calls();
    return unused;
}

HELPER(call) {
    pthread_t other;
    check_calls();
    CHECK_ZERO(pthread_create(&other, NULL, check_in_thread, NULL));
    check_calls();
    CHECK_ZERO(pthread_join(other, NULL));
    return 0;
}

/* Makes the pages of functions that make calls its own, and writes to each of them. */
HELPER(own_text) {
    void *const functions[] = {getppid, write, read, open, close, lseek, fstat};
    check_calls();
    for (unsigned i = 0; i < sizeof functions / sizeof *functions; i++) {
        char *function = functions[i];
        char *first = (char *)((uintptr_t)function & -PAGE);
        OK(mprotect(first, 2 * PAGE, PROT_READ | PROT_WRITE | PROT_EXEC));
        volatile char *last = first + 2 * PAGE - 1;
        *last = *last;
        *(volatile char *)function = *function;
        check_calls();
        OK(mprotect(first, 2 * PAGE, PROT_READ | PROT_EXEC));
        check_calls();
    }
    return 0;
}

HELPER(fork_and_call) {
    check_calls();
    pid_t child = SPAWN(check_calls());
    check_calls();
    wait_ok(child);
    return 0;
}

static pid_t start(const char *program, const char *helper) {
    return SPAWN({
        execl(program, program, helper, NULL);
        FAIL("exec of %s: %s", program, strerrorname_np(errno));
    });
}

CASE(later_processes_call_as_the_first_one) {
    for (int i = 0; i < RUNS; i++) wait_ok(start(self_path, i % 3 == 2 ? "@fork_and_call" : "@call"));
}

CASE(one_of_them_writes_to_its_text) {
    for (int i = 0; i < RUNS; i++) wait_ok(start(self_path, i % 2 ? "@own_text" : "@call"));
}

CASE(another_one_runs_meanwhile) {
    wait_ok(start(self_path, "@call"));
    for (int i = 0; i < RUNS; i++) {
        pid_t calls = start(self_path, "@call");
        pid_t writes = start(self_path, "@own_text");
        wait_ok(calls);
        wait_ok(writes);
    }
}

static void copy_program(const char *to) {
    char block[1 << 16];
    ssize_t count;
    int from = OK(open(self_path, O_RDONLY));
    int file = OK(open(to, O_WRONLY | O_CREAT | O_TRUNC, 0755));
    while ((count = OK(read(from, block, sizeof block))) > 0) CHECK_EQ(write(file, block, count), count);
    OK(close(from));
    OK(close(file));
}

CASE(the_program_is_replaced) {
    for (int i = 0; i < 3; i++) {
        copy_program("program");
        for (int run = 0; run < 3; run++) wait_ok(start("./program", "@call"));
        copy_program("other");
        OK(rename("other", "program"));
        wait_ok(start("./program", "@own_text"));
        int script = OK(open("program", O_WRONLY | O_TRUNC));
        CHECK_EQ(write(script, "#!/bin/sh\nexit 7\n", 17), 17);
        OK(close(script));
        wait_exit(start("./program", "@call"), 7);
        OK(unlink("program"));
    }
}
