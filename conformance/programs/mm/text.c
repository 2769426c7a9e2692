/* build: static-pie dynamic
 *
 * The text of a program is the same memory for all processes that run it, until one of them changes
 * its own: by mprotect(2), mmap(2), munmap(2) and what the kernel writes there. Each case does that
 * in one process and looks in others, before and after.
 */
#include "../case.h"
#include <setjmp.h>
#include <sys/uio.h>

enum { PAGE = 4096, PAGES = 16 };

/* Text of a page each: a function that returns the number of its page. */
__asm__(".pushsection .text.pages,\"ax\",@progbits\n"
        ".balign 4096\n"
        "text_pages:\n"
        ".set number, 0\n"
        ".rept 16\n"
        ".balign 4096\n"
        "mov $number, %eax\n"
        "ret\n"
        ".set number, number + 1\n"
        ".endr\n"
        ".balign 4096\n"
        ".popsection");
extern unsigned char text_pages[];

typedef int (*function)(void);

static int call(int page) { return ((function)(text_pages + page * PAGE))(); }

static void all_as_built(void) {
    for (int page = 0; page < PAGES; page++) CHECK_EQ(call(page), page);
}

static void change(int page, unsigned char number) {
    unsigned char *code = text_pages + page * PAGE;
    OK(mprotect(code, PAGE, PROT_READ | PROT_WRITE));
    code[1] = number;
    OK(mprotect(code, PAGE, PROT_READ | PROT_EXEC));
}

/* A process of the same program that tells for each byte that it gets whether its text is as built. */
struct other {
    int to, from;
    pid_t pid;
};

static struct other other(void) {
    int to[2], from[2];
    OK(pipe(to));
    OK(pipe(from));
    pid_t pid = OK(fork());
    if (pid == 0) {
        close(to[1]);
        close(from[0]);
        char arguments[2][16];
        snprintf(arguments[0], 16, "%d", to[0]);
        snprintf(arguments[1], 16, "%d", from[1]);
        execl(self_path, self_path, "@look", arguments[0], arguments[1], NULL);
        _exit(1);
    }
    close(to[0]);
    close(from[1]);
    return (struct other){to[1], from[0], pid};
}

HELPER(look) {
    (void)argc;
    int from = atoi(argv[1]), to = atoi(argv[2]);
    char page;
    while (read(from, &page, 1) == 1) {
        int number = call(page);
        if (write(to, &number, sizeof number) < 0) return 1;
    }
    return 0;
}

static int call_in(struct other *other, int page) {
    char which = page;
    int number = -1;
    CHECK_EQ(write(other->to, &which, 1), 1);
    CHECK_EQ(read(other->from, &number, sizeof number), sizeof number);
    return number;
}

static void end(struct other *other) {
    close(other->to);
    wait_ok(other->pid);
    close(other->from);
}

CASE(changed_text_is_the_process_own) {
    struct other same = other();
    CHECK_EQ(call_in(&same, 0), 0);
    CHECK_EQ(call(0), 0);
    change(0, 100);
    CHECK_EQ(call(0), 100);
    for (int page = 0; page < PAGES; page++) CHECK_EQ(call_in(&same, page), page);
    CHECK_EQ(call(0), 100);
    for (int page = 1; page < PAGES; page++) CHECK_EQ(call(page), page);
    struct other later = other();
    CHECK_EQ(call_in(&later, 0), 0);
    end(&later);
    end(&same);
}

CASE(child_changes_text_it_shares_with_its_parent) {
    all_as_built();
    IN_CHILD({
        change(3, 103);
        CHECK_EQ(call(3), 103);
        IN_CHILD({ CHECK_EQ(call(3), 103); });
    });
    all_as_built();
}

CASE(parent_changes_text_it_shares_with_its_child) {
    int to[2];
    OK(pipe(to));
    all_as_built();
    pid_t child = SPAWN({
        char byte;
        close(to[1]);
        CHECK_EQ(read(to[0], &byte, 1), 1);
        all_as_built();
    });
    change(2, 102);
    CHECK_EQ(write(to[1], "", 1), 1);
    wait_ok(child);
    CHECK_EQ(call(2), 102);
}

static sigjmp_buf back;
static void caught(int number) { siglongjmp(back, number); }

CASE(unmapped_text_is_gone_though_others_use_it) {
    struct other same = other();
    CHECK_EQ(call(5), 5);
    OK(munmap(text_pages + 4 * PAGE, 4 * PAGE));
    on_signal(SIGSEGV, caught, 0);
    for (int page = 4; page < 8; page++) {
        CHECK_EQ(call_in(&same, page), page);
        if (sigsetjmp(back, 1) == 0) {
            call(page);
            FAIL("page %d is there", page);
        }
    }
    end(&same);
}

CASE(other_memory_in_the_place_of_text) {
    struct other same = other();
    CHECK_EQ(call(6), 6);
    unsigned char *code = OK(mmap(text_pages + 6 * PAGE, 2 * PAGE, PROT_READ | PROT_WRITE,
                                  MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0));
    CHECK_EQ(code[0], 0);
    memcpy(code, "\xb8\x7b\0\0\0\xc3", 6);
    OK(mprotect(code, 2 * PAGE, PROT_READ | PROT_EXEC));
    CHECK_EQ(call_in(&same, 6), 6);
    CHECK_EQ(call_in(&same, 7), 7);
    CHECK_EQ(call(6), 123);
    CHECK_EQ(code[PAGE], 0);
    end(&same);
}

CASE(text_without_rights_and_with_them_again) {
    struct other same = other();
    CHECK_EQ(call(9), 9);
    OK(mprotect(text_pages + 9 * PAGE, PAGE, PROT_NONE));
    on_signal(SIGSEGV, caught, 0);
    CHECK_EQ(call_in(&same, 9), 9);
    if (sigsetjmp(back, 1) == 0) {
        call(9);
        FAIL("it can be run");
    }
    OK(mprotect(text_pages + 9 * PAGE, PAGE, PROT_READ));
    CHECK_EQ(text_pages[9 * PAGE + 1], 9);
    OK(mprotect(text_pages + 9 * PAGE, PAGE, PROT_READ | PROT_EXEC));
    CHECK_EQ(call(9), 9);
    end(&same);
}

CASE(moved_text_is_at_its_new_place_only) {
    struct other same = other();
    CHECK_EQ(call(10), 10);
    unsigned char *place = OK(mmap(NULL, PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    OK(mremap(text_pages + 10 * PAGE, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, place));
    CHECK_EQ(((function)place)(), 10);
    on_signal(SIGSEGV, caught, 0);
    CHECK_EQ(call_in(&same, 10), 10);
    if (sigsetjmp(back, 1) == 0) {
        call(10);
        FAIL("it is at its old place");
    }
    end(&same);
}

CASE(text_that_children_are_not_to_have) {
    all_as_built();
    OK(madvise(text_pages + 12 * PAGE, PAGE, MADV_DONTFORK));
    IN_CHILD({
        CHECK_EQ(call(11), 11);
        on_signal(SIGSEGV, caught, 0);
        if (sigsetjmp(back, 1) == 0) {
            call(12);
            FAIL("the child has it");
        }
    });
    all_as_built();
}

CASE(text_thrown_away_comes_again) {
    all_as_built();
    OK(madvise(text_pages, PAGES * PAGE, MADV_DONTNEED));
    all_as_built();
    change(1, 101);
    OK(madvise(text_pages, PAGES * PAGE, MADV_DONTNEED));
    all_as_built();
}

CASE(many_processes_change_their_text_at_once) {
    pid_t children[8];
    for (int i = 0; i < 8; i++) {
        children[i] = SPAWN({
            for (int round = 0; round < 20; round++) {
                change(i, 100 + round);
                CHECK_EQ(call(i), 100 + round);
                for (int page = 0; page < PAGES; page++) {
                    if (page != i) CHECK_EQ(call(page), page);
                }
            }
        });
    }
    for (int i = 0; i < 8; i++) wait_ok(children[i]);
    all_as_built();
}
