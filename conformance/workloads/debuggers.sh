#!/bin/bash
# image: gcc
# strace, ltrace and gdb on programs that fork, have threads and fail; AddressSanitizer's leaks.
set -e
cd /tmp
cat >sum.c <<'C'
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>
int total;
int add(int a, int b) {
    total += a;
    return a + b;
}
int main(void) {
    int sum = 0;
    for (int i = 1; i <= 3; i++) sum = add(i, sum);
    pid_t child = fork();
    if (child == 0) _exit(0);
    waitpid(child, NULL, 0);
    printf("sum %d\n", sum);
    return sum;
}
C
gcc -g -O0 -o sum sum.c
echo "strace"
strace -f -qq -e trace=exit_group -e signal=none -o trace ./sum || echo "status $?"
sed 's/^[0-9]* *//; s/) *= /) = /' trace | sort
strace -c -o counts ls / >/dev/null
grep -c 'openat$\|total$' counts
sleep 1000 &
strace -qq -o attached -p $! &
until grep -q ' sleep\|restart\|nanosleep' attached 2>/dev/null; do sleep 0.1; done
kill %1
wait || true
tail -n 1 attached
echo "ltrace"
ltrace -e printf ./sum 2>&1 >/dev/null | grep -o 'printf.*' | sed 's/ *= / = /'
echo "gdb"
debug() { gdb -nx -batch "$@" 2>&1 | grep '^\$\|^#\|^Value\|^Old\|^New v\|^Hardware\|^\[Inf\|^add\|^Thread [0-9]' | sed 's/0x[0-9a-f]*/0x/g; s/process [0-9]*/process N/; s/LWP [0-9]*/LWP N/'; }
debug -ex 'break add' -ex run -ex bt -ex 'print a' -ex finish -ex c -ex next -ex step \
    -ex delete -ex c ./sum
gdb -nx -batch -ex 'catch fork' -ex run -ex bt -ex c ./sum 2>&1 | grep -o 'forked process\|in main\|exited with code .*'
debug -ex 'break main' -ex run -ex 'print add(20, 22)' -ex 'watch total' -ex c -ex c -ex delete -ex c ./sum
cat >threads.c <<'C'
#include <pthread.h>
#include <unistd.h>
volatile int reached;
void *work(void *nothing) {
    __sync_fetch_and_add(&reached, 1);
    while (1) pause();
    return nothing;
}
int main(void) {
    pthread_t thread;
    for (int i = 0; i < 3; i++) pthread_create(&thread, NULL, work, NULL);
    while (reached < 3) usleep(1000);
    write(1, "", 1);
    while (1) pause();
}
C
gcc -g -O0 -pthread -o threads threads.c
./threads >ready &
until [ -s ready ]; do sleep 0.1; done
gdb -nx -batch -p $! -ex 'thread apply all bt 3' 2>&1 | grep -o 'in work\|in main' | sort | uniq -c
kill %3 2>/dev/null || kill $!
echo "AddressSanitizer"
cat >leak.c <<'C'
#include <stdlib.h>
int main(int count, char **arguments) {
    (void)arguments;
    if (count > 1) {
        volatile char *lost = malloc(100);
        lost[0] = 1;
        lost = NULL;
    }
    return 0;
}
C
gcc -g -fsanitize=address -o leak leak.c
./leak && echo "no leak"
./leak yes 2>&1 | grep SUMMARY || true
