/* Pipes opened again through /proc/self/fd, as the shells' <(...) and >(...) do. */
#include "../case.h"

static int ends[2];

static int reopen(int fd, int flags) {
    char path[32];
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    return OK(open(path, flags));
}

/* Unlike a FIFO, a pipe is never waited for. */
CASE(reading_end_opens_without_writers) {
    OK(pipe(ends));
    CHECK_EQ(write(ends[1], "left", 4), 4);
    close(ends[1]);
    int reader = reopen(ends[0], O_RDONLY);
    char text[8];
    CHECK_EQ(read(reader, text, 8), 4);
    CHECK_EQ(read(reader, text, 8), 0);
    struct pollfd poller = {reader, POLLIN, 0};
    CHECK_EQ(poll(&poller, 1, 0), 1);
    CHECK_EQ(poller.revents, POLLHUP);
}

CASE(writing_end_opens_without_readers) {
    OK(pipe(ends));
    close(ends[0]);
    int writer = reopen(ends[1], O_WRONLY);
    on_signal(SIGPIPE, SIG_IGN, 0);
    CHECK_ERRNO(write(writer, "x", 1), EPIPE);
    int reader = reopen(ends[1], O_RDONLY); /* the other direction is open again */
    CHECK_EQ(write(writer, "x", 1), 1);
    char byte;
    CHECK_EQ(read(reader, &byte, 1), 1);
}

CASE(reopened_end_counts) {
    OK(pipe(ends));
    int writer = reopen(ends[1], O_WRONLY);
    close(ends[1]);
    OK(fcntl(ends[0], F_SETFL, O_NONBLOCK));
    char byte;
    CHECK_ERRNO(read(ends[0], &byte, 1), EAGAIN);
    close(writer);
    CHECK_EQ(read(ends[0], &byte, 1), 0);
}
