/* A file that somebody outside cuts short while it is mapped. HostChangesTest does the outside part. */
#include "../case.h"
#include <setjmp.h>

enum { PAGE = 4096, FAR = 10 * PAGE };

static sigjmp_buf back;

static void jump_out(int number) { siglongjmp(back, number); }

/* shrinking @watch FILE: maps it, says so with FILE.ready, and waits for FILE.cut. */
HELPER(watch) {
    char ready[PATH_MAX], cut[PATH_MAX], byte;
    snprintf(ready, sizeof ready, "%s.ready", argv[1]);
    snprintf(cut, sizeof cut, "%s.cut", argv[1]);
    int fd = OK(open(argv[1], O_RDWR));
    volatile char *map = OK(mmap(NULL, 16 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
    CHECK_EQ(map[FAR], 'x');
    CHECK_EQ(pread(fd, (char *)map + FAR, 1, FAR), 1);
    write_file(ready, "", 0);
    struct stat about;
    AWAIT(stat(cut, &about) == 0);

    on_signal(SIGBUS, jump_out, SA_NODEFER);
    int number = sigsetjmp(back, 1);
    if (number == 0) byte = map[FAR];
    CHECK_EQ(number, SIGBUS);
    number = sigsetjmp(back, 1);
    if (number == 0) map[FAR + PAGE] = 1;
    CHECK_EQ(number, SIGBUS);
    /* The kernel's own hand on what is gone. */
    int zero = OK(open("/dev/zero", O_RDWR)), ends[2];
    OK(pipe(ends));
    CHECK_ERRNO(read(zero, (char *)map + FAR, 100), EFAULT);
    CHECK_ERRNO(write(ends[1], (char *)map + FAR, 100), EFAULT);
    CHECK_EQ(pread(fd, &byte, 1, FAR), 0);
    OK(fstat(fd, &about));
    CHECK_EQ(about.st_size, 0);
    /* It grows again, and is there. */
    CHECK_EQ(pwrite(fd, "y", 1, FAR), 1);
    CHECK_EQ(map[FAR], 'y');
    puts("still here");
    return 0;
}
