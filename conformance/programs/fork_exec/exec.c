/* build: static dynamic
 * execve(2): arguments, what survives, scripts, errors. */
#include "../case.h"
#include <dirent.h>
#include <elf.h>
#include <pthread.h>
#include <sys/auxv.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>

extern char **environ;

/* Exits with the number of arguments after checking them: "@arguments COUNT A0 A1 ..." */
HELPER(arguments) {
    CHECK_EQ(argc - 2, atoi(argv[1]));
    for (int i = 2; i < argc; i++) {
        char expected[32];
        snprintf(expected, sizeof expected, "argument-%d", i - 2);
        CHECK_STR(argv[i], expected);
    }
    return 0;
}

CASE(many_arguments) {
    enum { COUNT = 3000 };
    static char *arguments[COUNT + 4], text[COUNT][16];
    arguments[0] = self_path;
    arguments[1] = "@arguments";
    arguments[2] = "3000";
    for (int i = 0; i < COUNT; i++) {
        snprintf(text[i], sizeof text[i], "argument-%d", i);
        arguments[i + 3] = text[i];
    }
    wait_ok(SPAWN(execv(self_path, arguments)));
}

HELPER(environment) {
    CHECK_STR(getenv("FIRST"), "1");
    CHECK_STR(getenv("EMPTY"), "");
    CHECK(getenv("HOME") == NULL);
    int count = 0;
    while (environ[count] != NULL) count++;
    CHECK_EQ(count, 3);
    return 0;
}

CASE(environment_is_exactly_what_is_given) {
    char *arguments[] = {self_path, "@environment", NULL}, *environment[] = {"FIRST=1", "EMPTY=", "odd", NULL};
    wait_ok(SPAWN(execve(self_path, arguments, environment)));
}

HELPER(empty_argument) {
    CHECK_EQ(argc, 3);
    CHECK_STR(argv[1], "");
    CHECK_STR(argv[2], " a b ");
    return 0;
}

CASE(empty_and_blank_arguments) {
    wait_ok(SPAWN(execl(self_path, "another name", "@empty_argument", "", " a b ", NULL)));
}

CASE(too_much_is_e2big) {
    size_t size = 200 << 10; /* execve(2): one string is at most 128 KiB */
    char *big = malloc(size);
    memset(big, 'x', size - 1);
    big[size - 1] = 0;
    char *arguments[] = {self_path, big, NULL};
    CHECK_ERRNO(execv(self_path, arguments), E2BIG);
    big[100 << 10] = 0;
    static char *many[100];
    for (int i = 0; i < 90; i++) many[i] = big; /* 9 MB in all, a quarter of the stack limit is the bound */
    IN_CHILD({
        struct rlimit limit = {8 << 20, 8 << 20};
        OK(setrlimit(RLIMIT_STACK, &limit));
        CHECK_ERRNO(execv(self_path, many), E2BIG);
    });
}

HELPER(long_argument) { return strlen(argv[1]) == 100000 ? 0 : 1; }

CASE(one_long_argument) {
    char *big = malloc(100001);
    memset(big, 'x', 100000);
    big[100000] = 0;
    wait_ok(SPAWN(execl(self_path, self_path, "@long_argument", big, NULL)));
}

CASE(errors) {
    char *arguments[] = {"x", NULL};
    CHECK_ERRNO(execv("none", arguments), ENOENT);
    CHECK_ERRNO(execv("", arguments), ENOENT);
    write_file("plain", "just text\n", 10);
    CHECK_ERRNO(execv("plain", arguments), EACCES); /* not executable */
    OK(chmod("plain", 0755));
    CHECK_ERRNO(execv("plain", arguments), ENOEXEC);
    CHECK_ERRNO(execv(".", arguments), EACCES);
    CHECK_ERRNO(execv("plain/x", arguments), ENOTDIR);
    write_file("empty", "", 0);
    OK(chmod("empty", 0755));
    CHECK_ERRNO(execv("empty", arguments), ENOEXEC);
    CHECK_ERRNO(syscall(SYS_execve, (char *)8, arguments, NULL), EFAULT);
    CHECK_ERRNO(syscall(SYS_execve, self_path, (char **)8, NULL), EFAULT);
    char *wild[] = {"x", (char *)8, NULL};
    CHECK_ERRNO(syscall(SYS_execve, self_path, wild, NULL), EFAULT);
    OK(mkfifo("fifo", 0755));
    CHECK_ERRNO(execv("fifo", arguments), EACCES);
    OK(symlink("loop", "loop"));
    CHECK_ERRNO(execv("loop", arguments), ELOOP);
}

/* A copy of the ELF header of this program with one thing broken. */
static void broken_elf(const char *path, void (*breaking)(Elf64_Ehdr *header, Elf64_Phdr *segments)) {
    static char image[8192];
    int fd = OK(open(self_path, O_RDONLY));
    ssize_t size = OK(read(fd, image, sizeof image));
    Elf64_Ehdr *header = (void *)image;
    breaking(header, (void *)(image + header->e_phoff));
    write_file(path, image, size);
    OK(chmod(path, 0755));
    close(fd);
}

CASE(malformed_programs_are_enoexec) {
    char *arguments[] = {"x", NULL};
    void class32(Elf64_Ehdr *header, Elf64_Phdr *segments) { (void)segments; header->e_phentsize = 1; }
    void machine(Elf64_Ehdr *header, Elf64_Phdr *segments) { (void)segments; header->e_machine = EM_AARCH64; }
    void kind(Elf64_Ehdr *header, Elf64_Phdr *segments) { (void)segments; header->e_type = ET_REL; }
    void count(Elf64_Ehdr *header, Elf64_Phdr *segments) { (void)segments; header->e_phnum = 0; }
    broken_elf("b1", class32);
    CHECK_ERRNO(execv("b1", arguments), ENOEXEC);
    broken_elf("b2", machine);
    CHECK_ERRNO(execv("b2", arguments), ENOEXEC);
    broken_elf("b3", kind);
    CHECK_ERRNO(execv("b3", arguments), ENOEXEC);
    broken_elf("b4", count);
    CHECK_ERRNO(execv("b4", arguments), ENOEXEC);
    write_file("b5", "\177ELF", 4);
    OK(chmod("b5", 0755));
    CHECK_ERRNO(execv("b5", arguments), ENOEXEC);
}

CASE(wild_segments_fail_or_kill) {
    char *arguments[] = {"x", NULL};
    void far(Elf64_Ehdr *header, Elf64_Phdr *segments) {
        for (int i = 0; i < header->e_phnum; i++) segments[i].p_vaddr = 0xffffffffffff0000 + segments[i].p_vaddr % 4096;
    }
    void huge(Elf64_Ehdr *header, Elf64_Phdr *segments) {
        for (int i = 0; i < header->e_phnum; i++) segments[i].p_memsz = 1UL << 50;
    }
    void entry(Elf64_Ehdr *header, Elf64_Phdr *segments) { (void)segments; header->e_entry = 0x8000000000000000; }
    void (*breakings[])(Elf64_Ehdr *, Elf64_Phdr *) = {far, huge, entry};
    for (int i = 0; i < 3; i++) {
        broken_elf("wild", breakings[i]);
        int status = wait_status(SPAWN({
            execv("wild", arguments);
            _exit(99);
        }));
        CHECK((WIFEXITED(status) && WEXITSTATUS(status) == 99) || WIFSIGNALED(status));
    }
}

HELPER(print_arguments) {
    for (int i = 1; i < argc; i++) printf("[%s]", argv[i]);
    fflush(stdout);
    return 0;
}

/* Runs a command with its output in a string. */
static const char *output_of(char *const arguments[]) {
    static char text[4096];
    int ends[2];
    OK(pipe(ends));
    pid_t child = SPAWN({
        dup2(ends[1], 1);
        close(ends[0]);
        close(ends[1]);
        execv(arguments[0], arguments);
        dprintf(1, "%s", strerrorname_np(errno));
    });
    close(ends[1]);
    size_t used = 0;
    ssize_t count;
    while ((count = read(ends[0], text + used, sizeof text - 1 - used)) > 0) used += count;
    text[used] = 0;
    close(ends[0]);
    wait_ok(child);
    return text;
}

static void script(const char *path, const char *format) {
    char text[PATH_MAX + 100];
    int length = snprintf(text, sizeof text, format, self_path);
    write_file(path, text, length);
    OK(chmod(path, 0755));
}

CASE(script_gets_interpreter_argument_path_and_rest) {
    script("s", "#!%s @print_arguments\n");
    char *arguments[] = {"./s", "one", "two", NULL};
    CHECK_STR(output_of(arguments), "[./s][one][two]");
}

CASE(script_argument_is_not_split) {
    script("s", "#! \t%s  @print_arguments  \nrest");
    char *arguments[] = {"./s", NULL};
    CHECK_STR(output_of(arguments), "[./s]");
    script("t", "#!%s @print_arguments with spaces\n");
    arguments[0] = "./t";
    /* "@print_arguments with spaces" is one word, so no such helper exists. */
    pid_t child = SPAWN({
        dup2(OK(open("/dev/null", O_WRONLY)), 2);
        execv("./t", arguments);
    });
    wait_exit(child, 2);
}

CASE(script_without_newline_and_nested_scripts) {
    script("s", "#!%s @print_arguments");
    char *arguments[] = {"./s", "x", NULL};
    CHECK_STR(output_of(arguments), "[./s][x]");
    write_file("outer", "#!./s\n", 6);
    OK(chmod("outer", 0755));
    arguments[0] = "./outer";
    CHECK_STR(output_of(arguments), "[./s][./outer][x]");
}

CASE(script_errors) {
    char *arguments[] = {"./s", NULL};
    write_file("s", "#!/no/such/interpreter\n", 23);
    OK(chmod("s", 0755));
    CHECK_ERRNO(execv("./s", arguments), ENOENT);
    write_file("s", "#!./s\n", 6); /* itself, without end */
    CHECK_ERRNO(execv("./s", arguments), ELOOP);
    write_file("s", "#!\n", 3);
    CHECK_ERRNO(execv("./s", arguments), ENOEXEC);
    write_file("s", "#!   \n", 6);
    CHECK_ERRNO(execv("./s", arguments), ENOEXEC);
}

HELPER(descriptors) {
    int kept = atoi(argv[1]), closed = atoi(argv[2]);
    CHECK_EQ(fcntl(kept, F_GETFD), 0);
    CHECK_EQ(lseek(kept, 0, SEEK_CUR), 5);
    CHECK_ERRNO(fcntl(closed, F_GETFD), EBADF);
    return 0;
}

CASE(descriptors_stay_open_unless_marked) {
    write_file("f", "0123456789", 10);
    int kept = OK(open("f", O_RDONLY)), closed = OK(open("f", O_RDONLY | O_CLOEXEC));
    OK(lseek(kept, 5, SEEK_SET));
    char first[12], second[12];
    snprintf(first, sizeof first, "%d", kept);
    snprintf(second, sizeof second, "%d", closed);
    wait_ok(SPAWN(execl(self_path, self_path, "@descriptors", first, second, NULL)));
    CHECK_EQ(fcntl(closed, F_GETFD), FD_CLOEXEC);
}

HELPER(identity) {
    CHECK_EQ(getpid(), atoi(argv[1]));
    CHECK_EQ(getppid(), atoi(argv[2]));
    char cwd[PATH_MAX];
    CHECK(getcwd(cwd, sizeof cwd) && strcmp(strrchr(cwd, '/'), "/d") == 0);
    CHECK_EQ(umask(0), 0123);
    struct rlimit limit;
    OK(getrlimit(RLIMIT_NOFILE, &limit));
    CHECK_EQ(limit.rlim_cur, 77);
    CHECK_EQ(getpgrp(), getpid());
    return 0;
}

CASE(identity_directory_umask_and_limits_survive) {
    pid_t parent = getpid(), child = SPAWN({
        char first[12];
        char second[12];
        snprintf(first, sizeof first, "%d", getpid());
        snprintf(second, sizeof second, "%d", parent);
        OK(mkdir("d", 0700));
        OK(chdir("d"));
        umask(0123);
        OK(setpgid(0, 0));
        struct rlimit limit = {77, 77};
        OK(setrlimit(RLIMIT_NOFILE, &limit));
        execl(self_path, self_path, "@identity", first, second, NULL);
    });
    wait_ok(child);
}

HELPER(from_thread) {
    CHECK_EQ(gettid(), getpid());
    CHECK_EQ(getpid(), atoi(argv[1]));
    DIR *tasks = opendir("/proc/self/task");
    int count = 0;
    struct dirent *entry;
    while ((entry = readdir(tasks)) != NULL)
        if (entry->d_name[0] != '.') count++;
    CHECK_EQ(count, 1);
    return 0;
}

CASE(exec_in_a_thread_replaces_the_process) {
    void *run(void *argument) {
        (void)argument;
        char number[12];
        snprintf(number, sizeof number, "%d", getpid());
        execl(self_path, self_path, "@from_thread", number, NULL);
        return NULL;
    }
    void *idle(void *argument) {
        (void)argument;
        for (;;) pause();
    }
    pid_t child = SPAWN({
        pthread_t thread;
        CHECK_ZERO(pthread_create(&thread, NULL, idle, NULL));
        CHECK_ZERO(pthread_create(&thread, NULL, run, NULL));
        for (;;) pause();
    });
    wait_ok(child);
}

CASE(program_deleted_before_and_while_running) {
    char command[PATH_MAX + 64];
    int in = OK(open(self_path, O_RDONLY)), out = OK(open("copy", O_WRONLY | O_CREAT | O_CLOEXEC, 0755));
    struct stat about;
    OK(fstat(in, &about));
    off_t left = about.st_size;
    while (left > 0) left -= OK(copy_file_range(in, NULL, out, NULL, left, 0));
    close(out);
    snprintf(command, sizeof command, "./copy");
    pid_t child = SPAWN(execl(command, command, "@unlinked", NULL));
    wait_ok(child);
    int fd = OK(open(self_path, O_RDONLY | O_CLOEXEC));
    child = SPAWN({
        char *arguments[] = {"by descriptor", "@arguments", "0", NULL};
        fexecve(fd, arguments, environ);
    });
    wait_ok(child);
}

HELPER(unlinked) {
    OK(unlink("copy"));
    char target[PATH_MAX] = "";
    OK(readlink("/proc/self/exe", target, sizeof target - 1));
    CHECK_STR(target + strlen(target) - 15, "/copy (deleted)");
    /* The magic link still executes the deleted file. */
    wait_ok(SPAWN(execl("/proc/self/exe", "again", "@arguments", "0", NULL)));
    return 0;
}

CASE(writing_to_a_running_program_is_etxtbsy) {
    CHECK_ERRNO(open(self_path, O_WRONLY), ETXTBSY);
    CHECK_ERRNO(truncate(self_path, 0), ETXTBSY);
}

HELPER(auxiliary_vector) {
    CHECK_EQ(getauxval(AT_PAGESZ), 4096);
    CHECK_EQ(getauxval(AT_CLKTCK), 100);
    CHECK_EQ(getauxval(AT_UID), getuid());
    CHECK_EQ(getauxval(AT_EUID), geteuid());
    CHECK_EQ(getauxval(AT_GID), getgid());
    CHECK_EQ(getauxval(AT_SECURE), 0);
    CHECK_STR((char *)getauxval(AT_EXECFN), self_path);
    CHECK_STR((char *)getauxval(AT_PLATFORM), "x86_64");
    CHECK(getauxval(AT_RANDOM) != 0);
    CHECK(getauxval(AT_ENTRY) != 0);
    Elf64_Phdr *segments = (void *)getauxval(AT_PHDR);
    CHECK_EQ(getauxval(AT_PHENT), sizeof *segments);
    int loads = 0;
    for (unsigned long i = 0; i < getauxval(AT_PHNUM); i++) loads += segments[i].p_type == PT_LOAD;
    CHECK(loads >= 2);
    CHECK_EQ((uintptr_t)argv % 8, 0);
    return 0;
}

CASE(auxiliary_vector_is_complete) {
    wait_ok(SPAWN(execl(self_path, self_path, "@auxiliary_vector", NULL)));
}

HELPER(random_bytes) {
    fwrite((void *)getauxval(AT_RANDOM), 1, 16, stdout);
    uintptr_t stack = (uintptr_t)&argc;
    fwrite(&stack, 1, 8, stdout);
    fflush(stdout);
    return 0;
}

CASE(random_bytes_and_stack_differ_between_runs) {
    char first[24], second[24], *arguments[] = {self_path, "@random_bytes", NULL};
    memcpy(first, output_of(arguments), 24);
    memcpy(second, output_of(arguments), 24);
    CHECK(memcmp(first, second, 16) != 0);
    CHECK(memcmp(first + 16, second + 16, 8) != 0);
}

HELPER(personality_is) {
    CHECK_EQ(personality(0xffffffff), ADDR_NO_RANDOMIZE);
    return 0;
}

CASE(personality_survives_exec) {
    pid_t child = SPAWN({
        CHECK_EQ(personality(ADDR_NO_RANDOMIZE), 0);
        execl(self_path, self_path, "@personality_is", NULL);
    });
    wait_ok(child);
}

HELPER(process_name) {
    char name[16], text[64];
    OK(prctl(PR_GET_NAME, name));
    CHECK_STR(name, argv[1]);
    read_file("/proc/self/comm", text, sizeof text);
    CHECK_EQ(strlen(text), strlen(argv[1]) + 1);
    return 0;
}

CASE(process_name_is_the_file_name) {
    const char *name = strrchr(self_path, '/') + 1;
    char expected[16] = "";
    strncpy(expected, name, 15);
    wait_ok(SPAWN(execl(self_path, "not this", "@process_name", expected, NULL)));
}

CASE(null_arguments_become_one_empty_string) {
    /* Linux 5.18: argc is never 0. The program sees an empty argv[0] and lists its cases. */
    pid_t child = SPAWN({
        dup2(OK(open("/dev/null", O_WRONLY)), 1);
        syscall(SYS_execve, self_path, NULL, NULL);
    });
    wait_ok(child);
}

CASE(execveat_forms) {
    char directory[PATH_MAX], *arguments[] = {"x", "@arguments", "0", NULL};
    strcpy(directory, self_path);
    char *base = strrchr(directory, '/');
    *base++ = 0;
    int fd = OK(open(directory, O_PATH | O_CLOEXEC)), file = OK(open(self_path, O_PATH | O_CLOEXEC));
    wait_ok(SPAWN(syscall(SYS_execveat, fd, base, arguments, environ, 0); _exit(1)));
    wait_ok(SPAWN(syscall(SYS_execveat, file, "", arguments, environ, AT_EMPTY_PATH); _exit(1)));
    CHECK_ERRNO(syscall(SYS_execveat, file, "", arguments, environ, 0), ENOENT);
    CHECK_ERRNO(syscall(SYS_execveat, 999, "x", arguments, environ, 0), EBADF);
    OK(symlink(self_path, "link"));
    CHECK_ERRNO(syscall(SYS_execveat, AT_FDCWD, "link", arguments, environ, AT_SYMLINK_NOFOLLOW), ELOOP);
}

HELPER(set_id) {
    CHECK_EQ(getuid(), 1000);
    CHECK_EQ(geteuid(), 2000);
    CHECK_EQ(getegid(), 3000);
    CHECK_EQ(getauxval(AT_SECURE), 1);
    return 0;
}

CASE(set_user_and_group_id_programs) {
    OK(chmod(".", 0755));
    int in = OK(open(self_path, O_RDONLY)), out = OK(open("copy", O_WRONLY | O_CREAT | O_CLOEXEC, 0755));
    struct stat about;
    OK(fstat(in, &about));
    off_t left = about.st_size;
    while (left > 0) left -= OK(copy_file_range(in, NULL, out, NULL, left, 0));
    OK(fchown(out, 2000, 3000));
    OK(fchmod(out, 06755));
    close(out);
    pid_t child = SPAWN({
        OK(setresgid(1000, 1000, 1000));
        OK(setresuid(1000, 1000, 1000));
        char path[PATH_MAX];
        CHECK(getcwd(path, sizeof path) != NULL);
        strcat(path, "/copy");
        execl(path, path, "@set_id", NULL);
    });
    wait_ok(child);
}

CASE(no_new_privileges_disables_set_id) {
    OK(chmod(".", 0755));
    int in = OK(open(self_path, O_RDONLY)), out = OK(open("copy", O_WRONLY | O_CREAT | O_CLOEXEC, 0755));
    struct stat about;
    OK(fstat(in, &about));
    off_t left = about.st_size;
    while (left > 0) left -= OK(copy_file_range(in, NULL, out, NULL, left, 0));
    OK(fchown(out, 2000, 3000));
    OK(fchmod(out, 06755));
    close(out);
    pid_t child = SPAWN({
        OK(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
        OK(setresuid(1000, 1000, 1000));
        execl("./copy", "copy", "@plain_id", NULL);
    });
    wait_ok(child);
}

HELPER(plain_id) {
    CHECK_EQ(geteuid(), 1000);
    CHECK_EQ(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0), 1);
    return 0;
}

CASE(exec_many_times) {
    for (int i = 0; i < 30; i++) wait_ok(SPAWN(execl(self_path, self_path, "@arguments", "0", NULL)));
}

HELPER(chain) {
    int left = atoi(argv[1]);
    if (left == 0) return 0;
    char number[12];
    snprintf(number, sizeof number, "%d", left - 1);
    execl(self_path, self_path, "@chain", number, NULL);
    return 1;
}

CASE(exec_in_a_chain) { wait_ok(SPAWN(execl(self_path, self_path, "@chain", "30", NULL))); }
