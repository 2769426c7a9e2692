/* The harness itself: a failed check must end a case with code 1 and say where and why. */
#include "../case.h"

/* Runs a helper with its standard error in text; gives the exit code. */
static int run_helper(const char *name, char *text, size_t room) {
    int ends[2];
    OK(pipe(ends));
    pid_t child = SPAWN({
        dup2(ends[1], 2);
        execl(self_path, self_path, name, NULL);
    });
    close(ends[1]);
    ssize_t length = OK(read(ends[0], text, room - 1));
    text[length] = 0;
    int status = wait_status(child);
    CHECK(WIFEXITED(status));
    return WEXITSTATUS(status);
}

HELPER(fail_check) {
    errno = ENOENT;
    CHECK(1 + 1 == 3);
    return 0;
}

HELPER(fail_equal) {
    long five = 5;
    CHECK_EQ(five, 6);
    return 0;
}

HELPER(fail_errno) {
    CHECK_ERRNO(close(-1), EINVAL);
    return 0;
}

HELPER(fail_success) {
    CHECK_ERRNO(dup(2), EBADF);
    return 0;
}

HELPER(fail_call) {
    OK(open("/does/not/exist", O_RDONLY));
    return 0;
}

HELPER(fail_in_child) {
    IN_CHILD(CHECK(0));
    return 0;
}

CASE(failures_are_reported) {
    char text[1024];
    CHECK_EQ(run_helper("@fail_check", text, sizeof text), 1);
    CHECK(strstr(text, "selftest.c:") && strstr(text, "1 + 1 == 3") && strstr(text, "ENOENT"));
    CHECK_EQ(run_helper("@fail_equal", text, sizeof text), 1);
    CHECK(strstr(text, "five is 5"));
    CHECK_EQ(run_helper("@fail_errno", text, sizeof text), 1);
    CHECK(strstr(text, "failed with EBADF, expected EINVAL"));
    CHECK_EQ(run_helper("@fail_success", text, sizeof text), 1);
    CHECK(strstr(text, "expected errno EBADF"));
    CHECK_EQ(run_helper("@fail_call", text, sizeof text), 1);
    CHECK(strstr(text, "failed with ENOENT"));
    CHECK_EQ(run_helper("@fail_in_child", text, sizeof text), 1);
}

CASE(unknown_names_are_an_error) {
    char text[256];
    CHECK_EQ(run_helper("no_such_case", text, sizeof text), 2);
}
