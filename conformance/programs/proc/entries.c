/* proc(5): what is found by its name in a process's directory is listed there, and the other way round. */
#include "../case.h"
#include <dirent.h>
#include <stdbool.h>

static const char *const NAMES[] = {
    "auxv", "cgroup", "cmdline", "comm", "cwd", "environ", "exe", "fd", "fdinfo", "limits", "maps",
    "mem", "mountinfo", "mounts", "net", "ns", "oom_score", "oom_score_adj", "root", "smaps", "stat",
    "statm", "status", NULL};

static bool is_listed(const char *directory, const char *name) {
    DIR *entries = opendir(directory);
    CHECK(entries != NULL);
    bool found = false;
    struct dirent *entry;
    while ((entry = readdir(entries)) != NULL)
        if (strcmp(entry->d_name, name) == 0) found = true;
    closedir(entries);
    return found;
}

static void find(const char *directory, const char *name) {
    char path[64];
    struct stat seen, again;
    snprintf(path, sizeof path, "%s/%s", directory, name);
    OK(lstat(path, &seen));
    OK(lstat(path, &again));
    CHECK_EQ(seen.st_ino, again.st_ino);
}

static void find_all(const char *directory) {
    for (const char *const *name = NAMES; *name != NULL; name++) find(directory, *name);
}

static void list_all(const char *directory) {
    for (const char *const *name = NAMES; *name != NULL; name++) CHECK(is_listed(directory, *name));
}

CASE(what_was_found_is_listed) {
    find_all("/proc/self");
    find("/proc/self", "task");
    list_all("/proc/self");
    CHECK(is_listed("/proc/self", "task"));
}

CASE(what_was_listed_is_found) {
    list_all("/proc/self");
    find_all("/proc/self");
}

CASE(a_listed_name_stays_the_same_file) {
    struct stat before, after;
    OK(lstat("/proc/self/stat", &before));
    list_all("/proc/self");
    OK(lstat("/proc/self/stat", &after));
    CHECK_EQ(before.st_ino, after.st_ino);
}

CASE(a_thread_has_no_threads_of_its_own) {
    char directory[64], path[80];
    snprintf(directory, sizeof directory, "/proc/self/task/%d", getpid());
    find_all(directory);
    list_all(directory);
    snprintf(path, sizeof path, "%s/task", directory);
    struct stat none;
    CHECK_ERRNO(lstat(path, &none), ENOENT);
    CHECK(!is_listed(directory, "task"));
}

CASE(an_unknown_name_is_not_found) {
    struct stat none;
    CHECK_ERRNO(lstat("/proc/self/no-such-entry", &none), ENOENT);
    CHECK_ERRNO(lstat("/proc/self/net/no-such-entry", &none), ENOENT);
    find("/proc/self/net", "dev");
    CHECK(is_listed("/proc/self/net", "tcp"));
    CHECK(is_listed("/proc/self/net", "stat"));
}
