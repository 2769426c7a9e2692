/* What happens to whom when the memory is used up. Each is the first process of its instance. */
#include "bomb.h"

static void use(size_t length) {
    char *area = reserve(length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS);
    for (size_t at = 0; at < length; at += 4096) area[at] = 1;
}

static long killed_so_far(void) {
    char text[512] = {0};
    int file = NEED(open("/sys/fs/cgroup/memory.events", O_RDONLY));
    (void)!read(file, text, sizeof text - 1);
    close(file);
    char *at = strstr(text, "oom_kill ");
    return at == NULL ? -1 : atol(at + 9);
}

static void report(const char *who, pid_t child) {
    int status = 0;
    NEED(waitpid(child, &status, 0));
    char line[64];
    snprintf(line, sizeof line, "%s %s", who,
            WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL ? "killed" : "not killed");
    say("oom_kill %ld: %s\n", killed_so_far(), line);
}

BOMB(child) {
    pid_t child = NEED(fork());
    if (child == 0) use(1UL << 30);
    report("child", child);
}

/* The memory is touched by the kernel, on the child's behalf. */
BOMB(reading_child) {
    pid_t child = NEED(fork());
    if (child == 0) {
        int zero = NEED(open("/dev/zero", O_RDONLY));
        char *area = reserve(1UL << 30, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS);
        for (;;) (void)!read(zero, area, 1UL << 30);
    }
    report("child", child);
}

/* A sleeping child that offered itself goes first, and then the larger one. */
BOMB(volunteer) {
    int ready[2];
    NEED(pipe(ready));
    pid_t volunteer = NEED(fork());
    if (volunteer == 0) {
        int score = NEED(open("/proc/self/oom_score_adj", O_WRONLY));
        NEED(write(score, "1000", 4));
        use(4 << 20);
        NEED(write(ready[1], "x", 1));
        sleep_forever();
    }
    char byte;
    NEED(read(ready[0], &byte, 1));
    pid_t greedy = NEED(fork());
    if (greedy == 0) use(1UL << 30);
    report("volunteer", volunteer);
    report("greedy", greedy);
}

/* Memory that stays when its user is gone is not the others' end: they meet ENOSPC and go on. */
BOMB(shared_memory) {
    pid_t child = NEED(fork());
    if (child == 0) {
        int file = NEED(open("/dev/shm/full", O_RDWR | O_CREAT, 0600));
        static char block[1 << 16];
        while (write(file, block, sizeof block) > 0) {
        }
        _exit(errno == ENOSPC ? 0 : 1);
    }
    int status = 0;
    NEED(waitpid(child, &status, 0));
    use(1 << 20);
    say("oom_kill %ld: %s\n", killed_so_far(), status == 0 ? "child refused" : "child failed");
}

BOMB(first) { use(1UL << 30); }
