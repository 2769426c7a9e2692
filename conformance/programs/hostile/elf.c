/*
 * Programs that are none, or not quite: execve(2) refuses what Linux refuses, with its errno, and
 * what it starts ends in a signal at worst. Prints what became of each.
 */
#include "../case.h"
#include <elf.h>
#include <sys/resource.h>

enum { BASE = 0x400000, SIZE = 8192, CODE = 0x400 };

static struct {
    Elf64_Ehdr header;
    Elf64_Phdr segments[8];
    char rest[SIZE - sizeof(Elf64_Ehdr) - 8 * sizeof(Elf64_Phdr)];
} image;

/* A good program of one segment, which exits with 42. */
static void good(void) {
    static const unsigned char code[] = {0xbf, 42, 0, 0, 0, 0xb8, 60, 0, 0, 0, 0x0f, 0x05};
    memset(&image, 0, sizeof image);
    Elf64_Ehdr *h = &image.header;
    memcpy(h->e_ident, "\177ELF\2\1\1", 7);
    h->e_type = ET_EXEC, h->e_machine = EM_X86_64, h->e_version = 1, h->e_entry = BASE + CODE;
    h->e_phoff = sizeof *h, h->e_ehsize = sizeof *h, h->e_phentsize = sizeof(Elf64_Phdr), h->e_phnum = 1;
    image.segments[0] = (Elf64_Phdr){PT_LOAD, PF_R | PF_W | PF_X, 0, BASE, BASE, SIZE, SIZE, 4096};
    memcpy((char *)&image + CODE, code, sizeof code);
}

static void write_image(const char *path) {
    write_file(path, &image, sizeof image);
    OK(chmod(path, 0755));
}

/* What becomes of a program: how it ends, or why it does not start. */
static void outcome(const char *path, char *text, size_t room) {
    int *refusal = shared_page();
    *refusal = 0;
    pid_t child = OK(fork());
    if (child == 0) {
        setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
        close(2);
        alarm(3);
        execve(path, (char *[]){"program", NULL}, (char *[]){NULL});
        *refusal = errno;
        _exit(0);
    }
    int status = wait_status(child);
    if (*refusal != 0) snprintf(text, room, "%s", strerrorname_np(*refusal));
    else if (WIFSIGNALED(status)) snprintf(text, room, "signal %d", WTERMSIG(status));
    else snprintf(text, room, "exit %d", WEXITSTATUS(status));
    munmap(refusal, 4096);
}

/* Whether a program that is not started is refused or killed is left to the kernel. */
static int only_whether;

static void tell(const char *name, const char *path) {
    char text[64];
    outcome(path, text, sizeof text);
    if (only_whether && text[0] != 'e') strcpy(text, "does not run");
    dprintf(1, "%s: %s\n", name, text);
}

static void try_image(const char *name) {
    write_image("program");
    tell(name, "./program");
    OK(unlink("program"));
}

#define H image.header
#define S image.segments
#define TRY(name, ...)     \
    do {                   \
        good();            \
        __VA_ARGS__;       \
        try_image(name);   \
    } while (0)

CASE(headers) {
    TRY("good");
    TRY("magic", H.e_ident[0] = 0);
    TRY("32 bits", H.e_ident[EI_CLASS] = ELFCLASS32, H.e_machine = EM_386);
    TRY("32 bits of another machine", H.e_ident[EI_CLASS] = ELFCLASS32, H.e_machine = EM_ARM);
    TRY("another machine", H.e_machine = EM_AARCH64);
    TRY("relocatable", H.e_type = ET_REL);
    TRY("core dump", H.e_type = ET_CORE);
    TRY("no type", H.e_type = 0);
    TRY("no program headers", H.e_phnum = 0);
    TRY("too many program headers", H.e_phnum = 65535);
    TRY("program headers of another size", H.e_phentsize = 57);
    TRY("program headers of no size", H.e_phentsize = 0);
    TRY("program headers beyond the file", H.e_phoff = SIZE + 4096);
    TRY("program headers at the end of the file", H.e_phoff = SIZE - 8);
    TRY("program headers at a negative offset", H.e_phoff = -64);
    TRY("program headers at the highest offset", H.e_phoff = ~0UL >> 1);
    TRY("other version", H.e_version = 77);
    TRY("other header size", H.e_ehsize = 0);
}

CASE(entries) {
    TRY("entry at 0", H.e_entry = 0);
    TRY("entry outside", H.e_entry = 0x10000000);
    TRY("entry in the kernel", H.e_entry = 0xffffffff81000000);
    TRY("entry not canonical", H.e_entry = 0x8000000000000000);
    TRY("entry at the top", H.e_entry = 0x7ffffffff000);
    TRY("entry in the hole", H.e_entry = 0x800000000000);
    TRY("entry not executable", S[0].p_flags = PF_R);
    TRY("entry not readable", S[0].p_flags = 0);
}

CASE(segments) {
    only_whether = 1;
    TRY("no segment at all", S[0].p_type = PT_NULL);
    TRY("offset and address differ", S[0].p_offset = 8);
    TRY("at the kernel's half", S[0].p_vaddr = 0xffff800000000000);
    TRY("above everything", S[0].p_vaddr = 0x7ffffffff000);
    TRY("memory that wraps around", S[0].p_memsz = ~0UL);
    TRY("negative memory", S[0].p_memsz = 1UL << 63);
    TRY("file that wraps around", S[0].p_filesz = ~0UL);
    TRY("more file than memory", S[0].p_memsz = 16);
    TRY("beyond the end of the file", S[0].p_offset = 1 << 20);
    TRY("no alignment", S[0].p_align = 0);
    TRY("odd alignment", S[0].p_align = 3);
    TRY("huge alignment", S[0].p_align = 1UL << 63);
    TRY("empty second segment", H.e_phnum = 2, S[1] = (Elf64_Phdr){PT_LOAD, PF_R, 0, BASE + 0x10000, 0, 0, 0, 4096});
    TRY("memory only", H.e_phnum = 2, S[1] = (Elf64_Phdr){PT_LOAD, PF_R | PF_W, 0, BASE + 0x10000, 0, 0, 4096, 4096});
    TRY("two apart", H.e_phnum = 2, S[1] = (Elf64_Phdr){PT_LOAD, PF_R, 0, 0x700000000000, 0, 4096, 4096, 4096});
}

CASE(interpreters) {
#define INTERPRETER(text, length)                                                               \
    H.e_phnum = 2, S[1] = S[0], S[0] = (Elf64_Phdr){PT_INTERP, PF_R, 2048, 0, 0, length, length, 1}, \
    strcpy((char *)&image + 2048, text)
    only_whether = 1;
    good();
    S[0].p_vaddr = 0x800000, H.e_entry = 0x800000 + CODE;
    write_image("linker");
    TRY("good", INTERPRETER("./linker", 9));
    TRY("none there", INTERPRETER("/none", 6));
    TRY("a directory", INTERPRETER("/", 2));
    TRY("empty", INTERPRETER("", 1));
    TRY("no length", INTERPRETER("./linker", 0));
    TRY("without an end", INTERPRETER("./linker", 8));
    TRY("huge length", INTERPRETER("./linker", 1 << 20));
    TRY("negative length", INTERPRETER("./linker", -1));
    TRY("beyond the file", INTERPRETER("./linker", 9), S[0].p_offset = 1 << 20);
    TRY("at a negative offset", INTERPRETER("./linker", 9), S[0].p_offset = -8);
    TRY("itself", INTERPRETER("./program", 10), H.e_type = ET_DYN, S[1].p_vaddr = 0, H.e_entry = CODE);
    good();
    INTERPRETER("./linker", 9), S[1].p_vaddr = 0x800000, H.e_entry = 0x800000 + CODE;
    write_image("linker"); /* an interpreter that asks for an interpreter */
    TRY("one that wants another", INTERPRETER("./linker", 9));
    write_file("linker", "#!/bin/sh\n", 10);
    TRY("a script", INTERPRETER("./linker", 9));
    write_file("linker", "", 0);
    TRY("nothing", INTERPRETER("./linker", 9));
    OK(chmod("linker", 0600));
    TRY("not executable", INTERPRETER("./linker", 9));
}

CASE(segments_in_the_way) {
    /* What becomes of these is a matter of layout; that something becomes of them is not. */
    char text[64];
    static const uint64_t places[] = {0, 4096, 0x7fffefff0000, 0x7fffeffff000, 0x7ffff0000000, 0x7ff000000000, 0x555555554000};
    for (size_t i = 0; i < 2 * sizeof places / sizeof *places; i++) {
        good();
        S[0].p_vaddr = places[i / 2], H.e_entry = places[i / 2] + CODE;
        if (i % 2) S[0].p_memsz = 1UL << 40;
        write_image("program");
        outcome("./program", text, sizeof text);
    }
    good();
    S[0].p_memsz = 0x7ffff0000000 - BASE;
    write_image("program");
    outcome("./program", text, sizeof text);
}

CASE(sizes_of_files) {
    static const int sizes[] = {0, 1, 2, 4, 16, 63, 64, 65, 119, 120, 121, 1024, 4095, 4096, 4097};
    good();
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        char name[32];
        write_file("program", &image, sizes[i]);
        OK(chmod("program", 0755));
        snprintf(name, sizeof name, "%d bytes", sizes[i]);
        tell(name, "./program");
    }
}

static void script(const char *path, const char *text) {
    write_file(path, text, strlen(text));
    OK(chmod(path, 0755));
}

CASE(scripts) {
    char name[16], text[400];
    good();
    write_image("s0");
    for (int i = 1; i <= 8; i++) {
        snprintf(name, sizeof name, "s%d", i);
        snprintf(text, sizeof text, "#!./s%d\n", i - 1);
        script(name, text);
        tell(name, name);
    }
    script("self", "#!./self\n");
    tell("itself", "./self");
    script("x", "#!\n");
    tell("empty line", "./x");
    script("x", "#!   \t \n");
    tell("spaces", "./x");
    script("x", "#! ./s0");
    tell("no newline", "./x");
    script("x", "#!./none\n");
    tell("none there", "./x");
    memset(text, 'a', sizeof text - 1);
    memcpy(text, "#!./", 4);
    text[sizeof text - 1] = 0;
    script("x", text);
    tell("longer than the line", "./x");
    memset(text, ' ', sizeof text - 1);
    memcpy(text, "#!./s0", 6);
    script("x", text);
    tell("long argument", "./x");
    script("x", "#!./s0\0more\n");
    tell("a NUL", "./x");
    script("x", "#!/\n");
    tell("a directory", "./x");
}

CASE(descriptors_of_programs) {
    good();
    int fd = OK(memfd_create("program", MFD_CLOEXEC));
    CHECK_EQ(write(fd, &image, sizeof image), sizeof image);
    pid_t child = SPAWN({
        syscall(SYS_execveat, fd, "", (char *[]){"x", NULL}, (char *[]){NULL}, AT_EMPTY_PATH);
        _exit(errno);
    });
    wait_exit(child, 42);
    int ends[2];
    OK(pipe(ends));
    child = SPAWN({
        syscall(SYS_execveat, ends[0], "", (char *[]){"x", NULL}, (char *[]){NULL}, AT_EMPTY_PATH);
        _exit(errno);
    });
    wait_exit(child, EACCES);
    child = SPAWN({
        syscall(SYS_execveat, OK(open("/dev/null", O_RDONLY)), "", (char *[]){"x", NULL}, (char *[]){NULL}, AT_EMPTY_PATH);
        _exit(errno);
    });
    wait_exit(child, EACCES);
}

/* ---- Random words in good headers */

static uint64_t state;

static uint64_t next(void) {
    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;
    return state * 2685821657736338717ULL;
}

static uint64_t strange(void) {
    static const uint64_t values[] = {0, 1, 2, 7, 56, 64, 4096, SIZE, BASE, BASE + CODE, 1 << 20, 1UL << 31, 1UL << 32,
            1UL << 40, 0x7fffefff0000, 0x7ffffffff000, 1UL << 47, 1UL << 62, 1UL << 63, -1UL, -8UL, -4096UL};
    uint64_t one = next();
    return one % 4 == 0 ? next() : values[one / 4 % (sizeof values / sizeof *values)];
}

CASE(random_headers) {
    char text[64];
    for (uint64_t seed = 20261121; seed < 20261121 + 150; seed++) {
        state = seed;
        good();
        int count = 1 + next() % 6;
        H.e_phnum = count;
        for (int i = 1; i < count; i++) {
            static const unsigned types[] = {PT_LOAD, PT_LOAD, PT_LOAD, PT_NOTE, PT_TLS, PT_PHDR, PT_GNU_STACK, PT_GNU_PROPERTY, PT_DYNAMIC, PT_INTERP};
            S[i] = (Elf64_Phdr){types[next() % 10], next() % 8, 0, BASE + i * 0x10000, 0, next() % SIZE, 0, 4096};
            S[i].p_memsz = S[i].p_filesz + next() % 8192;
        }
        if (next() % 4 == 0) H.e_type = ET_DYN, S[0].p_vaddr = 0, H.e_entry = CODE;
        for (int i = 1 + next() % 3; i > 0; i--) {
            if (next() % 4 == 0) ((uint64_t *)&H)[2 + next() % 6] = strange();
            else ((uint64_t *)&S[next() % count])[next() % 7] = strange();
        }
        write_image("program");
        outcome("./program", text, sizeof text);
        OK(unlink("program"));
    }
}
