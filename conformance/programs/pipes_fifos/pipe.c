/* pipe(7), fifo(7), splice(2), tee(2), vmsplice(2). */
#include "../case.h"
#include <linux/limits.h>
#include <pthread.h>
#include <sys/ioctl.h>
#include <sys/uio.h>

static int ends[2];

static int bits(int fd, short events) {
    struct pollfd poller = {fd, events, 0};
    OK(poll(&poller, 1, 0));
    return poller.revents;
}

CASE(bytes_come_out_in_order) {
    OK(pipe(ends));
    CHECK_EQ(write(ends[1], "hello", 5), 5);
    CHECK_EQ(write(ends[1], "world", 5), 5);
    char text[16] = "";
    CHECK_EQ(read(ends[0], text, 3), 3);
    CHECK_EQ(read(ends[0], text + 3, 16), 7);
    CHECK_STR(text, "helloworld");
}

CASE(end_of_file_when_all_writers_closed) {
    OK(pipe(ends));
    int copy = OK(dup(ends[1]));
    CHECK_EQ(write(ends[1], "x", 1), 1);
    close(ends[1]);
    char text[4];
    OK(fcntl(ends[0], F_SETFL, O_NONBLOCK));
    CHECK_EQ(read(ends[0], text, 4), 1);
    CHECK_ERRNO(read(ends[0], text, 4), EAGAIN);
    close(copy);
    CHECK_EQ(read(ends[0], text, 4), 0);
    CHECK_EQ(read(ends[0], text, 4), 0);
}

CASE(wrong_directions_are_ebadf) {
    OK(pipe(ends));
    char byte;
    CHECK_ERRNO(read(ends[1], &byte, 1), EBADF);
    CHECK_ERRNO(write(ends[0], "x", 1), EBADF);
    CHECK_EQ(fcntl(ends[0], F_GETFL), O_RDONLY);
    CHECK_EQ(fcntl(ends[1], F_GETFL), O_WRONLY);
}

CASE(pipe2_flags) {
    OK(pipe2(ends, O_CLOEXEC | O_NONBLOCK));
    CHECK_EQ(fcntl(ends[0], F_GETFD), FD_CLOEXEC);
    CHECK_EQ(fcntl(ends[1], F_GETFL), O_WRONLY | O_NONBLOCK);
    char byte;
    CHECK_ERRNO(read(ends[0], &byte, 1), EAGAIN);
    CHECK_ERRNO(pipe2(ends, O_APPEND), EINVAL);
    CHECK_ERRNO(syscall(SYS_pipe2, (int *)8, 0), EFAULT);
}

CASE(capacity_is_64_kib) {
    OK(pipe2(ends, O_NONBLOCK));
    static char block[4096];
    long total = 0;
    ssize_t count;
    while ((count = write(ends[1], block, sizeof block)) > 0) total += count;
    CHECK_EQ(errno, EAGAIN);
    CHECK_EQ(total, 65536);
    CHECK_EQ(fcntl(ends[0], F_GETPIPE_SZ), 65536);
    int available;
    OK(ioctl(ends[0], FIONREAD, &available));
    CHECK_EQ(available, 65536);
}

CASE(capacity_can_be_changed) {
    OK(pipe2(ends, O_NONBLOCK));
    CHECK_EQ(fcntl(ends[1], F_SETPIPE_SZ, 5000), 8192);
    CHECK_EQ(fcntl(ends[0], F_GETPIPE_SZ), 8192);
    static char block[70000];
    CHECK_EQ(write(ends[1], block, sizeof block), 8192);
    CHECK_ERRNO(fcntl(ends[1], F_SETPIPE_SZ, 4096), EBUSY);
    CHECK_EQ(fcntl(ends[1], F_SETPIPE_SZ, 1 << 20), 1 << 20);
    CHECK_ERRNO(fcntl(OK(open("/dev/null", O_RDONLY)), F_GETPIPE_SZ), EBADF);
}

CASE(nonblocking_writes_up_to_pipe_buf_are_all_or_nothing) {
    OK(pipe2(ends, O_NONBLOCK));
    static char block[65536];
    CHECK_EQ(write(ends[1], block, 65536 - 100), 65536 - 100);
    CHECK_ERRNO(write(ends[1], block, PIPE_BUF), EAGAIN);
    ssize_t partly = write(ends[1], block, PIPE_BUF + 1); /* a larger one may be cut */
    CHECK(partly == -1 || (partly > 0 && partly <= 100));
}

CASE(atomic_writes_of_many_writers) {
    OK(pipe(ends));
    pid_t children[4];
    for (int i = 0; i < 4; i++) children[i] = SPAWN({
        char record[512];
        memset(record, 'a' + i, sizeof record);
        for (int j = 0; j < 200; j++) CHECK_EQ(write(ends[1], record, sizeof record), sizeof record);
    });
    close(ends[1]);
    static char text[4 * 200 * 512];
    size_t total = 0;
    ssize_t count;
    while ((count = read(ends[0], text + total, 3000)) > 0) total += count;
    CHECK_EQ(total, sizeof text);
    for (size_t record = 0; record < total; record += 512)
        for (int i = 1; i < 512; i++) CHECK_EQ(text[record + i], text[record]);
    for (int i = 0; i < 4; i++) wait_ok(children[i]);
}

CASE(large_write_blocks_until_drained) {
    OK(pipe(ends));
    pid_t child = SPAWN({
        close(ends[0]);
        static char block[1 << 20];
        for (size_t i = 0; i < sizeof block; i++) block[i] = (char)(i % 251);
        CHECK_EQ(write(ends[1], block, sizeof block), sizeof block);
    });
    close(ends[1]);
    char part[10007];
    size_t total = 0;
    ssize_t count;
    while ((count = read(ends[0], part, sizeof part)) > 0) {
        for (ssize_t i = 0; i < count; i++) CHECK_EQ(part[i], (char)((total + i) % 251));
        total += count;
    }
    CHECK_EQ(total, 1 << 20);
    wait_ok(child);
}

CASE(blocked_writer_gets_epipe_when_the_reader_leaves) {
    OK(pipe(ends));
    pid_t child = SPAWN({
        close(ends[0]);
        on_signal(SIGPIPE, SIG_IGN, 0);
        static char block[70000];
        CHECK_EQ(write(ends[1], block, sizeof block), 65536);
        CHECK_ERRNO(write(ends[1], block, 1), EPIPE);
    });
    AWAIT_SLEEPING(child);
    close(ends[0]);
    wait_ok(child);
}

CASE(poll_bits) {
    OK(pipe(ends));
    CHECK_EQ(bits(ends[0], POLLIN | POLLOUT), 0);
    CHECK_EQ(bits(ends[1], POLLIN | POLLOUT), POLLOUT);
    CHECK_EQ(write(ends[1], "x", 1), 1);
    CHECK_EQ(bits(ends[0], POLLIN | POLLRDNORM), POLLIN | POLLRDNORM);
    int reader = OK(dup(ends[0]));
    close(ends[1]);
    CHECK_EQ(bits(reader, POLLIN), POLLIN | POLLHUP);
    char byte;
    CHECK_EQ(read(reader, &byte, 1), 1);
    CHECK_EQ(bits(reader, POLLIN), POLLHUP);
    OK(pipe(ends));
    close(ends[0]);
    CHECK_EQ(bits(ends[1], POLLOUT), POLLOUT | POLLERR);
    CHECK_EQ(bits(ends[1], 0), POLLERR);
}

CASE(full_pipe_is_not_writable_until_a_page_is_free) {
    OK(pipe2(ends, O_NONBLOCK));
    static char block[65536];
    CHECK_EQ(write(ends[1], block, 65536), 65536);
    CHECK_EQ(bits(ends[1], POLLOUT), 0);
    CHECK_EQ(read(ends[0], block, 1), 1);
    CHECK_EQ(bits(ends[1], POLLOUT), 0); /* the first page still holds bytes */
    CHECK_EQ(read(ends[0], block, 4095), 4095);
    CHECK_EQ(bits(ends[1], POLLOUT), POLLOUT);
}

CASE(zero_length_transfers) {
    OK(pipe(ends));
    CHECK_EQ(write(ends[1], "", 0), 0);
    CHECK_EQ(read(ends[0], NULL, 0), 0);
    close(ends[0]);
    CHECK_EQ(write(ends[1], "", 0), 0);
}

CASE(vectored_reads_and_writes) {
    OK(pipe(ends));
    struct iovec out[3] = {{"one", 3}, {"", 0}, {"three", 5}};
    CHECK_EQ(writev(ends[1], out, 3), 8);
    char a[2], b[10];
    struct iovec in[2] = {{a, 2}, {b, 10}};
    CHECK_EQ(readv(ends[0], in, 2), 8);
    CHECK_MEM(a, "on", 2);
    CHECK_MEM(b, "ethree", 6);
}

CASE(packet_mode_keeps_boundaries) {
    OK(pipe2(ends, O_DIRECT));
    CHECK_EQ(write(ends[1], "first", 5), 5);
    CHECK_EQ(write(ends[1], "second", 6), 6);
    char text[16];
    CHECK_EQ(read(ends[0], text, 16), 5);
    CHECK_EQ(read(ends[0], text, 3), 3); /* the rest of a packet is lost */
    OK(fcntl(ends[0], F_SETFL, O_NONBLOCK));
    CHECK_ERRNO(read(ends[0], text, 16), EAGAIN);
}

CASE(bad_buffers) {
    OK(pipe(ends));
    CHECK_ERRNO(write(ends[1], (void *)8, 5), EFAULT);
    CHECK_EQ(write(ends[1], "hello", 5), 5);
    CHECK_ERRNO(read(ends[0], (void *)8, 5), EFAULT);
    char text[8];
    CHECK_EQ(read(ends[0], text, 5), 5); /* nothing was lost */
    CHECK_MEM(text, "hello", 5);
}

CASE(stat_of_a_pipe) {
    OK(pipe(ends));
    struct stat reader, writer;
    OK(fstat(ends[0], &reader));
    OK(fstat(ends[1], &writer));
    CHECK(S_ISFIFO(reader.st_mode));
    CHECK_EQ(reader.st_ino, writer.st_ino);
    char path[32], link[64] = "", expected[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", ends[0]);
    OK(readlink(path, link, sizeof link - 1));
    snprintf(expected, sizeof expected, "pipe:[%lu]", (long)reader.st_ino);
    CHECK_STR(link, expected);
}

CASE(pipe_reopened_through_proc) {
    OK(pipe(ends));
    char path[32], byte;
    snprintf(path, sizeof path, "/proc/self/fd/%d", ends[0]);
    int writer = OK(open(path, O_WRONLY)); /* what bash does for >(...) */
    CHECK_EQ(write(writer, "w", 1), 1);
    CHECK_EQ(read(ends[0], &byte, 1), 1);
    CHECK_EQ(byte, 'w');
}

CASE(fifo_open_waits_for_the_other_end) {
    OK(mkfifo("p", 0600));
    pid_t child = SPAWN({
        int fd = OK(open("p", O_WRONLY));
        CHECK_EQ(write(fd, "fifo", 4), 4);
    });
    AWAIT_SLEEPING(child);
    int fd = OK(open("p", O_RDONLY));
    char text[8];
    CHECK_EQ(read(fd, text, 8), 4);
    CHECK_EQ(read(fd, text, 8), 0);
    wait_ok(child);
}

CASE(fifo_reader_waits_for_a_writer) {
    OK(mkfifo("p", 0600));
    pid_t child = SPAWN(OK(open("p", O_RDONLY)));
    AWAIT_SLEEPING(child);
    int fd = OK(open("p", O_WRONLY));
    wait_ok(child);
    on_signal(SIGPIPE, SIG_IGN, 0);
    CHECK_ERRNO(write(fd, "x", 1), EPIPE);
}

CASE(fifo_nonblocking_opens) {
    OK(mkfifo("p", 0600));
    CHECK_ERRNO(open("p", O_WRONLY | O_NONBLOCK), ENXIO);
    int reader = OK(open("p", O_RDONLY | O_NONBLOCK)); /* at once */
    char byte;
    CHECK_EQ(read(reader, &byte, 1), 0); /* no writer yet: end of file */
    CHECK_EQ(bits(reader, POLLIN), 0);  /* but no hang-up before the first writer */
    int writer = OK(open("p", O_WRONLY | O_NONBLOCK));
    CHECK_ERRNO(read(reader, &byte, 1), EAGAIN);
    CHECK_EQ(write(writer, "x", 1), 1);
    CHECK_EQ(read(reader, &byte, 1), 1);
    close(writer);
    CHECK_EQ(bits(reader, POLLIN), POLLHUP);
    CHECK_EQ(read(reader, &byte, 1), 0);
}

CASE(fifo_read_write_open_does_not_wait) {
    OK(mkfifo("p", 0600));
    int fd = OK(open("p", O_RDWR));
    CHECK_EQ(write(fd, "self", 4), 4);
    char text[8];
    CHECK_EQ(read(fd, text, 8), 4);
    OK(unlink("p"));
    CHECK_EQ(write(fd, "x", 1), 1);
}

CASE(fifo_open_is_interrupted_by_a_signal) {
    OK(mkfifo("p", 0600));
    void ignore(int number) { (void)number; }
    on_signal(SIGUSR1, ignore, 0);
    pid_t parent = getpid(), child = SPAWN({
        AWAIT_SLEEPING(parent);
        OK(kill(parent, SIGUSR1));
    });
    CHECK_ERRNO(open("p", O_RDONLY), EINTR);
    wait_ok(child);
}

CASE(splice_between_pipe_and_file) {
    write_file("f", "0123456789", 10);
    int fd = OK(open("f", O_RDWR));
    OK(pipe(ends));
    off_t from = 2;
    CHECK_EQ(splice(fd, &from, ends[1], NULL, 5, 0), 5);
    CHECK_EQ(from, 7);
    char text[16] = "";
    CHECK_EQ(read(ends[0], text, 16), 5);
    CHECK_STR(text, "23456");
    CHECK_EQ(write(ends[1], "PIPE", 4), 4);
    off_t to = 3;
    CHECK_EQ(splice(ends[0], NULL, fd, &to, 100, 0), 4);
    read_file("f", text, sizeof text);
    CHECK_STR(text, "012PIPE789");
    CHECK_ERRNO(splice(fd, NULL, fd, NULL, 1, 0), EINVAL);
    CHECK_ERRNO(splice(ends[0], &to, fd, NULL, 1, 0), ESPIPE);
    CHECK_ERRNO(splice(ends[0], NULL, fd, NULL, 1, SPLICE_F_NONBLOCK), EAGAIN);
    CHECK_ERRNO(splice(999, NULL, ends[1], NULL, 1, 0), EBADF);
}

CASE(splice_and_tee_between_pipes) {
    int other[2];
    OK(pipe(ends));
    OK(pipe(other));
    CHECK_EQ(write(ends[1], "duplicate", 9), 9);
    CHECK_EQ(tee(ends[0], other[1], 100, 0), 9);
    char text[16] = "";
    CHECK_EQ(read(other[0], text, 16), 9);
    CHECK_STR(text, "duplicate");
    CHECK_EQ(splice(ends[0], NULL, other[1], NULL, 3, 0), 3);
    CHECK_EQ(read(other[0], text, 16), 3);
    CHECK_MEM(text, "dup", 3);
    CHECK_EQ(read(ends[0], text, 16), 6);
    CHECK_ERRNO(tee(ends[0], ends[1], 1, 0), EINVAL);
}

CASE(vmsplice_gives_memory_to_a_pipe) {
    OK(pipe(ends));
    char words[] = "from memory", text[16] = "";
    struct iovec part = {words, 11};
    CHECK_EQ(vmsplice(ends[1], &part, 1, 0), 11);
    CHECK_EQ(read(ends[0], text, 16), 11);
    CHECK_STR(text, "from memory");
}

CASE(many_pipes) {
    int all[200][2];
    for (int i = 0; i < 200; i++) {
        OK(pipe(all[i]));
        CHECK_EQ(write(all[i][1], &i, sizeof i), sizeof i);
    }
    for (int i = 199; i >= 0; i--) {
        int value;
        CHECK_EQ(read(all[i][0], &value, sizeof value), sizeof value);
        CHECK_EQ(value, i);
    }
}

CASE(pipeline_of_processes) {
    int in = -1;
    pid_t children[5];
    OK(pipe(ends));
    int first = ends[1];
    in = ends[0];
    for (int i = 0; i < 5; i++) {
        int next[2];
        OK(pipe(next));
        children[i] = SPAWN({
            int byte = 0;
            close(first);
            close(next[0]);
            while (read(in, &byte, 1) == 1) {
                byte++;
                CHECK_EQ(write(next[1], &byte, 1), 1);
            }
        });
        close(in);
        close(next[1]);
        in = next[0];
    }
    CHECK_EQ(write(first, "AAA", 3), 3);
    close(first);
    char text[4] = "";
    for (int i = 0; i < 3; i++) CHECK_EQ(read(in, text + i, 1), 1);
    CHECK_STR(text, "FFF");
    for (int i = 0; i < 5; i++) wait_ok(children[i]);
}
