/* unix(7): stream, datagram, seqpacket; names; passing descriptors and credentials. */
#include "../case.h"
#include <stddef.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>

static int pair[2];

static struct sockaddr_un named(const char *path) {
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    strcpy(name.sun_path, path);
    return name;
}

static int bits(int fd, short events) {
    struct pollfd poller = {fd, events, 0};
    OK(poll(&poller, 1, 0));
    return poller.revents;
}

static int listen_at(const char *path, int type) {
    struct sockaddr_un name = named(path);
    int fd = OK(socket(AF_UNIX, type, 0));
    OK(bind(fd, (void *)&name, sizeof name));
    if (type != SOCK_DGRAM) OK(listen(fd, 5));
    return fd;
}

static int connect_to(const char *path, int type) {
    struct sockaddr_un name = named(path);
    int fd = OK(socket(AF_UNIX, type, 0));
    if (connect(fd, (void *)&name, sizeof name) == -1) {
        int error = errno;
        close(fd);
        errno = error;
        return -1;
    }
    return fd;
}

CASE(stream_pair_talks_both_ways) {
    OK(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
    char text[16];
    CHECK_EQ(write(pair[0], "abc", 3), 3);
    CHECK_EQ(write(pair[0], "def", 3), 3);
    CHECK_EQ(read(pair[1], text, 4), 4); /* no boundaries */
    CHECK_EQ(read(pair[1], text, 4), 2);
    CHECK_EQ(write(pair[1], "back", 4), 4);
    CHECK_EQ(read(pair[0], text, 16), 4);
    close(pair[0]);
    CHECK_EQ(read(pair[1], text, 16), 0);
}

CASE(datagram_pair_keeps_boundaries) {
    OK(socketpair(AF_UNIX, SOCK_DGRAM, 0, pair));
    char text[16];
    CHECK_EQ(write(pair[0], "abc", 3), 3);
    CHECK_EQ(write(pair[0], "defgh", 5), 5);
    CHECK_EQ(read(pair[1], text, 16), 3);
    CHECK_EQ(read(pair[1], text, 2), 2);
    CHECK_ERRNO(recv(pair[1], text, 16, MSG_DONTWAIT), EAGAIN);
}

CASE(seqpacket_keeps_boundaries_and_ends) {
    OK(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair));
    char text[16];
    CHECK_EQ(write(pair[0], "abc", 3), 3);
    CHECK_EQ(write(pair[0], "de", 2), 2);
    close(pair[0]);
    CHECK_EQ(read(pair[1], text, 16), 3);
    CHECK_EQ(read(pair[1], text, 16), 2);
    CHECK_EQ(read(pair[1], text, 16), 0);
}

CASE(named_stream_server) {
    int listener = listen_at("s", SOCK_STREAM), client = connect_to("s", SOCK_STREAM);
    struct sockaddr_un name;
    socklen_t size = sizeof name;
    CHECK(client != -1);
    int server = OK(accept(listener, (void *)&name, &size));
    CHECK_EQ(size, sizeof(sa_family_t)); /* the client has no name */
    size = sizeof name;
    OK(getpeername(client, (void *)&name, &size));
    CHECK_EQ(size, offsetof(struct sockaddr_un, sun_path) + 2);
    CHECK_STR(name.sun_path, "s");
    size = sizeof name;
    OK(getsockname(server, (void *)&name, &size));
    CHECK_STR(name.sun_path, "s");
    CHECK_EQ(write(client, "x", 1), 1);
    char byte;
    CHECK_EQ(read(server, &byte, 1), 1);
    struct stat about;
    OK(stat("s", &about));
    CHECK(S_ISSOCK(about.st_mode));
}

CASE(name_errors) {
    listen_at("s", SOCK_STREAM);
    struct sockaddr_un name = named("s");
    int fd = OK(socket(AF_UNIX, SOCK_STREAM, 0));
    CHECK_ERRNO(bind(fd, (void *)&name, sizeof name), EADDRINUSE);
    name = named("none/s");
    CHECK_ERRNO(bind(fd, (void *)&name, sizeof name), ENOENT);
    CHECK_EQ(connect_to("none", SOCK_STREAM), -1);
    CHECK_EQ(errno, ENOENT);
    write_file("f", "", 0);
    CHECK_EQ(connect_to("f", SOCK_STREAM), -1);
    CHECK_EQ(errno, ECONNREFUSED);
    CHECK_EQ(connect_to("s", SOCK_DGRAM), -1);
    CHECK_EQ(errno, EPROTOTYPE);
    CHECK_ERRNO(bind(fd, (void *)&name, sizeof name + 1), EINVAL);
    name.sun_family = AF_INET;
    CHECK_ERRNO(bind(fd, (void *)&name, sizeof name), EINVAL);
}

CASE(stale_socket_file_refuses) {
    close(listen_at("s", SOCK_STREAM));
    CHECK_EQ(connect_to("s", SOCK_STREAM), -1);
    CHECK_EQ(errno, ECONNREFUSED);
    OK(unlink("s"));
    listen_at("s", SOCK_STREAM);
    CHECK(connect_to("s", SOCK_STREAM) != -1);
}

CASE(bound_but_not_listening_refuses) {
    struct sockaddr_un name = named("s");
    int fd = OK(socket(AF_UNIX, SOCK_STREAM, 0));
    OK(bind(fd, (void *)&name, sizeof name));
    CHECK_EQ(connect_to("s", SOCK_STREAM), -1);
    CHECK_EQ(errno, ECONNREFUSED);
}

CASE(socket_files_obey_permissions) {
    OK(chmod(".", 0755));
    listen_at("s", SOCK_STREAM);
    OK(chmod("s", 0600));
    IN_CHILD({
        OK(setresuid(1000, 1000, 1000));
        CHECK_EQ(connect_to("s", SOCK_STREAM), -1);
        CHECK_EQ(errno, EACCES);
    });
    OK(chmod("s", 0666));
    IN_CHILD({
        OK(setresuid(1000, 1000, 1000));
        CHECK(connect_to("s", SOCK_STREAM) != -1);
    });
}

CASE(socket_moves_with_its_file) {
    int listener = listen_at("s", SOCK_STREAM);
    OK(rename("s", "t"));
    CHECK(connect_to("t", SOCK_STREAM) != -1);
    OK(accept(listener, NULL, NULL));
}

CASE(abstract_names) {
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    int length = snprintf(name.sun_path + 1, 100, "conformance-%d", getpid());
    socklen_t size = offsetof(struct sockaddr_un, sun_path) + 1 + length;
    int listener = OK(socket(AF_UNIX, SOCK_STREAM, 0)), client = OK(socket(AF_UNIX, SOCK_STREAM, 0));
    OK(bind(listener, (void *)&name, size));
    OK(listen(listener, 5));
    OK(connect(client, (void *)&name, size));
    CHECK_ERRNO(bind(OK(socket(AF_UNIX, SOCK_STREAM, 0)), (void *)&name, size), EADDRINUSE);
    CHECK_ERRNO(connect(OK(socket(AF_UNIX, SOCK_STREAM, 0)), (void *)&name, size - 1), ECONNREFUSED);
    struct sockaddr_un seen;
    socklen_t seen_size = sizeof seen;
    OK(getpeername(client, (void *)&seen, &seen_size));
    CHECK_EQ(seen_size, size);
    CHECK_MEM(&seen, &name, size);
    close(listener);
    close(client);
    CHECK_ERRNO(connect(OK(socket(AF_UNIX, SOCK_STREAM, 0)), (void *)&name, size), ECONNREFUSED);
}

CASE(autobind_keeps_the_name_there_is) {
    int fd = OK(socket(AF_UNIX, SOCK_STREAM, 0));
    struct sockaddr_un none = {.sun_family = AF_UNIX}, first, second;
    socklen_t first_size = sizeof first, second_size = sizeof second;
    OK(bind(fd, (struct sockaddr *)&none, sizeof(sa_family_t)));
    OK(getsockname(fd, (struct sockaddr *)&first, &first_size));
    OK(bind(fd, (struct sockaddr *)&none, sizeof(sa_family_t)));
    OK(getsockname(fd, (struct sockaddr *)&second, &second_size));
    CHECK_EQ(first_size, second_size);
    CHECK_EQ(memcmp(&first, &second, first_size), 0);
    strcpy(none.sun_path, "name");
    CHECK_ERRNO(bind(fd, (struct sockaddr *)&none, sizeof none), EINVAL);
}

CASE(autobind_gives_an_abstract_name) {
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    socklen_t size = sizeof name;
    int fd = OK(socket(AF_UNIX, SOCK_DGRAM, 0));
    OK(bind(fd, (void *)&name, sizeof(sa_family_t)));
    OK(getsockname(fd, (void *)&name, &size));
    CHECK_EQ(size, sizeof(sa_family_t) + 6); /* unix(7): five hexadecimal digits */
    CHECK_EQ(name.sun_path[0], 0);
}

CASE(named_datagrams) {
    int receiver = listen_at("r", SOCK_DGRAM), sender = listen_at("s", SOCK_DGRAM);
    struct sockaddr_un to = named("r"), from;
    socklen_t size = sizeof from;
    CHECK_EQ(sendto(sender, "hello", 5, 0, (void *)&to, sizeof to), 5);
    char text[16];
    CHECK_EQ(recvfrom(receiver, text, 16, 0, (void *)&from, &size), 5);
    CHECK_STR(from.sun_path, "s");
    CHECK_EQ(sendto(receiver, "reply", 5, 0, (void *)&from, size), 5);
    CHECK_EQ(recv(sender, text, 16, 0), 5);
    to = named("none");
    CHECK_ERRNO(sendto(sender, "x", 1, 0, (void *)&to, sizeof to), ENOENT);
    close(receiver);
    to = named("r");
    CHECK_ERRNO(sendto(sender, "x", 1, 0, (void *)&to, sizeof to), ECONNREFUSED);
    CHECK_ERRNO(send(sender, "x", 1, 0), ENOTCONN);
}

static void send_fd(int socket, const int *fds, int count) {
    char byte = 'f', control[CMSG_SPACE(sizeof(int) * 300)];
    struct iovec part = {&byte, 1};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = control,
            .msg_controllen = CMSG_SPACE(sizeof(int) * count)};
    memset(control, 0, sizeof control);
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int) * count);
    memcpy(CMSG_DATA(header), fds, sizeof(int) * count);
    OK(sendmsg(socket, &message, 0));
}

static int receive_fds(int socket, int *fds, int room, int flags, int *message_flags) {
    char byte, control[CMSG_SPACE(sizeof(int) * 300)];
    struct iovec part = {&byte, 1};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = control,
            .msg_controllen = room == 0 ? 0 : CMSG_SPACE(sizeof(int) * room)};
    CHECK_EQ(OK(recvmsg(socket, &message, flags)), 1);
    if (message_flags != NULL) *message_flags = message.msg_flags;
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    if (header == NULL) return 0;
    CHECK_EQ(header->cmsg_level, SOL_SOCKET);
    CHECK_EQ(header->cmsg_type, SCM_RIGHTS);
    int count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    memcpy(fds, CMSG_DATA(header), count * sizeof(int));
    return count;
}

CASE(descriptors_are_passed) {
    OK(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
    write_file("f", "passed", 6);
    int fd = OK(open("f", O_RDONLY)), got;
    send_fd(pair[0], &fd, 1);
    CHECK_EQ(receive_fds(pair[1], &got, 1, 0, NULL), 1);
    CHECK(got != fd);
    CHECK_EQ(fcntl(got, F_GETFD), 0);
    char text[8];
    CHECK_EQ(read(got, text, 3), 3);
    CHECK_EQ(lseek(fd, 0, SEEK_CUR), 3); /* the same description */
    send_fd(pair[0], &fd, 1);
    CHECK_EQ(receive_fds(pair[1], &got, 1, MSG_CMSG_CLOEXEC, NULL), 1);
    CHECK_EQ(fcntl(got, F_GETFD), FD_CLOEXEC);
}

CASE(descriptors_are_passed_to_another_process) {
    OK(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
    pid_t child = SPAWN({
        int ends[2];
        close(pair[0]);
        OK(pipe(ends));
        send_fd(pair[1], ends, 1);
        close(ends[0]);
        CHECK_EQ(write(ends[1], "via child", 9), 9);
    });
    close(pair[1]);
    int got;
    CHECK_EQ(receive_fds(pair[0], &got, 1, 0, NULL), 1);
    wait_ok(child);
    char text[16];
    CHECK_EQ(read(got, text, 16), 9);
    CHECK_EQ(read(got, text, 16), 0);
}

CASE(passed_descriptor_survives_its_senders_close) {
    OK(socketpair(AF_UNIX, SOCK_DGRAM, 0, pair));
    int ends[2], got;
    OK(pipe(ends));
    send_fd(pair[0], &ends[1], 1);
    close(ends[1]);
    CHECK_EQ(bits(ends[0], POLLIN), 0); /* a writer is in flight */
    CHECK_EQ(receive_fds(pair[1], &got, 1, 0, NULL), 1);
    CHECK_EQ(write(got, "x", 1), 1);
    close(got);
    char byte;
    CHECK_EQ(read(ends[0], &byte, 1), 1);
    CHECK_EQ(read(ends[0], &byte, 1), 0);
}

CASE(unreceived_descriptors_are_closed) {
    OK(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
    int ends[2];
    OK(pipe(ends));
    send_fd(pair[0], &ends[1], 1);
    close(ends[1]);
    close(pair[0]);
    close(pair[1]);
    char byte;
    CHECK_EQ(read(ends[0], &byte, 1), 0);
}

CASE(several_descriptors_and_too_little_room) {
    OK(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
    int fds[4], got[8], flags;
    for (int i = 0; i < 4; i++) fds[i] = OK(open(".", O_RDONLY));
    send_fd(pair[0], fds, 4);
    CHECK_EQ(receive_fds(pair[1], got, 8, 0, &flags), 4);
    CHECK_EQ(flags & MSG_CTRUNC, 0);
    send_fd(pair[0], fds, 4);
    CHECK_EQ(receive_fds(pair[1], got, 2, 0, &flags), 2);
    CHECK(flags & MSG_CTRUNC);
    send_fd(pair[0], fds, 4);
    CHECK_EQ(receive_fds(pair[1], got, 0, 0, &flags), 0);
    CHECK(flags & MSG_CTRUNC);
}

CASE(bad_control_messages) {
    OK(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
    char byte = 'x', control[CMSG_SPACE(sizeof(int) * 300)];
    struct iovec part = {&byte, 1};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = CMSG_SPACE(sizeof(int))};
    memset(control, 0, sizeof control);
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    *header = (struct cmsghdr){.cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS, .cmsg_len = CMSG_LEN(sizeof(int))};
    *(int *)CMSG_DATA(header) = 999;
    CHECK_ERRNO(sendmsg(pair[0], &message, 0), EBADF);
    header->cmsg_type = 77;
    CHECK_ERRNO(sendmsg(pair[0], &message, 0), EINVAL);
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = 4;
    CHECK_ERRNO(sendmsg(pair[0], &message, 0), EINVAL);
    message.msg_controllen = CMSG_SPACE(sizeof(int) * 254); /* SCM_MAX_FD is 253 */
    header->cmsg_len = CMSG_LEN(sizeof(int) * 254);
    CHECK_ERRNO(sendmsg(pair[0], &message, 0), EINVAL);
    message.msg_control = (void *)8;
    CHECK_ERRNO(sendmsg(pair[0], &message, 0), EFAULT);
}

CASE(rights_do_not_merge_with_other_data) {
    OK(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
    int fd = OK(open(".", O_RDONLY)), got;
    CHECK_EQ(write(pair[0], "before", 6), 6);
    send_fd(pair[0], &fd, 1);
    CHECK_EQ(write(pair[0], "after", 5), 5);
    char text[32], control[64];
    CHECK_EQ(read(pair[1], text, 6), 6);
    CHECK_EQ(receive_fds(pair[1], &got, 1, 0, NULL), 1);
    struct iovec part = {text, 32};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    CHECK_EQ(recvmsg(pair[1], &message, 0), 5);
    CHECK_EQ(message.msg_controllen, 0);
}

/* Whether the writer of a pipe is gone; another socket's end has the kernel look for garbage. */
static int writer_is_gone(int reader) {
    int other[2];
    OK(socketpair(AF_UNIX, SOCK_STREAM, 0, other));
    close(other[0]);
    close(other[1]);
    struct pollfd poll_reader = {reader, POLLIN};
    return poll(&poll_reader, 1, 0) == 1 && poll_reader.revents & POLLHUP;
}

/* What is under way in sockets that are under way in each other is closed some time. */
CASE(sockets_passed_through_each_other_are_collected) {
    int types[] = {SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET};
    for (int i = 0; i < 3; i++) {
        int ends[2];
        OK(pipe(ends));
        OK(socketpair(AF_UNIX, types[i], 0, pair));
        send_fd(pair[0], &ends[1], 1);
        send_fd(pair[0], &pair[0], 1);
        send_fd(pair[1], &pair[1], 1);
        close(ends[1]);
        CHECK(!writer_is_gone(ends[0]));
        close(pair[0]);
        close(pair[1]);
        AWAIT(writer_is_gone(ends[0]));
        close(ends[0]);
    }
}

CASE(sockets_under_way_that_can_be_received_are_kept) {
    int outer[2], ends[2], got;
    OK(pipe(ends));
    OK(socketpair(AF_UNIX, SOCK_STREAM, 0, outer));
    OK(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
    send_fd(pair[0], &ends[1], 1);
    send_fd(pair[0], &pair[0], 1);
    send_fd(outer[0], &pair[1], 1);
    close(ends[1]);
    close(pair[0]);
    close(pair[1]);
    for (int i = 0; i < 100; i++) CHECK(!writer_is_gone(ends[0]));
    CHECK_EQ(receive_fds(outer[1], &pair[1], 1, 0, NULL), 1);
    CHECK_EQ(receive_fds(pair[1], &got, 1, 0, NULL), 1);
    CHECK_EQ(write(got, "x", 1), 1);
    close(got);
    CHECK_EQ(receive_fds(pair[1], &pair[0], 1, 0, NULL), 1);
    close(pair[0]);
    char byte;
    CHECK_EQ(read(ends[0], &byte, 1), 1);
    AWAIT(writer_is_gone(ends[0]));
}

/* A connection that waits to be accepted, and holds the listener. */
CASE(a_listener_under_way_in_its_own_backlog_is_collected) {
    int ends[2];
    OK(pipe(ends));
    struct sockaddr_un at = {.sun_family = AF_UNIX, .sun_path = "listener"};
    int listener = OK(socket(AF_UNIX, SOCK_STREAM, 0));
    OK(bind(listener, (void *)&at, sizeof at));
    OK(listen(listener, 4));
    int client = OK(socket(AF_UNIX, SOCK_STREAM, 0));
    OK(connect(client, (void *)&at, sizeof at));
    send_fd(client, &listener, 1);
    send_fd(client, &ends[1], 1);
    close(ends[1]);
    close(listener);
    AWAIT(writer_is_gone(ends[0]));
    CHECK_EQ(send(client, "x", 1, MSG_NOSIGNAL), -1);
}

CASE(a_socket_passed_through_itself) {
    OK(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
    send_fd(pair[0], &pair[1], 1);
    close(pair[0]);
    close(pair[1]); /* a cycle for the garbage collector */
}

CASE(peer_credentials) {
    struct ucred peer;
    socklen_t size = sizeof peer;
    OK(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
    OK(getsockopt(pair[0], SOL_SOCKET, SO_PEERCRED, &peer, &size));
    CHECK_EQ(peer.pid, getpid());
    CHECK_EQ(peer.uid, geteuid());
    CHECK_EQ(peer.gid, getegid());
    OK(chmod(".", 0777));
    int listener = listen_at("s", SOCK_STREAM);
    OK(chmod("s", 0777));
    pid_t child = SPAWN({
        OK(setresgid(44, 55, 66));
        OK(setresuid(1000, 1001, 1002));
        OK(connect_to("s", SOCK_STREAM));
        for (;;) pause();
    });
    int server = OK(accept(listener, NULL, NULL));
    OK(getsockopt(server, SOL_SOCKET, SO_PEERCRED, &peer, &size));
    CHECK_EQ(peer.pid, child);
    CHECK_EQ(peer.uid, 1001);
    CHECK_EQ(peer.gid, 55);
    OK(kill(child, SIGKILL));
    wait_signal(child, SIGKILL);
}

CASE(credentials_with_each_message) {
    OK(socketpair(AF_UNIX, SOCK_DGRAM, 0, pair));
    int on = 1;
    OK(setsockopt(pair[1], SOL_SOCKET, SO_PASSCRED, &on, sizeof on));
    pid_t child = SPAWN(CHECK_EQ(write(pair[0], "who", 3), 3));
    char text[8], control[CMSG_SPACE(sizeof(struct ucred))];
    struct iovec part = {text, 8};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    CHECK_EQ(recvmsg(pair[1], &message, 0), 3);
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    CHECK(header != NULL);
    CHECK_EQ(header->cmsg_type, SCM_CREDENTIALS);
    struct ucred *sender = (void *)CMSG_DATA(header);
    CHECK_EQ(sender->pid, child);
    CHECK_EQ(sender->uid, getuid());
    wait_ok(child);
}

CASE(unprivileged_user_cannot_forge_credentials) {
    OK(socketpair(AF_UNIX, SOCK_DGRAM, 0, pair));
    IN_CHILD({
        OK(setresuid(1000, 1000, 1000));
        char byte = 'x';
        char control[CMSG_SPACE(sizeof(struct ucred))] = "";
        struct iovec part = {&byte, 1};
        struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        *header = (struct cmsghdr){.cmsg_level = SOL_SOCKET, .cmsg_type = SCM_CREDENTIALS, .cmsg_len = CMSG_LEN(sizeof(struct ucred))};
        struct ucred forged = {getpid(), 0, getgid()};
        memcpy(CMSG_DATA(header), &forged, sizeof forged);
        CHECK_ERRNO(sendmsg(pair[0], &message, 0), EPERM);
        forged.uid = 1000;
        memcpy(CMSG_DATA(header), &forged, sizeof forged);
        OK(sendmsg(pair[0], &message, 0));
    });
}

CASE(stream_poll_bits) {
    OK(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
    CHECK_EQ(bits(pair[0], POLLIN | POLLOUT | POLLRDHUP), POLLOUT);
    CHECK_EQ(write(pair[1], "x", 1), 1);
    CHECK_EQ(bits(pair[0], POLLIN | POLLOUT | POLLRDHUP), POLLIN | POLLOUT);
    OK(shutdown(pair[1], SHUT_WR));
    CHECK_EQ(bits(pair[0], POLLIN | POLLOUT | POLLRDHUP), POLLIN | POLLOUT | POLLRDHUP);
    CHECK_EQ(bits(pair[1], POLLIN | POLLOUT | POLLRDHUP), POLLOUT);
    close(pair[1]);
    CHECK_EQ(bits(pair[0], POLLIN | POLLOUT | POLLRDHUP), POLLIN | POLLOUT | POLLRDHUP | POLLHUP);
}

CASE(unread_data_of_a_closed_peer_resets_a_stream) {
    OK(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
    CHECK_EQ(write(pair[0], "unread", 6), 6);
    close(pair[1]);
    char byte;
    CHECK_ERRNO(read(pair[0], &byte, 1), ECONNRESET);
    CHECK_EQ(read(pair[0], &byte, 1), 0);
}

CASE(full_stream_blocks_and_wakes) {
    OK(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
    static char block[4 << 20];
    pid_t child = SPAWN({
        close(pair[1]);
        CHECK_EQ(write(pair[0], block, sizeof block), sizeof block);
    });
    close(pair[0]);
    size_t total = 0;
    ssize_t count;
    while ((count = OK(read(pair[1], block, 77777))) > 0) total += count;
    CHECK_EQ(total, sizeof block);
    wait_ok(child);
}

CASE(datagram_queue_is_bounded) {
    OK(socketpair(AF_UNIX, SOCK_DGRAM, 0, pair));
    int sent = 0;
    while (send(pair[0], "x", 1, MSG_DONTWAIT) == 1) {
        sent++;
        CHECK(sent < 1000000);
    }
    CHECK_EQ(errno, EAGAIN);
    CHECK(sent >= 10);
    char byte;
    for (int i = 0; i < sent; i++) CHECK_EQ(recv(pair[1], &byte, 1, MSG_DONTWAIT), 1);
    CHECK_EQ(send(pair[0], "x", 1, MSG_DONTWAIT), 1);
}

CASE(listener_backlog_blocks_or_eagain) {
    struct sockaddr_un name = named("s");
    int listener = OK(socket(AF_UNIX, SOCK_STREAM, 0));
    OK(bind(listener, (void *)&name, sizeof name));
    OK(listen(listener, 1));
    int count = 0;
    for (;;) {
        int fd = OK(socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0));
        if (connect(fd, (void *)&name, sizeof name) == -1) break;
        CHECK(++count < 100);
    }
    CHECK_EQ(errno, EAGAIN); /* connect(2): for Unix sockets, not EINPROGRESS */
    CHECK_EQ(count, 2);
    OK(accept(listener, NULL, NULL));
    CHECK(connect_to("s", SOCK_STREAM) != -1);
}

CASE(peek_and_waitall) {
    OK(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
    char text[8];
    CHECK_EQ(write(pair[0], "1234", 4), 4);
    CHECK_EQ(recv(pair[1], text, 8, MSG_PEEK), 4);
    int available;
    OK(ioctl(pair[1], FIONREAD, &available));
    CHECK_EQ(available, 4);
    pid_t child = SPAWN({
        sleep_ms(10);
        CHECK_EQ(write(pair[0], "5678", 4), 4);
    });
    CHECK_EQ(recv(pair[1], text, 8, MSG_WAITALL), 8);
    wait_ok(child);
}

CASE(shutdown_both_ways) {
    OK(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
    OK(shutdown(pair[0], SHUT_RDWR));
    char byte;
    CHECK_EQ(read(pair[0], &byte, 1), 0);
    CHECK_EQ(read(pair[1], &byte, 1), 0);
    CHECK_ERRNO(send(pair[0], "x", 1, MSG_NOSIGNAL), EPIPE);
    CHECK_ERRNO(send(pair[1], "x", 1, MSG_NOSIGNAL), EPIPE);
    CHECK_EQ(bits(pair[1], POLLIN | POLLOUT), POLLIN | POLLOUT | POLLHUP);
}

CASE(socketpair_arguments) {
    CHECK_ERRNO(socketpair(AF_UNIX, SOCK_STREAM, 99, pair), EPROTONOSUPPORT);
    CHECK_ERRNO(socketpair(AF_UNIX, 77, 0, pair), EINVAL);
    CHECK_ERRNO(syscall(SYS_socketpair, AF_UNIX, SOCK_STREAM, 0, (void *)8), EFAULT);
    OK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair));
    CHECK_EQ(fcntl(pair[1], F_GETFD), FD_CLOEXEC);
    char byte;
    CHECK_ERRNO(read(pair[1], &byte, 1), EAGAIN);
}

CASE(seqpacket_server) {
    int listener = listen_at("s", SOCK_SEQPACKET), client = connect_to("s", SOCK_SEQPACKET);
    CHECK(client != -1);
    int server = OK(accept(listener, NULL, NULL));
    CHECK_EQ(send(client, "abc", 3, 0), 3);
    CHECK_EQ(send(client, "defg", 4, 0), 4);
    char text[8];
    CHECK_EQ(recv(server, text, 8, 0), 3);
    CHECK_EQ(recv(server, text, 8, 0), 4);
}

CASE(path_of_maximal_length) {
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    memset(name.sun_path, 'p', sizeof name.sun_path); /* 108 bytes without a NUL */
    int fd = OK(socket(AF_UNIX, SOCK_STREAM, 0));
    OK(bind(fd, (void *)&name, sizeof name));
    char path[110] = "";
    memcpy(path, name.sun_path, 108);
    CHECK_EQ(access(path, F_OK), 0);
    struct sockaddr_un seen[2];
    socklen_t size = sizeof seen;
    OK(getsockname(fd, (void *)seen, &size));
    CHECK_EQ(size, sizeof name + 1);
}
