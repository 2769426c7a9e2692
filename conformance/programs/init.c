/*
 * The first process of an instance that runs a case: the case must not be process 1 itself, which
 * is special (signals with default actions pass it by, orphans come to it).
 *
 *   init COMMAND ARGUMENT...    runs it in a session of its own; exits with its code or 128 + signal
 */
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv) {
    if (argc < 2) return 0;
    pid_t command = fork();
    if (command == 0) {
        setsid();
        execv(argv[1], argv + 1);
        perror(argv[1]);
        _exit(127);
    }
    if (command < 0) {
        perror("fork");
        return 126;
    }
    for (;;) {
        int status;
        if (wait(&status) == command)
            return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    }
}
