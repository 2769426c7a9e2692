/* inotify(7): exact event sequences, no more and no less. */
#include "../case.h"
#include <sys/inotify.h>
#include <sys/ioctl.h>

static int notify;

/* Reads all events there are as text: "create f, open f, ..." */
static const char *events(void) {
    static char text[4096];
    static const struct { uint32_t bit; const char *name; } names[] = {
        {IN_ACCESS, "access"}, {IN_MODIFY, "modify"}, {IN_ATTRIB, "attrib"},
        {IN_CLOSE_WRITE, "close_write"}, {IN_CLOSE_NOWRITE, "close"}, {IN_OPEN, "open"},
        {IN_MOVED_FROM, "from"}, {IN_MOVED_TO, "to"}, {IN_CREATE, "create"}, {IN_DELETE, "delete"},
        {IN_DELETE_SELF, "delete_self"}, {IN_MOVE_SELF, "move_self"}, {IN_IGNORED, "ignored"},
        {IN_Q_OVERFLOW, "overflow"}, {IN_ISDIR, "dir"}, {IN_UNMOUNT, "unmount"}};
    char buffer[8192] __attribute__((aligned(8)));
    size_t used = 0;
    text[0] = 0;
    ssize_t size;
    while ((size = read(notify, buffer, sizeof buffer)) > 0) {
        for (ssize_t at = 0; at < size;) {
            struct inotify_event *event = (void *)(buffer + at);
            if (used > 0) used += snprintf(text + used, sizeof text - used, ", ");
            const char *separator = "";
            for (size_t i = 0; i < sizeof names / sizeof *names; i++)
                if (event->mask & names[i].bit) {
                    used += snprintf(text + used, sizeof text - used, "%s%s", separator, names[i].name);
                    separator = "|";
                }
            if (event->len > 0) used += snprintf(text + used, sizeof text - used, " %s", event->name);
            at += sizeof *event + event->len;
        }
    }
    CHECK_EQ(errno, EAGAIN);
    return text;
}

static int watch(const char *path, uint32_t mask) {
    if (notify == 0) notify = OK(inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
    return OK(inotify_add_watch(notify, path, mask));
}

CASE(creating_writing_and_deleting_a_file) {
    OK(mkdir("d", 0700));
    watch("d", IN_ALL_EVENTS);
    int fd = OK(open("d/f", O_RDWR | O_CREAT, 0600));
    CHECK_STR(events(), "create f, open f");
    CHECK_EQ(write(fd, "x", 1), 1);
    CHECK_STR(events(), "modify f");
    char byte;
    CHECK_EQ(pread(fd, &byte, 1, 0), 1);
    CHECK_STR(events(), "access f");
    close(fd);
    CHECK_STR(events(), "close_write f");
    close(OK(open("d/f", O_RDONLY)));
    CHECK_STR(events(), "open f, close f");
    OK(chmod("d/f", 0644));
    CHECK_STR(events(), "attrib f");
    OK(unlink("d/f"));
    CHECK_STR(events(), "delete f");
}

CASE(directories_say_so) {
    OK(mkdir("d", 0700));
    watch("d", IN_CREATE | IN_DELETE);
    OK(mkdir("d/e", 0700));
    OK(rmdir("d/e"));
    CHECK_STR(events(), "create|dir e, delete|dir e");
    OK(symlink("x", "d/l"));
    OK(mkfifo("d/p", 0600));
    CHECK_STR(events(), "create l, create p");
}

CASE(rename_pairs_share_a_cookie) {
    OK(mkdir("d", 0700));
    write_file("d/a", "", 0);
    watch("d", IN_MOVE);
    OK(rename("d/a", "d/b"));
    char buffer[512] __attribute__((aligned(8)));
    CHECK(read(notify, buffer, sizeof buffer) > 0);
    struct inotify_event *from = (void *)buffer, *to = (void *)(buffer + sizeof *from + from->len);
    CHECK_EQ(from->mask, IN_MOVED_FROM);
    CHECK_STR(from->name, "a");
    CHECK_EQ(to->mask, IN_MOVED_TO);
    CHECK_STR(to->name, "b");
    CHECK(from->cookie != 0);
    CHECK_EQ(from->cookie, to->cookie);
}

CASE(rename_across_watched_directories) {
    OK(mkdir("d", 0700));
    OK(mkdir("e", 0700));
    write_file("d/a", "", 0);
    int first = watch("d", IN_MOVE), second = watch("e", IN_MOVE);
    CHECK(second != first);
    OK(rename("d/a", "e/b"));
    CHECK_STR(events(), "from a, to b");
    OK(rename("e/b", "out"));
    CHECK_STR(events(), "from b");
}

CASE(watch_on_a_file_itself) {
    write_file("f", "12", 2);
    watch("f", IN_ALL_EVENTS);
    int fd = OK(open("f", O_WRONLY));
    CHECK_EQ(write(fd, "x", 1), 1);
    OK(ftruncate(fd, 0));
    close(fd);
    CHECK_STR(events(), "open, modify, close_write"); /* equal neighbours are one */
}

CASE(equal_events_in_a_row_are_merged) {
    write_file("f", "", 0);
    int fd = OK(open("f", O_WRONLY));
    watch("f", IN_MODIFY);
    for (int i = 0; i < 5; i++) CHECK_EQ(write(fd, "x", 1), 1);
    CHECK_STR(events(), "modify");
    CHECK_EQ(write(fd, "x", 1), 1);
    CHECK_STR(events(), "modify");
}

CASE(deleted_file_ends_its_watch) {
    write_file("f", "", 0);
    watch("f", IN_DELETE_SELF | IN_ATTRIB);
    int fd = OK(open("f", O_RDONLY));
    OK(unlink("f"));
    CHECK_STR(events(), "attrib"); /* the link count changed; the file lives on */
    close(fd);
    CHECK_STR(events(), "delete_self, ignored");
}

CASE(moved_file_keeps_its_watch) {
    write_file("f", "", 0);
    watch("f", IN_ALL_EVENTS);
    OK(rename("f", "g"));
    CHECK_STR(events(), "move_self");
    OK(chmod("g", 0600));
    CHECK_STR(events(), "attrib");
}

CASE(removing_a_watch) {
    OK(mkdir("d", 0700));
    int descriptor = watch("d", IN_ALL_EVENTS);
    OK(inotify_rm_watch(notify, descriptor));
    CHECK_STR(events(), "ignored");
    write_file("d/f", "", 0);
    CHECK_STR(events(), "");
    CHECK_ERRNO(inotify_rm_watch(notify, descriptor), EINVAL);
    CHECK(watch("d", IN_ALL_EVENTS) != descriptor); /* numbers are not reused at once */
}

CASE(adding_a_watch_again) {
    OK(mkdir("d", 0700));
    int descriptor = watch("d", IN_CREATE);
    CHECK_EQ(watch("d", IN_DELETE), descriptor); /* replaces the mask */
    write_file("d/f", "", 0);
    OK(unlink("d/f"));
    CHECK_STR(events(), "delete f");
    CHECK_EQ(watch("d", IN_CREATE | IN_MASK_ADD), descriptor);
    write_file("d/f", "", 0);
    OK(unlink("d/f"));
    CHECK_STR(events(), "create f, delete f");
    CHECK_ERRNO(inotify_add_watch(notify, "d", IN_CREATE | IN_MASK_CREATE), EEXIST);
}

CASE(oneshot_and_onlydir) {
    OK(mkdir("d", 0700));
    write_file("f", "", 0);
    watch("d", IN_CREATE | IN_ONESHOT);
    write_file("d/a", "", 0);
    write_file("d/b", "", 0);
    CHECK_STR(events(), "create a, ignored");
    CHECK_ERRNO(inotify_add_watch(notify, "f", IN_OPEN | IN_ONLYDIR), ENOTDIR);
    watch("d", IN_CREATE | IN_ONLYDIR);
}

CASE(bad_arguments) {
    watch(".", IN_CREATE);
    CHECK_ERRNO(inotify_add_watch(notify, "none", IN_CREATE), ENOENT);
    CHECK_ERRNO(inotify_add_watch(notify, ".", 0), EINVAL);
    CHECK_ERRNO(inotify_add_watch(0, ".", IN_CREATE), EINVAL);
    CHECK_ERRNO(inotify_add_watch(999, ".", IN_CREATE), EBADF);
    CHECK_ERRNO(inotify_init1(12345), EINVAL);
    char small[10];
    write_file("f", "", 0);
    CHECK_ERRNO(read(notify, small, sizeof small), EINVAL);
}

CASE(poll_and_fionread) {
    watch(".", IN_CREATE);
    struct pollfd poller = {notify, POLLIN, 0};
    int available = -1;
    CHECK_EQ(poll(&poller, 1, 0), 0);
    OK(ioctl(notify, FIONREAD, &available));
    CHECK_EQ(available, 0);
    write_file("f", "", 0);
    CHECK_EQ(poll(&poller, 1, 1000), 1);
    CHECK_EQ(poller.revents, POLLIN);
    OK(ioctl(notify, FIONREAD, &available));
    CHECK_EQ(available, sizeof(struct inotify_event) + 16); /* the name is padded */
}

CASE(hard_linked_file_reports_by_the_name_used) {
    OK(mkdir("d", 0700));
    OK(mkdir("e", 0700));
    write_file("d/a", "", 0);
    OK(link("d/a", "e/b"));
    watch("d", IN_MODIFY);
    int fd = OK(open("e/b", O_WRONLY));
    CHECK_EQ(write(fd, "x", 1), 1);
    CHECK_STR(events(), ""); /* written through the other directory */
}

CASE(read_blocks_until_an_event) {
    notify = OK(inotify_init());
    OK(inotify_add_watch(notify, ".", IN_CREATE));
    pid_t parent = getpid(), child = SPAWN({
        AWAIT_SLEEPING(parent);
        write_file("f", "", 0);
    });
    char buffer[256];
    CHECK(read(notify, buffer, sizeof buffer) > 0);
    wait_ok(child);
}
