/* Much of the same for long: processes, threads, files and connections that come and go. */
#include "../case.h"
#include <arpa/inet.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/socket.h>

enum { AT_ONCE = 8, FILES = 8, FILE_BYTES = 256 << 10, CONNECTIONS = 40, MESSAGE = 4096 };

HELPER(child) { return atoi(argv[1]); }

static void run_children(int count) {
    for (int i = 0; i < count; i++) {
        char code[12];
        snprintf(code, sizeof code, "%d", i % 100);
        pid_t child = SPAWN(execl(self_path, self_path, "@child", code, NULL));
        wait_exit(child, i % 100);
    }
}

static void *add_one(void *sum) {
    __atomic_fetch_add((long *)sum, 1, __ATOMIC_RELAXED);
    return sum;
}

static long run_threads(int count) {
    long sum = 0;
    for (int done = 0; done < count; done += AT_ONCE) {
        pthread_t threads[AT_ONCE];
        for (int i = 0; i < AT_ONCE; i++) CHECK_ZERO(pthread_create(&threads[i], NULL, add_one, &sum));
        for (int i = 0; i < AT_ONCE; i++) CHECK_ZERO(pthread_join(threads[i], NULL));
    }
    return sum;
}

static void run_files(void) {
    char name[32];
    for (int i = 0; i < FILES; i++) {
        snprintf(name, sizeof name, "endurance-%d", i);
        int fd = OK(open(name, O_RDWR | O_CREAT | O_TRUNC, 0600));
        OK(ftruncate(fd, FILE_BYTES));
        unsigned char *memory = OK(mmap(NULL, FILE_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
        memset(memory, i + 1, FILE_BYTES);
        OK(munmap(memory, FILE_BYTES));
        unsigned char last;
        CHECK_EQ(pread(fd, &last, 1, FILE_BYTES - 1), 1);
        CHECK_EQ(last, i + 1);
        close(fd);
    }
    for (int i = 0; i < FILES; i++) {
        snprintf(name, sizeof name, "endurance-%d", i);
        OK(unlink(name));
    }
}

/* Answers what comes until all connections were made and closed. */
static void *echo(void *listener) {
    int server = *(int *)listener, epoll = OK(epoll_create1(EPOLL_CLOEXEC)), open_ones = 0, seen = 0;
    struct epoll_event event = {.events = EPOLLIN, .data.fd = server};
    OK(epoll_ctl(epoll, EPOLL_CTL_ADD, server, &event));
    while (seen < CONNECTIONS || open_ones > 0) {
        OK(epoll_wait(epoll, &event, 1, -1));
        int fd = event.data.fd;
        if (fd == server) {
            struct epoll_event added = {.events = EPOLLIN, .data.fd = OK(accept(server, NULL, NULL))};
            OK(epoll_ctl(epoll, EPOLL_CTL_ADD, added.data.fd, &added));
            open_ones++;
            seen++;
            continue;
        }
        char bytes[MESSAGE];
        ssize_t got = OK(read(fd, bytes, sizeof bytes));
        if (got == 0) {
            close(fd);
            open_ones--;
        } else {
            CHECK_EQ(write(fd, bytes, got), got);
        }
    }
    close(epoll);
    return NULL;
}

static void run_connections(void) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int server = OK(socket(AF_INET, SOCK_STREAM, 0));
    OK(bind(server, (struct sockaddr *)&address, size));
    OK(listen(server, CONNECTIONS));
    OK(getsockname(server, (struct sockaddr *)&address, &size));
    pthread_t thread;
    CHECK_ZERO(pthread_create(&thread, NULL, echo, &server));
    for (int i = 0; i < CONNECTIONS; i++) {
        int client = OK(socket(AF_INET, SOCK_STREAM, 0));
        OK(connect(client, (struct sockaddr *)&address, size));
        char sent[MESSAGE], got[MESSAGE];
        memset(sent, i, sizeof sent);
        CHECK_EQ(write(client, sent, sizeof sent), sizeof sent);
        CHECK_EQ(recv(client, got, sizeof got, MSG_WAITALL), sizeof got);
        CHECK_MEM(got, sent, sizeof sent);
        close(client);
    }
    CHECK_ZERO(pthread_join(thread, NULL));
    close(server);
}

/* One round of everything for each line it is told. */
HELPER(rounds) {
    char line[64];
    while (fgets(line, sizeof line, stdin) != NULL) {
        pid_t other = SPAWN(run_files(); CHECK_EQ(run_threads(AT_ONCE * 4), AT_ONCE * 4););
        run_children(20);
        CHECK_EQ(run_threads(AT_ONCE * 16), AT_ONCE * 16);
        run_connections();
        wait_ok(other);
        printf("done %s", line);
        fflush(stdout);
    }
    return 0;
}

HELPER(children) {
    run_children(atoi(argv[1]));
    return printf("%s children\n", argv[1]) < 0;
}

HELPER(threads) { return printf("%ld threads\n", run_threads(atoi(argv[1]))) < 0; }

CASE(everything_once) {
    run_children(3);
    CHECK_EQ(run_threads(AT_ONCE), AT_ONCE);
    run_files();
    run_connections();
}
