/* mprotect(2) and the faults that protections raise: SIGSEGV with SEGV_MAPERR or SEGV_ACCERR. */
#include "../case.h"
#include <setjmp.h>
#include <ucontext.h>

#define PAGE 4096L

static sigjmp_buf back;
static volatile siginfo_t fault;
static volatile long fault_error, fault_trap, fault_cr2;

static void catch_fault(int number, siginfo_t *info, void *context) {
    ucontext_t *machine = context;
    (void)number;
    fault = *info;
    fault_error = machine->uc_mcontext.gregs[REG_ERR];
    fault_trap = machine->uc_mcontext.gregs[REG_TRAPNO];
    fault_cr2 = machine->uc_mcontext.gregs[REG_CR2];
    siglongjmp(back, 1);
}

/* Runs the statement; gives the si_code of the SIGSEGV or SIGBUS it raised, 0 if none. */
#define FAULT_OF(statement)                                      \
    ({                                                           \
        on_signal_info(SIGSEGV, catch_fault, 0);                 \
        on_signal_info(SIGBUS, catch_fault, 0);                  \
        memset((void *)&fault, 0, sizeof fault);                         \
        if (sigsetjmp(back, 1) == 0) { statement; }              \
        fault.si_code;                                           \
    })

static char *map_anon(size_t size, int protection) {
    return OK(mmap(NULL, size, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
}

static char peek(void *address) { return *(volatile char *)address; }
static void poke(void *address) { *(volatile char *)address = 1; }

CASE(reading_unmapped_memory_is_maperr) {
    char *memory = map_anon(PAGE, PROT_READ);
    OK(munmap(memory, PAGE));
    CHECK_EQ(FAULT_OF(peek(memory + 123)), SEGV_MAPERR);
    CHECK_EQ(fault.si_signo, SIGSEGV);
    CHECK_EQ(fault.si_addr, memory + 123);
    CHECK_EQ(fault_trap, 14);
    CHECK_EQ(fault_cr2, (long)(memory + 123));
    CHECK_EQ(fault_error & 7, 4); /* user, read, not present */
}

CASE(null_dereference_is_maperr_at_zero) {
    CHECK_EQ(FAULT_OF(peek(NULL)), SEGV_MAPERR);
    CHECK_EQ(fault.si_addr, NULL);
    CHECK_EQ(FAULT_OF(poke((void *)0x18)), SEGV_MAPERR);
    CHECK_EQ(fault.si_addr, (void *)0x18);
    CHECK_EQ(fault_error & 7, 6); /* user, write, not present */
}

CASE(writing_read_only_memory_is_accerr) {
    char *memory = map_anon(PAGE, PROT_READ);
    CHECK_EQ(FAULT_OF(poke(memory + 7)), SEGV_ACCERR);
    CHECK_EQ(fault.si_addr, memory + 7);
    peek(memory);
    CHECK_EQ(FAULT_OF(poke(memory + 9)), SEGV_ACCERR);
    CHECK_EQ(fault_error & 7, 7); /* user, write, present */
    CHECK_EQ(memory[7], 0);
}

CASE(touching_prot_none_is_accerr) {
    char *memory = map_anon(PAGE, PROT_NONE);
    CHECK_EQ(FAULT_OF(peek(memory)), SEGV_ACCERR);
    CHECK_EQ(FAULT_OF(poke(memory)), SEGV_ACCERR);
}

CASE(executing_data_is_accerr) {
    char *memory = map_anon(PAGE, PROT_READ | PROT_WRITE);
    memory[0] = (char)0xc3; /* ret */
    CHECK_EQ(FAULT_OF(((void (*)(void))memory)()), SEGV_ACCERR);
    CHECK_EQ(fault.si_addr, memory);
    CHECK_EQ(fault_error & 0x14, 0x14); /* user, instruction fetch */
    OK(mprotect(memory, PAGE, PROT_READ | PROT_EXEC));
    CHECK_EQ(FAULT_OF(((void (*)(void))memory)()), 0);
}

CASE(protection_changes_back_and_forth) {
    char *memory = map_anon(PAGE, PROT_READ | PROT_WRITE);
    for (int i = 0; i < 50; i++) {
        memory[0] = (char)i;
        OK(mprotect(memory, PAGE, PROT_READ));
        CHECK_EQ(FAULT_OF(poke(memory)), SEGV_ACCERR);
        CHECK_EQ(memory[0], (char)i);
        OK(mprotect(memory, PAGE, PROT_NONE));
        CHECK_EQ(FAULT_OF(peek(memory)), SEGV_ACCERR);
        OK(mprotect(memory, PAGE, PROT_READ | PROT_WRITE));
        CHECK_EQ(memory[0], (char)i);
    }
}

CASE(protecting_the_middle_leaves_the_rest) {
    char *memory = map_anon(5 * PAGE, PROT_READ | PROT_WRITE);
    memset(memory, 1, 5 * PAGE);
    OK(mprotect(memory + 2 * PAGE, PAGE, PROT_NONE));
    poke(memory + 2 * PAGE - 1);
    poke(memory + 3 * PAGE);
    CHECK_EQ(FAULT_OF(peek(memory + 2 * PAGE)), SEGV_ACCERR);
    CHECK_EQ(FAULT_OF(peek(memory + 3 * PAGE - 1)), SEGV_ACCERR);
}

CASE(gap_in_the_range_is_enomem_but_the_part_before_changes) {
    char *memory = map_anon(3 * PAGE, PROT_READ | PROT_WRITE);
    OK(munmap(memory + PAGE, PAGE));
    CHECK_ERRNO(mprotect(memory, 3 * PAGE, PROT_READ), ENOMEM);
    CHECK_EQ(FAULT_OF(poke(memory)), SEGV_ACCERR);
    CHECK_EQ(FAULT_OF(poke(memory + 2 * PAGE)), 0);
}

CASE(arguments_are_checked) {
    char *memory = map_anon(PAGE, PROT_READ);
    CHECK_ERRNO(mprotect(memory + 1, PAGE, PROT_READ), EINVAL);
    CHECK_ERRNO(mprotect(memory, PAGE, 0x100), EINVAL);
    OK(mprotect(memory, 0, PROT_NONE));
    peek(memory);
    OK(munmap(memory, PAGE));
    CHECK_ERRNO(mprotect(memory, PAGE, PROT_READ), ENOMEM);
}

CASE(shared_mapping_of_read_only_file_cannot_become_writable) {
    write_file("f", "abc", 3);
    int fd = OK(open("f", O_RDONLY));
    char *memory = OK(mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0));
    CHECK_ERRNO(mprotect(memory, PAGE, PROT_READ | PROT_WRITE), EACCES);
    char *copy = OK(mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, fd, 0));
    OK(mprotect(copy, PAGE, PROT_READ | PROT_WRITE));
    copy[0] = 'X';
    CHECK_EQ(memory[0], 'a');
}

/* It has as many pages as it was made with. */
CASE(access_beyond_the_end_of_shared_memory_is_sigbus) {
    char *memory = OK(mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
    memory = OK(mremap(memory, 2 * PAGE, 16 * PAGE, MREMAP_MAYMOVE));
    memory[0] = 1;
    CHECK_EQ(memory[PAGE], 0);
    CHECK_EQ(FAULT_OF(peek(memory + 2 * PAGE)), BUS_ADRERR);
    CHECK_EQ(fault.si_signo, SIGBUS);
}

CASE(access_beyond_the_end_of_file_is_sigbus) {
    write_file("f", "abc", 3);
    int fd = OK(open("f", O_RDWR));
    char *memory = OK(mmap(NULL, 3 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
    CHECK_EQ(FAULT_OF(peek(memory + PAGE)), BUS_ADRERR);
    CHECK_EQ(fault.si_signo, SIGBUS);
    CHECK_EQ(fault.si_addr, memory + PAGE);
    OK(ftruncate(fd, 2 * PAGE));
    CHECK_EQ(FAULT_OF(peek(memory + PAGE)), 0);
    CHECK_EQ(FAULT_OF(poke(memory + 2 * PAGE)), BUS_ADRERR);
}

CASE(truncation_takes_mapped_pages_away) {
    int fd = OK(open("f", O_RDWR | O_CREAT, 0600));
    OK(ftruncate(fd, 4 * PAGE));
    char *memory = OK(mmap(NULL, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
    memset(memory, 5, 4 * PAGE);
    OK(ftruncate(fd, PAGE + 10));
    CHECK_EQ(memory[PAGE + 9], 5);
    CHECK_EQ(memory[PAGE + 10], 0); /* truncate(2): the tail of the last page reads as zero */
    CHECK_EQ(FAULT_OF(peek(memory + 2 * PAGE)), BUS_ADRERR);
    OK(ftruncate(fd, 4 * PAGE));
    CHECK_EQ(memory[2 * PAGE], 0);
}

CASE(truncation_takes_private_copies_away_too) {
    int fd = OK(open("f", O_RDWR | O_CREAT, 0600));
    OK(ftruncate(fd, 2 * PAGE));
    char *memory = OK(mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0));
    memory[PAGE] = 1;
    OK(ftruncate(fd, 0));
    CHECK_EQ(FAULT_OF(peek(memory + PAGE)), BUS_ADRERR);
}

CASE(system_call_on_a_page_beyond_the_file_is_efault) {
    write_file("f", "abc", 3);
    int fd = OK(open("f", O_RDWR)), ends[2];
    char *memory = OK(mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
    OK(pipe(ends));
    CHECK_ERRNO(write(ends[1], memory + PAGE, 1), EFAULT);
}

CASE(general_protection_for_non_canonical_addresses) {
    char *address = (char *)0x8000000000000000UL;
    CHECK_EQ(FAULT_OF(peek(address)), SI_KERNEL);
    CHECK_EQ(fault.si_addr, NULL);
    CHECK_EQ(fault_trap, 13);
}

CASE(kernel_half_is_maperr_or_accerr) {
    int code = FAULT_OF(peek((void *)0xffff888000000000UL));
    CHECK(code == SEGV_MAPERR || code == SEGV_ACCERR);
}

CASE(retry_after_the_handler_repairs_the_protection) {
    static char *memory;
    memory = map_anon(PAGE, PROT_NONE);
    void repair(int number, siginfo_t *info, void *context) {
        (void)number, (void)context;
        CHECK_EQ(info->si_addr, memory + 40);
        OK(mprotect(memory, PAGE, PROT_READ | PROT_WRITE));
    }
    on_signal_info(SIGSEGV, repair, 0);
    poke(memory + 40);
    CHECK_EQ(memory[40], 1);
}

CASE(many_alternating_protections_split_and_merge) {
    enum { PAGES = 512 };
    char *memory = map_anon(PAGES * PAGE, PROT_READ | PROT_WRITE);
    for (int i = 0; i < PAGES; i += 2) OK(mprotect(memory + i * PAGE, PAGE, PROT_READ));
    CHECK_EQ(FAULT_OF(poke(memory + 100 * PAGE)), SEGV_ACCERR);
    poke(memory + 101 * PAGE);
    OK(mprotect(memory, PAGES * PAGE, PROT_READ | PROT_WRITE));
    for (int i = 0; i < PAGES; i++) memory[i * PAGE] = (char)i;
    for (int i = 0; i < PAGES; i++) CHECK_EQ(memory[i * PAGE], (char)i);
}

CASE(code_written_then_executed) {
    unsigned char *code = (unsigned char *)map_anon(PAGE, PROT_READ | PROT_WRITE | PROT_EXEC);
    int (*function)(void) = (int (*)(void))code;
    for (int i = 0; i < 100; i++) {
        /* mov $i, %eax; ret */
        code[0] = 0xb8;
        memcpy(code + 1, &i, 4);
        code[5] = 0xc3;
        CHECK_EQ(function(), i);
    }
}

CASE(code_written_through_another_mapping) {
    int fd = OK(memfd_create("code", 0));
    OK(ftruncate(fd, PAGE));
    unsigned char *writer = OK(mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
    unsigned char *reader = OK(mmap(NULL, PAGE, PROT_READ | PROT_EXEC, MAP_SHARED, fd, 0));
    int (*function)(void) = (int (*)(void))reader;
    for (int i = 1; i < 50; i++) {
        writer[0] = 0xb8;
        memcpy(writer + 1, &i, 4);
        writer[5] = 0xc3;
        __builtin_ia32_mfence();
        CHECK_EQ(function(), i);
    }
}

/* A system-call instruction inside freshly written code, and its page protected afterwards. */
CASE(system_call_in_generated_code) {
    static const unsigned char getpid_code[] = {0xb8, 39, 0, 0, 0, 0x0f, 0x05, 0xc3};
    unsigned char *code = (unsigned char *)map_anon(PAGE, PROT_READ | PROT_WRITE);
    memcpy(code, getpid_code, sizeof getpid_code);
    OK(mprotect(code, PAGE, PROT_READ | PROT_EXEC));
    long (*function)(void) = (long (*)(void))code;
    for (int i = 0; i < 10; i++) CHECK_EQ(function(), getpid());
    /* The program's own bytes are what it wrote. */
    CHECK_MEM(code, getpid_code, sizeof getpid_code);
}

CASE(code_bytes_of_a_used_system_call_are_unchanged) {
    long number = 39, result;
    unsigned char *site;
    for (int i = 0; i < 5; i++) {
        __asm__ volatile("lea 1f(%%rip), %1\n1: syscall" : "=a"(result), "=&r"(site)
                : "a"(number) : "rcx", "r11", "memory");
        CHECK_EQ(result, getpid());
    }
    CHECK_EQ(site[0], 0x0f);
    CHECK_EQ(site[1], 0x05);
}
