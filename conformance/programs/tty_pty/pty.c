/* Pseudo-terminals: pty(7), termios(3), ioctl_tty(2), job control. */
#include "../case.h"
#include <pty.h>
#include <sys/ioctl.h>
#include <termios.h>

static int master, slave;

static void open_pair(void) {
    OK(openpty(&master, &slave, NULL, NULL, NULL));
}

static void change(tcflag_t local_off, tcflag_t local_on) {
    struct termios now;
    OK(tcgetattr(slave, &now));
    now.c_lflag = (now.c_lflag & ~local_off) | local_on;
    OK(tcsetattr(slave, TCSANOW, &now));
}

static void type(const char *keys) { CHECK_EQ(write(master, keys, strlen(keys)), strlen(keys)); }

/* Reads exactly this text from a descriptor. */
static void expect(int fd, const char *text) {
    char got[512] = "";
    size_t have = 0, want = strlen(text);
    while (have < want) {
        struct pollfd poller = {fd, POLLIN, 0};
        if (poll(&poller, 1, 5000) != 1) FAIL("got \"%s\", expected \"%s\"", got, text);
        ssize_t count = OK(read(fd, got + have, want - have));
        have += count;
        got[have] = 0;
    }
    CHECK_STR(got, text);
}

static void expect_nothing(int fd) {
    struct pollfd poller = {fd, POLLIN, 0};
    CHECK_EQ(poll(&poller, 1, 10), 0);
}

CASE(ptmx_and_its_slave) {
    master = OK(open("/dev/ptmx", O_RDWR | O_NOCTTY));
    int number = -1, locked = -1;
    OK(ioctl(master, TIOCGPTN, &number));
    CHECK(number >= 0);
    char name[64], expected[64];
    snprintf(expected, sizeof expected, "/dev/pts/%d", number);
    CHECK_ZERO(ptsname_r(master, name, sizeof name));
    CHECK_STR(name, expected);
    OK(ioctl(master, TIOCGPTLCK, &locked));
    CHECK_EQ(locked, 1);
    CHECK_ERRNO(open(name, O_RDWR | O_NOCTTY), EIO); /* locked */
    OK(grantpt(master));
    OK(unlockpt(master));
    slave = OK(open(name, O_RDWR | O_NOCTTY));
    CHECK(isatty(slave) && isatty(master));
    CHECK_STR(ttyname(slave), expected);
    struct stat about;
    OK(fstat(slave, &about));
    CHECK(S_ISCHR(about.st_mode));
}

CASE(default_settings) {
    open_pair();
    struct termios now;
    OK(tcgetattr(slave, &now));
    CHECK(now.c_lflag & ICANON);
    CHECK(now.c_lflag & ECHO);
    CHECK(now.c_lflag & ISIG);
    CHECK(now.c_iflag & ICRNL);
    CHECK(now.c_oflag & OPOST);
    CHECK(now.c_oflag & ONLCR);
    CHECK_EQ(now.c_cc[VINTR], 3);
    CHECK_EQ(now.c_cc[VEOF], 4);
    CHECK_EQ(now.c_cc[VERASE], 127);
    CHECK_EQ(now.c_cc[VSUSP], 26);
    CHECK_EQ(now.c_cc[VKILL], 21);
    CHECK_EQ(now.c_cc[VQUIT], 28);
    CHECK_EQ(cfgetospeed(&now), B38400);
}

CASE(canonical_input_comes_by_lines) {
    open_pair();
    type("hel");
    expect_nothing(slave);
    type("lo\nnext");
    char text[64];
    CHECK_EQ(read(slave, text, sizeof text), 6);
    CHECK_MEM(text, "hello\n", 6);
    expect_nothing(slave);
    type("\n");
    CHECK_EQ(read(slave, text, 2), 2); /* part of a line; the rest stays */
    CHECK_EQ(read(slave, text, sizeof text), 3);
}

CASE(echo_goes_back_to_the_master) {
    open_pair();
    type("ab\r");
    expect(master, "ab\r\n"); /* ICRNL on the way in, ONLCR on the way out */
    expect(slave, "ab\n");
    change(ECHO, 0);
    type("quiet\n");
    expect(slave, "quiet\n");
    expect_nothing(master);
}

CASE(control_characters_are_echoed_with_a_caret) {
    open_pair();
    type("\001x\n");
    expect(master, "^Ax\r\n");
    expect(slave, "\001x\n");
}

CASE(line_editing) {
    open_pair();
    type("abx\177c\n");
    expect(master, "abx\b \bc\r\n");
    expect(slave, "abc\n");
    type("gone\025kept\n"); /* VKILL */
    expect(slave, "kept\n");
    type("one two\027\n"); /* VWERASE */
    expect(slave, "one \n");
    type("\177\177z\n"); /* nothing to erase */
    expect(slave, "z\n");
    type("a\026\003b\n"); /* VLNEXT: the next one is literal */
    expect(slave, "a\003b\n");
}

CASE(end_of_file_character) {
    open_pair();
    char text[16];
    type("\004");
    CHECK_EQ(read(slave, text, 16), 0);
    type("ab\004");
    CHECK_EQ(read(slave, text, 16), 2); /* pushes the line without a newline */
    type("c\n");
    CHECK_EQ(read(slave, text, 16), 2);
}

CASE(output_processing) {
    open_pair();
    CHECK_EQ(write(slave, "a\nb\n", 4), 4);
    expect(master, "a\r\nb\r\n");
    struct termios now;
    OK(tcgetattr(slave, &now));
    now.c_oflag &= ~OPOST;
    OK(tcsetattr(slave, TCSANOW, &now));
    CHECK_EQ(write(slave, "a\n", 2), 2);
    expect(master, "a\n");
}

CASE(raw_mode_passes_everything) {
    open_pair();
    struct termios raw;
    OK(tcgetattr(slave, &raw));
    cfmakeraw(&raw);
    OK(tcsetattr(slave, TCSANOW, &raw));
    char text[8];
    type("\003\004\r\177");
    CHECK_EQ(read(slave, text, 8), 4);
    CHECK_MEM(text, "\003\004\r\177", 4);
    expect_nothing(master);
}

static void noncanonical(int min, int time) {
    struct termios now;
    OK(tcgetattr(slave, &now));
    now.c_lflag &= ~(ICANON | ECHO);
    now.c_cc[VMIN] = min;
    now.c_cc[VTIME] = time;
    OK(tcsetattr(slave, TCSANOW, &now));
}

CASE(minimum_of_characters) {
    open_pair();
    noncanonical(3, 0);
    char text[8];
    type("ab");
    struct pollfd poller = {slave, POLLIN, 0};
    CHECK_EQ(poll(&poller, 1, 20), 0);
    pid_t child = SPAWN({
        sleep_ms(20);
        type("c");
    });
    CHECK_EQ(read(slave, text, 8), 3);
    wait_ok(child);
}

CASE(polling_read_and_timeouts) {
    open_pair();
    char text[8];
    noncanonical(0, 0);
    CHECK_EQ(read(slave, text, 8), 0);
    type("x");
    AWAIT(read(slave, text, 8) == 1);
    noncanonical(0, 1); /* a tenth of a second */
    int64_t start = now_ns();
    CHECK_EQ(read(slave, text, 8), 0);
    CHECK_RANGE(now_ns() - start, 90000000, 5000000000);
    noncanonical(2, 1); /* the timer runs between characters */
    type("y");
    CHECK_EQ(read(slave, text, 8), 1);
}

CASE(nonblocking_read) {
    open_pair();
    OK(fcntl(slave, F_SETFL, O_NONBLOCK));
    char text[8];
    CHECK_ERRNO(read(slave, text, 8), EAGAIN);
    OK(fcntl(master, F_SETFL, O_NONBLOCK));
    CHECK_ERRNO(read(master, text, 8), EAGAIN);
}

CASE(window_size) {
    open_pair();
    struct winsize size = {24, 80, 0, 0}, now;
    OK(ioctl(master, TIOCSWINSZ, &size));
    OK(ioctl(slave, TIOCGWINSZ, &now));
    CHECK_EQ(now.ws_row, 24);
    CHECK_EQ(now.ws_col, 80);
    CHECK_ERRNO(ioctl(slave, TIOCGWINSZ, (void *)8), EFAULT);
}

CASE(closing_the_slave_is_eio_for_the_master) {
    open_pair();
    CHECK_EQ(write(slave, "last", 4), 4);
    close(slave);
    char text[8];
    CHECK_EQ(read(master, text, 8), 4);
    CHECK_ERRNO(read(master, text, 8), EIO);
    struct pollfd poller = {master, POLLIN, 0};
    CHECK_EQ(poll(&poller, 1, 0), 1);
    CHECK(poller.revents & POLLHUP);
}

CASE(slave_can_be_opened_again) {
    open_pair();
    char *name = strdup(ttyname(slave));
    close(slave);
    slave = OK(open(name, O_RDWR | O_NOCTTY));
    type("again\n");
    expect(slave, "again\n");
}

CASE(closing_the_master_hangs_up_the_slave) {
    open_pair();
    close(master);
    char text[8];
    CHECK_EQ(read(slave, text, 8), 0);
    CHECK_ERRNO(write(slave, "x", 1), EIO);
    struct pollfd poller = {slave, POLLIN | POLLOUT, 0};
    CHECK_EQ(poll(&poller, 1, 0), 1);
    CHECK(poller.revents & POLLHUP);
    struct termios now;
    CHECK_ERRNO(tcgetattr(slave, &now), EIO);
}

/* Runs the statements in the leader of a session whose terminal the slave is. */
#define IN_SESSION(...)                                          \
    SPAWN({                                                      \
        OK(setsid());                                            \
        OK(ioctl(slave, TIOCSCTTY, 0));                          \
        close(master);                                           \
        __VA_ARGS__;                                             \
    })

CASE(controlling_terminal) {
    open_pair();
    pid_t child = IN_SESSION({
        int tty = OK(open("/dev/tty", O_RDWR));
        CHECK_EQ(write(tty, "hi", 2), 2);
        CHECK_EQ(tcgetpgrp(tty), getpgrp());
        CHECK_EQ(tcgetsid(tty), getpid());
        on_signal(SIGHUP, SIG_IGN, 0); /* a leader that lets go hangs up its foreground group */
        OK(ioctl(tty, TIOCNOTTY));
        CHECK_ERRNO(open("/dev/tty", O_RDWR), ENXIO);
    });
    expect(master, "hi");
    wait_ok(child);
}

CASE(opening_a_terminal_acquires_it) {
    open_pair();
    char *name = strdup(ttyname(slave));
    pid_t child = SPAWN({
        OK(setsid());
        close(OK(open(name, O_RDWR | O_NOCTTY)));
        CHECK_ERRNO(open("/dev/tty", O_RDWR), ENXIO);
        OK(open(name, O_RDWR));
        OK(open("/dev/tty", O_RDWR));
    });
    wait_ok(child);
}

CASE(interrupt_characters_signal_the_foreground_group) {
    static const struct { const char *key; int number; } keys[] = {{"\003", SIGINT}, {"\034", SIGQUIT}};
    for (int i = 0; i < 2; i++) {
        open_pair();
        pid_t child = IN_SESSION({
            CHECK_EQ(write(slave, "r", 1), 1);
            for (;;) pause();
        });
        expect(master, "r");
        type(keys[i].key);
        int status = wait_status(child);
        CHECK_EQ(WTERMSIG(status), keys[i].number);
        expect(master, i ? "^\\" : "^C");
    }
}

CASE(interrupt_discards_the_line) {
    open_pair();
    pid_t child = IN_SESSION({
        on_signal(SIGINT, SIG_IGN, 0);
        CHECK_EQ(write(slave, "r", 1), 1);
        char text[16];
        CHECK_EQ(read(slave, text, 16), 4);
        CHECK_MEM(text, "new\n", 4);
    });
    expect(master, "r");
    type("old\003new\n");
    wait_ok(child);
}

CASE(without_isig_the_character_is_data) {
    open_pair();
    change(ISIG | ECHO, 0);
    type("a\003b\n");
    expect(slave, "a\003b\n");
}

CASE(suspend_character_stops_the_foreground_job) {
    open_pair();
    pid_t child = IN_SESSION({
        pid_t job = SPAWN({
            OK(setpgid(0, 0));
            for (;;) pause();
        });
        AWAIT(getpgid(job) == job);
        OK(tcsetpgrp(slave, job));
        CHECK_EQ(write(slave, "r", 1), 1);
        int status;
        CHECK_EQ(waitpid(job, &status, WUNTRACED), job);
        CHECK(WIFSTOPPED(status));
        CHECK_EQ(WSTOPSIG(status), SIGTSTP);
        OK(kill(-job, SIGKILL));
        wait_signal(job, SIGKILL);
    });
    expect(master, "r");
    type("\032");
    wait_ok(child);
}

CASE(background_read_stops_with_sigttin) {
    open_pair();
    pid_t child = IN_SESSION({
        pid_t job = SPAWN({
            OK(setpgid(0, 0));
            char byte;
            CHECK_EQ(read(slave, &byte, 1), 1);
        });
        int status;
        CHECK_EQ(waitpid(job, &status, WUNTRACED), job);
        CHECK(WIFSTOPPED(status));
        CHECK_EQ(WSTOPSIG(status), SIGTTIN);
        OK(tcsetpgrp(slave, job));
        OK(kill(-job, SIGCONT));
        wait_ok(job); /* the read goes on in the foreground */
    });
    type("x\n");
    wait_ok(child);
}

CASE(background_read_with_the_signal_ignored_is_eio) {
    open_pair();
    pid_t child = IN_SESSION({
        pid_t job = SPAWN({
            OK(setpgid(0, 0));
            on_signal(SIGTTIN, SIG_IGN, 0);
            char byte;
            CHECK_ERRNO(read(slave, &byte, 1), EIO);
        });
        wait_ok(job);
    });
    wait_ok(child);
}

CASE(background_write_stops_only_with_tostop) {
    open_pair();
    pid_t child = IN_SESSION({
        pid_t job = SPAWN({
            OK(setpgid(0, 0));
            CHECK_EQ(write(slave, "ok", 2), 2);
        });
        wait_ok(job);
        change(0, TOSTOP);
        job = SPAWN({
            OK(setpgid(0, 0));
            CHECK_EQ(write(slave, "no", 2), 2);
        });
        int status;
        CHECK_EQ(waitpid(job, &status, WUNTRACED), job);
        CHECK_EQ(WSTOPSIG(status), SIGTTOU);
        OK(kill(job, SIGKILL));
        wait_signal(job, SIGKILL);
    });
    wait_ok(child);
    expect(master, "ok");
}

CASE(background_change_of_settings_stops_with_sigttou) {
    open_pair();
    pid_t child = IN_SESSION({
        pid_t job = SPAWN({
            OK(setpgid(0, 0));
            struct termios now;
            OK(tcgetattr(slave, &now)); /* looking is allowed */
            OK(tcsetattr(slave, TCSANOW, &now));
        });
        int status;
        CHECK_EQ(waitpid(job, &status, WUNTRACED), job);
        CHECK_EQ(WSTOPSIG(status), SIGTTOU);
        OK(kill(job, SIGKILL));
        wait_signal(job, SIGKILL);
        job = SPAWN({
            OK(setpgid(0, 0));
            block_signal(SIGTTOU); /* what shells do to take the terminal back */
            OK(tcsetpgrp(slave, getpgrp()));
            CHECK_EQ(tcgetpgrp(slave), getpgrp());
        });
        wait_ok(job);
    });
    wait_ok(child);
}

CASE(tcsetpgrp_errors) {
    open_pair();
    CHECK_ERRNO(tcsetpgrp(slave, getpgrp()), ENOTTY); /* not our terminal */
    pid_t child = IN_SESSION({
        CHECK_ERRNO(tcsetpgrp(slave, 0x3fffffff), ESRCH);
        CHECK_ERRNO(tcsetpgrp(slave, -1), EINVAL);
        CHECK_ERRNO(tcsetpgrp(slave, 1), EPERM); /* in another session */
    });
    wait_ok(child);
}

static volatile sig_atomic_t got;
static void note(int number) { got = number; }

CASE(window_change_signals_the_foreground_group) {
    open_pair();
    pid_t child = IN_SESSION({
        on_signal(SIGWINCH, note, SA_RESTART);
        CHECK_EQ(write(slave, "r", 1), 1);
        AWAIT(got == SIGWINCH);
    });
    expect(master, "r");
    struct winsize size = {50, 132, 0, 0};
    OK(ioctl(master, TIOCSWINSZ, &size));
    wait_ok(child);
}

CASE(hang_up_signals_the_session) {
    open_pair();
    int ready[2];
    OK(pipe(ready));
    pid_t child = IN_SESSION({
        CHECK_EQ(write(ready[1], "r", 1), 1);
        for (;;) pause();
    });
    char byte;
    CHECK_EQ(read(ready[0], &byte, 1), 1);
    close(slave);
    close(master);
    wait_signal(child, SIGHUP);
}

CASE(leader_exit_hangs_up_the_foreground_group) {
    open_pair();
    int ready[2];
    OK(pipe(ready));
    pid_t child = IN_SESSION({
        pid_t job = SPAWN({
            OK(setpgid(0, 0));
            on_signal(SIGHUP, note, SA_RESTART);
            CHECK_EQ(write(ready[1], "r", 1), 1);
            AWAIT(got == SIGHUP);
            CHECK_EQ(write(ready[1], "h", 1), 1);
        });
        AWAIT(getpgid(job) == job);
        OK(tcsetpgrp(slave, job));
        char byte;
        CHECK_EQ(read(ready[0], &byte, 1), 1);
    });
    wait_ok(child);
    char byte = 0;
    CHECK_EQ(read(ready[0], &byte, 1), 1);
    CHECK_EQ(byte, 'h');
}

CASE(queue_sizes_and_flush) {
    open_pair();
    change(ECHO, 0);
    int count = -1;
    type("12345\n");
    AWAIT(({ OK(ioctl(slave, FIONREAD, &count)); count == 6; }));
    OK(tcflush(slave, TCIFLUSH));
    OK(ioctl(slave, FIONREAD, &count));
    CHECK_EQ(count, 0);
    CHECK_EQ(write(slave, "out", 3), 3);
    AWAIT(({ OK(ioctl(master, FIONREAD, &count)); count == 3; }));
    OK(tcdrain(slave));
}

CASE(large_output_blocks_until_read) {
    open_pair();
    pid_t child = SPAWN({
        close(master);
        static char block[100000];
        memset(block, 'x', sizeof block);
        CHECK_EQ(write(slave, block, sizeof block), sizeof block);
    });
    char part[4096];
    size_t total = 0;
    while (total < 100000) total += OK(read(master, part, sizeof part));
    CHECK_EQ(total, 100000);
    wait_ok(child);
}

CASE(forkpty_runs_a_program_on_a_terminal) {
    struct winsize size = {10, 20, 0, 0};
    pid_t child = OK(forkpty(&master, NULL, NULL, &size));
    if (child == 0) {
        CHECK(isatty(0) && isatty(1) && isatty(2));
        CHECK_EQ(tcgetpgrp(0), getpid());
        struct winsize now;
        OK(ioctl(0, TIOCGWINSZ, &now));
        CHECK_EQ(now.ws_col, 20);
        char line[16];
        CHECK(fgets(line, sizeof line, stdin) != NULL);
        printf("got %s", line);
        exit(0);
    }
    type("input\n");
    expect(master, "input\r\ngot input\r\n");
    wait_ok(child);
}

CASE(terminal_calls_on_other_files_are_enotty) {
    int ends[2], group;
    OK(pipe(ends));
    struct termios settings;
    CHECK_ERRNO(tcgetattr(ends[0], &settings), ENOTTY);
    CHECK_ERRNO(ioctl(ends[0], TIOCGPGRP, &group), ENOTTY);
    int null = OK(open("/dev/null", O_RDWR));
    CHECK_ERRNO(tcgetattr(null, &settings), ENOTTY);
    CHECK(!isatty(null));
    CHECK_EQ(errno, ENOTTY);
}

CASE(no_setting_is_locked) {
    int master = OK(posix_openpt(O_RDWR | O_NOCTTY));
    unsigned char locks[36], none[36] = {0};
    memset(locks, 1, sizeof locks);
    OK(ioctl(master, 0x5456 /* TIOCGLCKTRMIOS */, locks));
    CHECK_MEM(locks, none, sizeof none);
}
