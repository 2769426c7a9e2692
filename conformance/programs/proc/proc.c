/* proc(5) and the nodes of /dev: what programs read there. */
#include "../case.h"
#include <cpuid.h>
#include <dirent.h>
#include <pthread.h>
#include <stdbool.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/sysinfo.h>

static char text[1 << 16];

static const char *contents(const char *path) {
    read_file(path, text, sizeof text);
    return text;
}

/* The value after "Name:" in a file of such lines. */
static const char *field(const char *path, const char *name) {
    static char value[4096];
    size_t length = strlen(name);
    for (const char *line = contents(path); line != NULL && *line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL) {
        if (strncmp(line, name, length) != 0 || line[length] != ':') continue;
        line += length + 1;
        while (*line == '\t' || *line == ' ') line++;
        snprintf(value, sizeof value, "%.*s", (int)strcspn(line, "\n"), line);
        return value;
    }
    FAIL("%s has no field %s", path, name);
}

static const char *link_of(const char *path) {
    static char target[PATH_MAX];
    ssize_t length = OK(readlink(path, target, sizeof target - 1));
    target[length] = 0;
    return target;
}

CASE(exe_names_this_program) {
    CHECK_STR(link_of("/proc/self/exe"), self_path);
    struct stat by_link, by_path;
    OK(stat("/proc/self/exe", &by_link));
    OK(stat(self_path, &by_path));
    CHECK_EQ(by_link.st_ino, by_path.st_ino);
}

CASE(self_is_the_process) {
    char number[16];
    snprintf(number, sizeof number, "%d", getpid());
    CHECK_STR(link_of("/proc/self"), number);
    IN_CHILD({
        snprintf(number, sizeof number, "%d", getpid());
        CHECK_STR(link_of("/proc/self"), number);
    });
    char path[64];
    snprintf(path, sizeof path, "%d/task/%d", getpid(), gettid());
    CHECK_STR(link_of("/proc/thread-self"), path);
}

CASE(cwd_and_root) {
    char path[PATH_MAX];
    CHECK_STR(link_of("/proc/self/cwd"), getcwd(path, sizeof path));
    CHECK_STR(link_of("/proc/self/root"), "/");
    write_file("f", "x", 1);
    CHECK_EQ(access("/proc/self/cwd/f", F_OK), 0);
}

CASE(descriptors_are_listed) {
    int fd = OK(open("/dev/null", O_RDONLY)), found = 0;
    DIR *directory = opendir("/proc/self/fd");
    struct dirent *entry;
    while ((entry = readdir(directory)) != NULL)
        if (atoi(entry->d_name) == fd && entry->d_name[0] != '.') found = 1;
    CHECK(found);
    char path[32];
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    CHECK_STR(link_of(path), "/dev/null");
    struct stat about;
    OK(lstat(path, &about));
    CHECK(S_ISLNK(about.st_mode));
    CHECK_EQ(about.st_mode & 0700, 0500); /* readable only: opened for reading */
    close(fd);
    CHECK_ERRNO(readlink(path, text, 10), ENOENT);
}

CASE(descriptor_links_name_every_kind) {
    int ends[2];
    OK(pipe(ends));
    int dir = OK(open("/", O_RDONLY)), socket = OK(syscall(SYS_socket, 1, 1, 0)), event = OK(syscall(SYS_eventfd2, 0, 0)),
        epoll = OK(syscall(SYS_epoll_create1, 0));
    char path[32];
    snprintf(path, sizeof path, "/proc/self/fd/%d", dir);
    CHECK_STR(link_of(path), "/");
    snprintf(path, sizeof path, "/proc/self/fd/%d", socket);
    CHECK(strncmp(link_of(path), "socket:[", 8) == 0);
    snprintf(path, sizeof path, "/proc/self/fd/%d", ends[1]);
    CHECK(strncmp(link_of(path), "pipe:[", 6) == 0);
    snprintf(path, sizeof path, "/proc/self/fd/%d", event);
    CHECK_STR(link_of(path), "anon_inode:[eventfd]");
    snprintf(path, sizeof path, "/proc/self/fd/%d", epoll);
    CHECK_STR(link_of(path), "anon_inode:[eventpoll]");
}

CASE(reopening_a_descriptor_makes_a_new_description) {
    write_file("f", "0123", 4);
    int fd = OK(open("f", O_RDONLY));
    char path[32], byte;
    CHECK_EQ(read(fd, &byte, 1), 1);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    int again = OK(open(path, O_RDWR));
    CHECK_EQ(read(again, &byte, 1), 1);
    CHECK_EQ(byte, '0');
    snprintf(path, sizeof path, "/dev/fd/%d", fd);
    OK(open(path, O_RDONLY));
}

CASE(fdinfo_tells_position_and_flags) {
    write_file("f", "0123456789", 10);
    int fd = OK(open("f", O_RDONLY | O_CLOEXEC));
    OK(lseek(fd, 7, SEEK_SET));
    char path[40];
    snprintf(path, sizeof path, "/proc/self/fdinfo/%d", fd);
    CHECK_STR(field(path, "pos"), "7");
    CHECK_EQ(strtol(field(path, "flags"), NULL, 8), O_CLOEXEC | 0100000);
}

struct region {
    unsigned long start, end, offset, inode;
    char rights[8], path[256];
};

/* Finds the mapping that holds an address; 0 if there is none. */
static int find_region(void *address, struct region *region) {
    FILE *maps = fopen("/proc/self/maps", "r");
    char line[512];
    int found = 0;
    unsigned long last_end = 0;
    while (fgets(line, sizeof line, maps) != NULL) {
        struct region now = {0};
        CHECK(sscanf(line, "%lx-%lx %7s %lx %*x:%*x %lu %255[^\n]", &now.start, &now.end, now.rights, &now.offset,
                      &now.inode, now.path) >= 5);
        CHECK(now.start < now.end && now.start >= last_end);
        last_end = now.end;
        if ((unsigned long)address >= now.start && (unsigned long)address < now.end) {
            *region = now;
            found = 1;
        }
    }
    fclose(maps);
    return found;
}

CASE(maps_describe_memory) {
    struct region region;
    int local;
    CHECK(find_region(&local, &region));
    CHECK_STR(region.path, "[stack]");
    CHECK_STR(region.rights, "rw-p");
    CHECK(find_region((void *)(uintptr_t)find_region, &region));
    CHECK_STR(region.rights, "r-xp");
    CHECK_STR(region.path, self_path);
    CHECK(region.inode != 0);
    char *memory = OK(mmap(NULL, 3 * 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    OK(mprotect(memory + 4096, 4096, PROT_NONE));
    CHECK(find_region(memory + 4096, &region));
    CHECK_STR(region.rights, "---p");
    CHECK_EQ(region.start, (unsigned long)memory + 4096);
    CHECK_EQ(region.end, (unsigned long)memory + 8192);
    OK(munmap(memory, 3 * 4096));
    CHECK(!find_region(memory, &region));
    char *shared = shared_page();
    CHECK(find_region(shared, &region));
    CHECK_STR(region.rights, "rw-s");
    write_file("mapped", "x", 1);
    int fd = OK(open("mapped", O_RDONLY));
    OK(ftruncate(OK(open("mapped", O_RDWR)), 3 * 4096));
    char *file = OK(mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 8192));
    CHECK(find_region(file, &region));
    CHECK_EQ(region.offset, 8192);
    CHECK_STR(strrchr(region.path, '/'), "/mapped");
    OK(unlink("mapped"));
    CHECK(find_region(file, &region));
    CHECK_STR(strrchr(region.path, '/'), "/mapped (deleted)");
    void *heap = sbrk(8192);
    CHECK(find_region(heap, &region));
    CHECK_STR(region.path, "[heap]");
}

CASE(maps_list_the_vdso) {
    contents("/proc/self/maps");
    CHECK(strstr(text, "[vdso]") != NULL);
}

CASE(smaps_sum_up) {
    char *memory = OK(mmap(NULL, 64 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    memset(memory, 1, 64 * 4096);
    contents("/proc/self/smaps");
    CHECK(strstr(text, "Rss:") && strstr(text, "Pss:") && strstr(text, "Private_Dirty:") && strstr(text, "VmFlags:"));
    CHECK(atoi(field("/proc/self/smaps_rollup", "Rss")) >= 256);
    CHECK(atoi(field("/proc/self/smaps_rollup", "Private_Dirty")) >= 256);
}

CASE(stat_fields) {
    OK(prctl(PR_SET_NAME, "odd ) name ("));
    contents("/proc/self/stat");
    int pid, parent, group, session;
    char state;
    CHECK_EQ(sscanf(text, "%d (odd ) name () %c %d %d %d", &pid, &state, &parent, &group, &session), 5);
    CHECK_EQ(pid, getpid());
    CHECK_EQ(state, 'R');
    CHECK_EQ(parent, getppid());
    CHECK_EQ(group, getpgrp());
    CHECK_EQ(session, getsid(0));
    int spaces = 0;
    for (char *at = strrchr(text, ')'); *at; at++) spaces += *at == ' ';
    CHECK_EQ(spaces, 50); /* 52 fields */
}

/* Field number as in proc(5), of /proc/self/stat. */
static unsigned long stat_field(int number) {
    contents("/proc/self/stat");
    char *at = strrchr(text, ')') + 1;
    for (int i = 3; i < number; i++) at = strchr(at + 1, ' ');
    return strtoul(at, NULL, 10);
}

CASE(stat_counts_time_memory_and_threads) {
    unsigned long before = stat_field(14) + stat_field(15);
    struct timespec start, now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &start);
    do clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    while ((now.tv_sec - start.tv_sec) * 1000000000L + now.tv_nsec - start.tv_nsec < 60000000);
    CHECK(stat_field(14) + stat_field(15) >= before + 3);
    CHECK_EQ(stat_field(20), 1);
    unsigned long size = stat_field(23);
    OK(mmap(NULL, 50 << 20, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0));
    CHECK(stat_field(23) >= size + (50 << 20));
    CHECK(stat_field(24) > 0);
}

CASE(status_fields) {
    char expected[64];
    CHECK_EQ(atoi(field("/proc/self/status", "Pid")), getpid());
    CHECK_EQ(atoi(field("/proc/self/status", "Tgid")), getpid());
    CHECK_EQ(atoi(field("/proc/self/status", "PPid")), getppid());
    CHECK_EQ(atoi(field("/proc/self/status", "Threads")), 1);
    CHECK_STR(field("/proc/self/status", "State"), "R (running)");
    umask(027);
    CHECK_STR(field("/proc/self/status", "Umask"), "0027");
    IN_CHILD({
        OK(setresgid(5, 6, 7));
        OK(setresuid(1, 2, 3));
        CHECK_STR(field("/proc/self/status", "Uid"), "1\t2\t3\t2");
        CHECK_STR(field("/proc/self/status", "Gid"), "5\t6\t7\t6");
    });
    block_signal(SIGUSR1);
    on_signal(SIGUSR2, SIG_IGN, 0);
    snprintf(expected, sizeof expected, "%016lx", 1UL << (SIGUSR1 - 1));
    CHECK_STR(field("/proc/self/status", "SigBlk"), expected);
    raise(SIGUSR1);
    CHECK_STR(field("/proc/self/status", "SigPnd"), expected);
    CHECK(strtoul(field("/proc/self/status", "SigIgn"), NULL, 16) & 1UL << (SIGUSR2 - 1));
    CHECK(atoi(field("/proc/self/status", "VmRSS")) > 0);
    CHECK(atoi(field("/proc/self/status", "VmSize")) > 0);
    field("/proc/self/status", "Groups");
    field("/proc/self/status", "CapEff");
    field("/proc/self/status", "voluntary_ctxt_switches");
    field("/proc/self/status", "Cpus_allowed_list");
    CHECK_STR(field("/proc/self/status", "NoNewPrivs"), "0");
}

CASE(cmdline_and_environ) {
    int fd = OK(open("/proc/self/cmdline", O_RDONLY));
    ssize_t length = OK(read(fd, text, sizeof text));
    CHECK_EQ(length, strlen(self_path) + 1 + strlen("cmdline_and_environ") + 1);
    CHECK_STR(text, self_path);
    CHECK_STR(text + strlen(text) + 1, "cmdline_and_environ");
    pid_t child = SPAWN(char *environment[] = {"ONE=1", "TWO=2", NULL};
                        execle(self_path, "name", "@environ", NULL, environment));
    wait_ok(child);
}

HELPER(environ) {
    int fd = OK(open("/proc/self/environ", O_RDONLY));
    CHECK_EQ(read(fd, text, sizeof text), 12);
    CHECK_MEM(text, "ONE=1\0TWO=2\0", 12);
    fd = OK(open("/proc/self/cmdline", O_RDONLY));
    CHECK_EQ(read(fd, text, sizeof text), 14);
    CHECK_MEM(text, "name\0@environ\0", 14);
    return 0;
}

CASE(comm_can_be_written) {
    int fd = OK(open("/proc/self/comm", O_RDWR));
    CHECK_EQ(write(fd, "renamed", 7), 7);
    CHECK_STR(contents("/proc/self/comm"), "renamed\n");
    char name[16];
    OK(prctl(PR_GET_NAME, name));
    CHECK_STR(name, "renamed");
}

CASE(limits) {
    struct rlimit limit = {123, 456};
    OK(setrlimit(RLIMIT_NOFILE, &limit));
    contents("/proc/self/limits");
    char *line = strstr(text, "Max open files");
    CHECK(line != NULL);
    long soft, hard;
    CHECK_EQ(sscanf(line, "Max open files %ld %ld files", &soft, &hard), 2);
    CHECK_EQ(soft, 123);
    CHECK_EQ(hard, 456);
}

CASE(statm) {
    long size, resident;
    CHECK_EQ(sscanf(contents("/proc/self/statm"), "%ld %ld", &size, &resident), 2);
    CHECK(size >= resident && resident > 0);
    char *memory = OK(mmap(NULL, 400 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    memset(memory, 1, 400 * 4096);
    long later;
    CHECK_EQ(sscanf(contents("/proc/self/statm"), "%*d %ld", &later), 1);
    CHECK(later >= resident + 300);
}

CASE(memory_file_reads_and_writes) {
    int fd = OK(open("/proc/self/mem", O_RDWR));
    static char words[] = "in memory";
    CHECK_EQ(pread(fd, text, 9, (off_t)(uintptr_t)words), 9);
    CHECK_MEM(text, "in memory", 9);
    CHECK_EQ(pwrite(fd, "IN", 2, (off_t)(uintptr_t)words), 2);
    CHECK_STR(words, "IN memory");
    CHECK_ERRNO(pread(fd, text, 9, 8), EIO);
}

CASE(tasks_are_listed) {
    static pid_t other;
    void *idle(void *argument) {
        other = gettid();
        for (;;) pause();
        return argument;
    }
    pthread_t thread;
    CHECK_ZERO(pthread_create(&thread, NULL, idle, NULL));
    AWAIT(*(volatile pid_t *)&other != 0);
    char path[64];
    snprintf(path, sizeof path, "/proc/self/task/%d/status", other);
    CHECK_EQ(atoi(field(path, "Pid")), other);
    CHECK_EQ(atoi(field(path, "Tgid")), getpid());
    CHECK_EQ(atoi(field("/proc/self/status", "Threads")), 2);
    DIR *directory = opendir("/proc/self/task");
    struct dirent *entry;
    int count = 0;
    while ((entry = readdir(directory)) != NULL) count += entry->d_name[0] != '.';
    CHECK_EQ(count, 2);
}

CASE(processes_are_listed) {
    pid_t child = SPAWN(for (;;) pause());
    DIR *directory = opendir("/proc");
    struct dirent *entry;
    int seen = 0;
    while ((entry = readdir(directory)) != NULL) {
        if (atoi(entry->d_name) == getpid()) seen |= 1;
        if (atoi(entry->d_name) == child) seen |= 2;
        if (strcmp(entry->d_name, "self") == 0) seen |= 4;
        if (strcmp(entry->d_name, "meminfo") == 0) seen |= 8;
    }
    CHECK_EQ(seen, 15);
    OK(kill(child, SIGKILL));
    wait_signal(child, SIGKILL);
    char path[64];
    snprintf(path, sizeof path, "/proc/%d", child);
    CHECK_ERRNO(access(path, F_OK), ENOENT);
}

CASE(zombie_entries) {
    pid_t child = SPAWN();
    siginfo_t info;
    OK(waitid(P_PID, child, &info, WEXITED | WNOWAIT));
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/status", child);
    CHECK_STR(field(path, "State"), "Z (zombie)");
    snprintf(path, sizeof path, "/proc/%d/cmdline", child);
    CHECK_STR(contents(path), "");
    snprintf(path, sizeof path, "/proc/%d/exe", child);
    CHECK_ERRNO(readlink(path, text, 10), ENOENT);
    wait_ok(child);
}

CASE(memory_information) {
    long total = atol(field("/proc/meminfo", "MemTotal")), available = atol(field("/proc/meminfo", "MemAvailable"));
    CHECK(total > 10000);
    CHECK_RANGE(available, 1, total);
    CHECK_RANGE(atol(field("/proc/meminfo", "MemFree")), 1, total);
    field("/proc/meminfo", "SwapTotal");
    field("/proc/meminfo", "Buffers");
    field("/proc/meminfo", "Cached");
    struct sysinfo info;
    OK(sysinfo(&info));
    CHECK_RANGE((long)(info.totalram / 1024 * info.mem_unit), total - 1024, total + 1024);
}

CASE(processor_information) {
    contents("/proc/cpuinfo");
    int count = 0;
    for (char *at = text; (at = strstr(at, "processor\t:")) != NULL; at++) count++;
    CHECK_EQ(count, get_nprocs_conf());
    CHECK(strstr(text, "flags\t\t:") && strstr(text, "model name\t:") && strstr(text, "vendor_id\t:"));
    contents("/proc/stat");
    CHECK(strncmp(text, "cpu ", 4) == 0 && strstr(text, "\ncpu0 ") && strstr(text, "\nbtime ") && strstr(text, "\nctxt "));
    count = 0;
    for (char *at = text; (at = strstr(at, "\ncpu")) != NULL; at++) count++;
    CHECK_EQ(count, get_nprocs());
}

/* A whole word of the first processor's flags. */
static bool has_flag(const char *flags, const char *name) {
    size_t length = strlen(name);
    for (const char *at = flags; (at = strstr(at, name)) != NULL; at += length)
        if (at[-1] == ' ' && (at[length] == ' ' || at[length] == '\0')) return true;
    return false;
}

/* Chromium's start script looks for SSE3 there, and others choose their code by it. */
CASE(flags_of_processors_are_those_that_cpuid_shows) {
    static const struct {
        int leaf, word, bit;
        const char *name;
    } features[] = {{1, 2, 0, "pni"}, {1, 2, 1, "pclmulqdq"}, {1, 2, 9, "ssse3"}, {1, 2, 12, "fma"}, {1, 2, 13, "cx16"},
            {1, 2, 19, "sse4_1"}, {1, 2, 20, "sse4_2"}, {1, 2, 22, "movbe"}, {1, 2, 23, "popcnt"}, {1, 2, 25, "aes"},
            {1, 2, 26, "xsave"}, {1, 2, 28, "avx"}, {1, 2, 29, "f16c"}, {1, 3, 26, "sse2"},
            {7, 1, 0, "fsgsbase"}, {7, 1, 3, "bmi1"}, {7, 1, 5, "avx2"}, {7, 1, 8, "bmi2"}, {7, 1, 16, "avx512f"},
            {7, 1, 19, "adx"}, {7, 1, 29, "sha_ni"}, {7, 2, 8, "gfni"}, {7, 2, 9, "vaes"}};
    char flags[4096];
    snprintf(flags, sizeof flags, " %s", field("/proc/cpuinfo", "flags\t\t"));
    for (size_t i = 0; i < sizeof features / sizeof *features; i++) {
        unsigned words[4];
        CHECK(__get_cpuid_count(features[i].leaf, 0, &words[0], &words[1], &words[2], &words[3]));
        bool shown = words[features[i].word] >> features[i].bit & 1;
        if (has_flag(flags, features[i].name) != shown)
            FAIL("CPUID %s %s, /proc/cpuinfo differs", shown ? "has" : "has not", features[i].name);
    }
}

CASE(time_and_load) {
    double up, idle, one, five, fifteen;
    CHECK_EQ(sscanf(contents("/proc/uptime"), "%lf %lf", &up, &idle), 2);
    struct timespec now;
    clock_gettime(CLOCK_BOOTTIME, &now);
    CHECK(up > now.tv_sec - 2 && up < now.tv_sec + 2);
    int running, all, last;
    CHECK_EQ(sscanf(contents("/proc/loadavg"), "%lf %lf %lf %d/%d %d", &one, &five, &fifteen, &running, &all, &last), 6);
}

CASE(mounts) {
    contents("/proc/self/mounts");
    CHECK(strstr(text, " / ") != NULL);
    CHECK(strstr(text, " /proc proc ") != NULL);
    contents("/proc/self/mountinfo");
    CHECK(strstr(text, " /proc ") && strstr(text, " - proc "));
    CHECK_STR(link_of("/proc/mounts"), "self/mounts");
    CHECK(strstr(contents("/proc/filesystems"), "\tproc\n") != NULL);
    CHECK(strstr(text, "\ttmpfs\n") != NULL);
}

CASE(kernel_settings) {
    CHECK(atoi(contents("/proc/sys/kernel/pid_max")) >= 1000);
    CHECK(atoi(contents("/proc/sys/kernel/ngroups_max")) == 65536);
    CHECK_RANGE(atoi(contents("/proc/sys/kernel/cap_last_cap")), 37, 63);
    CHECK_RANGE(atoi(contents("/proc/sys/vm/overcommit_memory")), 0, 2);
    CHECK(atoi(contents("/proc/sys/vm/max_map_count")) >= 65530);
    CHECK(atoi(contents("/proc/sys/net/core/somaxconn")) >= 128);
    CHECK(atoi(contents("/proc/sys/vm/mmap_min_addr")) >= 0);
    CHECK(strlen(contents("/proc/sys/kernel/random/boot_id")) == 37);
    char first[64];
    strcpy(first, contents("/proc/sys/kernel/random/uuid"));
    CHECK_EQ(strlen(first), 37);
    CHECK(strcmp(first, contents("/proc/sys/kernel/random/uuid")) != 0);
    CHECK_STR(contents("/proc/sys/kernel/ostype"), "Linux\n");
    CHECK(strstr(contents("/proc/version"), "Linux version ") == text);
}

CASE(read_only_entries_refuse) {
    CHECK_ERRNO(open("/proc/none", O_RDONLY), ENOENT);
    CHECK(open("/proc/new", O_RDWR | O_CREAT, 0600) == -1);
    CHECK(mkdir("/proc/d", 0700) == -1);
    CHECK(unlink("/proc/meminfo") == -1);
    CHECK_ERRNO(open("/proc/self/maps/x", O_RDONLY), ENOTDIR);
}

/* As pam_loginuid(8) does before it writes who logged in. */
CASE(files_are_truncated_to_no_effect) {
    static const char *const paths[] = {"/proc/self/loginuid", "/proc/self/oom_score_adj", "/proc/self/comm"};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        char before[64];
        strcpy(before, contents(paths[i]));
        CHECK(*before != 0);
        int fd = OK(open(paths[i], O_RDWR));
        CHECK_EQ(ftruncate(fd, 0), 0);
        CHECK_EQ(ftruncate(fd, 1000), 0);
        CHECK_ERRNO(ftruncate(fd, -1), EINVAL);
        struct stat status;
        OK(fstat(fd, &status));
        CHECK_EQ(status.st_size, 0);
        OK(close(fd));
        CHECK_EQ(truncate(paths[i], 0), 0);
        CHECK_STR(contents(paths[i]), before);
        fd = OK(open(paths[i], O_RDONLY));
        CHECK_ERRNO(ftruncate(fd, 0), EINVAL);
        OK(close(fd));
    }
}

CASE(files_are_read_in_pieces) {
    contents("/proc/self/maps");
    static char pieces[1 << 16];
    int fd = OK(open("/proc/self/maps", O_RDONLY));
    size_t used = 0;
    ssize_t count;
    while ((count = read(fd, pieces + used, 100)) > 0) used += count;
    CHECK(used > 200);
    CHECK_MEM(pieces, text, 100);
    OK(lseek(fd, 0, SEEK_SET));
    CHECK(read(fd, pieces, 10) == 10);
    CHECK_MEM(pieces, text, 10);
}

CASE(out_of_memory_score) {
    int fd = OK(open("/proc/self/oom_score_adj", O_RDWR));
    CHECK_EQ(write(fd, "500", 3), 3);
    CHECK_STR(contents("/proc/self/oom_score_adj"), "500\n");
    CHECK_ERRNO(write(fd, "5000", 4), EINVAL);
    contents("/proc/self/oom_score");
}

/* What a process offers by itself it may take back, and no more than that. */
CASE(out_of_memory_score_is_taken_back) {
    int fd = OK(open("/proc/self/oom_score_adj", O_RDWR));
    char before[16], value[16];
    strcpy(before, contents("/proc/self/oom_score_adj"));
    int lowest = atoi(before);
    CHECK_EQ(write(fd, before, strlen(before)), strlen(before));
    OK(setuid(65534));
    for (int offered = lowest + 20; offered >= lowest; offered -= 5) {
        int length = snprintf(value, sizeof value, "%d\n", offered);
        CHECK_EQ(pwrite(fd, value, length, 0), length);
        CHECK_STR(contents("/proc/self/oom_score_adj"), value);
    }
    if (lowest == -1000) return;
    int length = snprintf(value, sizeof value, "%d\n", lowest - 1);
    CHECK_ERRNO(pwrite(fd, value, length, 0), EACCES);
}

CASE(auxv_file) {
    int fd = OK(open("/proc/self/auxv", O_RDONLY));
    unsigned long pairs[100];
    ssize_t size = OK(read(fd, pairs, sizeof pairs));
    CHECK_EQ(size % 16, 0);
    int seen_page_size = 0;
    for (ssize_t i = 0; i < size / 16; i++) seen_page_size |= pairs[2 * i] == 6 && pairs[2 * i + 1] == 4096;
    CHECK(seen_page_size);
    CHECK_EQ(pairs[size / 8 - 2], 0);
}

CASE(io_counters) {
    long before = atol(field("/proc/self/io", "wchar"));
    int fd = OK(open("/dev/null", O_WRONLY));
    CHECK_EQ(write(fd, text, 1000), 1000);
    CHECK(atol(field("/proc/self/io", "wchar")) >= before + 1000);
}

CASE(null_and_zero_devices) {
    int null = OK(open("/dev/null", O_RDWR)), zero = OK(open("/dev/zero", O_RDWR));
    char bytes[64];
    CHECK_EQ(read(null, bytes, 64), 0);
    CHECK_EQ(write(null, bytes, 64), 64);
    CHECK_EQ(lseek(null, 100, SEEK_SET), 0);
    memset(bytes, 1, 64);
    CHECK_EQ(read(zero, bytes, 64), 64);
    for (int i = 0; i < 64; i++) CHECK_EQ(bytes[i], 0);
    CHECK_EQ(write(zero, bytes, 64), 64);
    CHECK_ERRNO(read(zero, (void *)8, 64), EFAULT);
    CHECK_EQ(write(null, (void *)8, 64), 64); /* never looked at */
}

CASE(full_device) {
    int full = OK(open("/dev/full", O_RDWR));
    char bytes[8] = "xxxxxxx";
    CHECK_EQ(read(full, bytes, 8), 8);
    CHECK_EQ(bytes[0], 0);
    CHECK_ERRNO(write(full, bytes, 8), ENOSPC);
}

CASE(random_devices) {
    static const char *const names[] = {"/dev/random", "/dev/urandom"};
    for (int i = 0; i < 2; i++) {
        int fd = OK(open(names[i], O_RDWR));
        char first[4096], second[4096];
        CHECK_EQ(read(fd, first, sizeof first), sizeof first); /* never short */
        CHECK_EQ(read(fd, second, sizeof second), sizeof second);
        CHECK(memcmp(first, second, sizeof first) != 0);
        CHECK_EQ(write(fd, "seed", 4), 4);
    }
}

CASE(standard_descriptors_by_name) {
    CHECK_STR(link_of("/dev/stdin"), "/proc/self/fd/0");
    CHECK_STR(link_of("/dev/stdout"), "/proc/self/fd/1");
    CHECK_STR(link_of("/dev/stderr"), "/proc/self/fd/2");
    CHECK_STR(link_of("/dev/fd"), "/proc/self/fd");
    OK(open("/dev/stdin", O_RDONLY));
}

CASE(shared_memory_directory) {
    struct stat about;
    OK(stat("/dev/shm", &about));
    CHECK_EQ(about.st_mode, S_IFDIR | 01777);
    char name[64];
    snprintf(name, sizeof name, "/conformance-%d", getpid());
    int fd = OK(shm_open(name, O_RDWR | O_CREAT | O_EXCL, 0600));
    OK(ftruncate(fd, 8192));
    CHECK_ZERO(posix_fallocate(fd, 0, 8192));
    char *memory = OK(mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
    IN_CHILD({
        int again = OK(shm_open(name, O_RDWR, 0));
        char *other = OK(mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, again, 0));
        other[5000] = 7;
    });
    CHECK_EQ(memory[5000], 7);
    OK(shm_unlink(name));
}

CASE(system_files_about_processors) {
    CHECK(strlen(contents("/sys/devices/system/cpu/online")) >= 2);
    CHECK(contents("/sys/devices/system/cpu/possible")[0] == '0');
    CHECK(strstr(contents("/sys/kernel/mm/transparent_hugepage/enabled"), "[") != NULL);
}

/* The JVM's -Xlog:pagesize finds the machine misconfigured where one of the two is not there. */
CASE(the_size_of_huge_pages_has_a_directory) {
    const char *line = strstr(contents("/proc/meminfo"), "\nHugepagesize:");
    if (line == NULL) {
        case_skip("a kernel without huge pages");
    }
    long kib = atol(line + sizeof "\nHugepagesize:" - 1);
    CHECK(kib > 0);
    const char *names[] = {"nr_hugepages", "free_hugepages", "resv_hugepages", "surplus_hugepages",
                           "nr_overcommit_hugepages"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char path[200];
        snprintf(path, sizeof path, "/sys/kernel/mm/hugepages/hugepages-%ldkB/%s", kib, names[i]);
        const char *count = contents(path);
        CHECK_RANGE(count[0], '0', '9');
        CHECK(count[strlen(count) - 1] == '\n');
    }
}

CASE(cgroup_file) {
    contents("/proc/self/cgroup");
    CHECK(strstr(text, "0::/") != NULL);
}
