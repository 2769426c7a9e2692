/* build: static
 * io_setup(2), io_submit(2), io_getevents(2): operations that are waited for later. */
#include "../case.h"
#include <linux/aio_abi.h>
#include <sys/eventfd.h>
#include <sys/uio.h>

static aio_context_t new_context(unsigned events) {
    aio_context_t context = 0;
    if (syscall(SYS_io_setup, events, &context) == -1 && errno == ENOSYS)
        case_skip("built without");
    CHECK(context != 0);
    return context;
}

static struct iocb operation(int fd, int code, void *buffer, size_t length, off_t offset) {
    return (struct iocb){.aio_fildes = fd,
            .aio_lio_opcode = code,
            .aio_buf = (uintptr_t)buffer,
            .aio_nbytes = length,
            .aio_offset = offset,
            .aio_data = (uintptr_t)buffer};
}

static long submit(aio_context_t context, struct iocb *one) {
    return syscall(SYS_io_submit, context, 1, &one);
}

static long get(aio_context_t context, long least, long most, struct io_event *into) {
    return syscall(SYS_io_getevents, context, least, most, into, NULL);
}

CASE(what_is_written_is_read) {
    aio_context_t context = new_context(8);
    int fd = OK(open("file", O_RDWR | O_CREAT, 0600));
    char out[] = "written", in[16] = "";
    struct iocb write = operation(fd, IOCB_CMD_PWRITE, out, 7, 3);
    CHECK_EQ(submit(context, &write), 1);
    struct io_event event;
    CHECK_EQ(get(context, 1, 1, &event), 1);
    CHECK_EQ(event.res, 7);
    CHECK_EQ(event.data, (uintptr_t)out);
    CHECK_EQ(event.obj, (uintptr_t)&write);
    struct iovec parts[] = {{in, 4}, {in + 4, 12}};
    struct iocb read = operation(fd, IOCB_CMD_PREADV, parts, 2, 0);
    struct iocb sync = operation(fd, IOCB_CMD_FSYNC, NULL, 0, 0);
    struct iocb *both[] = {&read, &sync};
    CHECK_EQ(syscall(SYS_io_submit, context, 2, both), 2);
    struct io_event events[4];
    CHECK_EQ(get(context, 2, 4, events), 2);
    struct io_event *of_read = &events[events[0].obj == (uintptr_t)&read ? 0 : 1];
    struct io_event *of_sync = &events[events[0].obj == (uintptr_t)&read ? 1 : 0];
    CHECK_EQ(of_read->res, 10);
    CHECK_EQ(of_sync->res, 0);
    CHECK_MEM(in, "\0\0\0written", 10);
    CHECK_EQ(lseek(fd, 0, SEEK_CUR), 0);
    OK(syscall(SYS_io_destroy, context));
    CHECK_ERRNO(submit(context, &write), EINVAL);
}

CASE(an_event_counter_is_told) {
    aio_context_t context = new_context(4);
    int fd = OK(open("file", O_RDWR | O_CREAT, 0600));
    int counter = OK(eventfd(0, 0));
    char bytes[4] = "abc";
    struct iocb write = operation(fd, IOCB_CMD_PWRITE, bytes, 4, 0);
    write.aio_flags = IOCB_FLAG_RESFD;
    write.aio_resfd = counter;
    CHECK_EQ(submit(context, &write), 1);
    uint64_t count;
    CHECK_EQ(read(counter, &count, 8), 8);
    CHECK_EQ(count, 1);
    write.aio_resfd = fd;
    CHECK_ERRNO(submit(context, &write), EINVAL);
    write.aio_resfd = 999;
    CHECK_ERRNO(submit(context, &write), EBADF);
}

CASE(what_is_refused_at_once) {
    aio_context_t context = new_context(4), other = 0;
    CHECK_ERRNO(syscall(SYS_io_setup, 0, &other), EINVAL);
    CHECK_ERRNO(syscall(SYS_io_setup, 4, &context), EINVAL);
    CHECK_ERRNO(syscall(SYS_io_setup, 4, NULL), EFAULT);
    CHECK_ERRNO(syscall(SYS_io_destroy, 8), EINVAL);
    CHECK_ERRNO(syscall(SYS_io_submit, context, -1L, NULL), EINVAL);
    CHECK_ERRNO(syscall(SYS_io_submit, context, 1, NULL), EFAULT);
    CHECK_EQ(syscall(SYS_io_submit, context, 0, NULL), 0);
    int fd = OK(open("file", O_WRONLY | O_CREAT, 0600));
    char bytes[4];
    struct iocb read = operation(fd, IOCB_CMD_PREAD, bytes, 4, 0);
    CHECK_ERRNO(submit(context, &read), EBADF);
    struct iocb none = operation(99, IOCB_CMD_PWRITE, bytes, 4, 0);
    CHECK_ERRNO(submit(context, &none), EBADF);
    struct iocb unknown = operation(fd, 99, bytes, 4, 0);
    CHECK_ERRNO(submit(context, &unknown), EINVAL);
    struct io_event event;
    CHECK_ERRNO(get(context, 2, 1, &event), EINVAL);
    CHECK_ERRNO(get(8, 0, 1, &event), EINVAL);
    CHECK_ERRNO(syscall(SYS_io_cancel, context, &none, &event), EINVAL);
}

CASE(the_wait_for_results_ends_in_time) {
    aio_context_t context = new_context(4);
    struct io_event event;
    struct timespec soon = {0, 2000000};
    CHECK_EQ(get(context, 0, 1, &event), 0);
    CHECK_EQ(syscall(SYS_io_getevents, context, 1, 1, &event, &soon), 0);
    CHECK_EQ(syscall(SYS_io_pgetevents, context, 1, 1, &event, &soon, NULL), 0);
}

CASE(a_bad_address_is_the_result_of_an_operation) {
    aio_context_t context = new_context(4);
    int fd = OK(open("file", O_RDWR | O_CREAT, 0600));
    CHECK_EQ(write(fd, "abcd", 4), 4);
    struct iocb read = operation(fd, IOCB_CMD_PREAD, (void *)8, 4, 0);
    CHECK_EQ(submit(context, &read), 1);
    struct io_event event;
    CHECK_EQ(get(context, 1, 1, &event), 1);
    CHECK_EQ(event.res, -EFAULT);
}

CASE(a_child_has_no_contexts) {
    aio_context_t context = new_context(4);
    IN_CHILD({
        struct io_event event;
        CHECK_ERRNO(get(context, 0, 1, &event), EINVAL);
    });
    OK(syscall(SYS_io_destroy, context));
}
