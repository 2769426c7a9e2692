/* link, symlink, readlink, rename, unlink, mkdir, rmdir, getdents, getcwd, chroot, path walks. */
#include "../case.h"
#include <dirent.h>

static void touch(const char *path) { write_file(path, path, strlen(path)); }

static ino_t inode_of(const char *path) {
    struct stat about;
    OK(lstat(path, &about));
    return about.st_ino;
}

static long links_of(const char *path) {
    struct stat about;
    OK(lstat(path, &about));
    return about.st_nlink;
}

static int exists(const char *path) { return faccessat(AT_FDCWD, path, F_OK, AT_SYMLINK_NOFOLLOW) == 0; }

CASE(hard_links_share_an_inode) {
    touch("a");
    OK(link("a", "b"));
    CHECK_EQ(inode_of("a"), inode_of("b"));
    CHECK_EQ(links_of("a"), 2);
    write_file("b", "changed", 7);
    char text[16];
    read_file("a", text, sizeof text);
    CHECK_STR(text, "changed");
    OK(unlink("a"));
    CHECK_EQ(links_of("b"), 1);
}

CASE(link_errors) {
    touch("a");
    OK(mkdir("d", 0700));
    CHECK_ERRNO(link("a", "d"), EEXIST);
    CHECK_ERRNO(link("a", "a"), EEXIST);
    CHECK_ERRNO(link("none", "x"), ENOENT);
    CHECK_ERRNO(link("d", "x"), EPERM);
    CHECK_ERRNO(link("a", "none/x"), ENOENT);
    CHECK_ERRNO(link("a", "a/x"), ENOTDIR);
    CHECK_ERRNO(linkat(AT_FDCWD, "a", AT_FDCWD, "x", 0x4000000), EINVAL);
}

CASE(link_does_not_follow_unless_asked) {
    touch("a");
    OK(symlink("a", "l"));
    OK(link("l", "m"));
    CHECK_EQ(inode_of("m"), inode_of("l"));
    OK(linkat(AT_FDCWD, "l", AT_FDCWD, "n", AT_SYMLINK_FOLLOW));
    CHECK_EQ(inode_of("n"), inode_of("a"));
}

CASE(symbolic_links) {
    touch("a");
    OK(symlink("a", "l"));
    OK(symlink("nowhere/at/all", "dangling"));
    char target[32] = "";
    CHECK_EQ(readlink("l", target, sizeof target), 1);
    CHECK_EQ(readlink("dangling", target, sizeof target), 14);
    CHECK_MEM(target, "nowhere/at/all", 14);
    CHECK_EQ(readlink("dangling", target, 3), 3); /* cut off without notice */
    CHECK_ERRNO(readlink("a", target, 32), EINVAL);
    CHECK_ERRNO(readlink("none", target, 32), ENOENT);
    CHECK_ERRNO(readlink("l", target, 0), EINVAL);
    CHECK_ERRNO(symlink("x", "l"), EEXIST);
    CHECK_ERRNO(symlink("", "m"), ENOENT);
    struct stat about;
    OK(lstat("dangling", &about));
    CHECK(S_ISLNK(about.st_mode));
    CHECK_EQ(about.st_size, 14);
    CHECK_EQ(about.st_mode & 0777, 0777);
    CHECK_ERRNO(stat("dangling", &about), ENOENT);
}

CASE(link_loops_are_eloop) {
    OK(symlink("b", "a"));
    OK(symlink("a", "b"));
    OK(symlink("self", "self"));
    struct stat about;
    CHECK_ERRNO(stat("a", &about), ELOOP);
    CHECK_ERRNO(open("self", O_RDONLY), ELOOP);
    CHECK_ERRNO(open("a/x", O_RDONLY | O_CREAT, 0600), ELOOP);
    OK(lstat("a", &about));
}

/* path_resolution(7): at most 40 links are followed in one walk. */
CASE(forty_links_are_followed) {
    touch("l0");
    char name[8], target[8];
    for (int i = 1; i <= 41; i++) {
        snprintf(name, sizeof name, "l%d", i);
        snprintf(target, sizeof target, "l%d", i - 1);
        OK(symlink(target, name));
    }
    struct stat about;
    OK(stat("l40", &about));
    CHECK_ERRNO(stat("l41", &about), ELOOP);
}

CASE(links_in_the_middle_of_a_path) {
    OK(mkdir("d", 0700));
    OK(mkdir("d/e", 0700));
    touch("d/e/f");
    OK(symlink("d/e", "short"));
    OK(symlink("../e", "d/e/up"));
    CHECK(exists("short/f"));
    CHECK(exists("short/../e/f")); /* ".." is of the target's directory */
    CHECK(exists("d/e/up/up/up/f"));
}

CASE(unlink_errors) {
    OK(mkdir("d", 0700));
    touch("a");
    CHECK_ERRNO(unlink("d"), EISDIR);
    CHECK_ERRNO(unlink("none"), ENOENT);
    CHECK_ERRNO(unlink("a/"), ENOTDIR);
    CHECK_ERRNO(unlink("a/x"), ENOTDIR);
    CHECK_ERRNO(unlinkat(AT_FDCWD, "a", AT_REMOVEDIR), ENOTDIR);
    CHECK_ERRNO(unlinkat(AT_FDCWD, "a", 0x55), EINVAL);
    OK(symlink("d", "l"));
    OK(unlink("l"));
    CHECK(exists("d"));
}

CASE(mkdir_and_rmdir) {
    umask(022);
    OK(mkdir("d", 0777));
    struct stat about;
    OK(stat("d", &about));
    CHECK_EQ(about.st_mode, S_IFDIR | 0755);
    CHECK_ERRNO(mkdir("d", 0700), EEXIST);
    CHECK_ERRNO(mkdir("none/x", 0700), ENOENT);
    CHECK_ERRNO(mkdir("/", 0700), EEXIST);
    OK(mkdir("e/", 0700));
    touch("d/f");
    CHECK_ERRNO(rmdir("d"), ENOTEMPTY);
    CHECK_ERRNO(rmdir("d/f"), ENOTDIR);
    CHECK_ERRNO(rmdir("none"), ENOENT);
    CHECK_ERRNO(rmdir("."), EINVAL);
    CHECK_ERRNO(rmdir("e/.."), ENOTEMPTY);
    OK(unlink("d/f"));
    OK(rmdir("d/"));
    OK(symlink("e", "l"));
    CHECK_ERRNO(mkdir("l", 0700), EEXIST);
    CHECK_ERRNO(rmdir("l"), ENOTDIR);
}

CASE(rename_moves_and_replaces) {
    touch("a");
    touch("b");
    ino_t inode = inode_of("a");
    OK(rename("a", "b"));
    CHECK_EQ(inode_of("b"), inode);
    CHECK(!exists("a"));
    OK(mkdir("d", 0700));
    OK(rename("b", "d/c"));
    CHECK_EQ(inode_of("d/c"), inode);
    OK(rename("d/c", "d/c"));
    CHECK(exists("d/c"));
}

CASE(rename_of_directories) {
    OK(mkdir("d", 0700));
    OK(mkdir("e", 0700));
    OK(mkdir("full", 0700));
    touch("full/f");
    touch("file");
    touch("d/inside");
    CHECK_ERRNO(rename("d", "full"), ENOTEMPTY);
    CHECK_ERRNO(rename("d", "file"), ENOTDIR);
    CHECK_ERRNO(rename("file", "d"), EISDIR);
    CHECK_ERRNO(rename("d", "d/below"), EINVAL);
    CHECK_ERRNO(rename("d", "none/x"), ENOENT);
    CHECK_ERRNO(rename("none", "x"), ENOENT);
    OK(rename("d", "e")); /* an empty directory may be replaced */
    CHECK(exists("e/inside"));
    CHECK_ERRNO(rename(".", "x"), EBUSY);
    CHECK_ERRNO(rename("file", "file2/"), ENOTDIR);
}

CASE(rename_of_two_names_of_a_file_does_nothing) {
    touch("a");
    OK(link("a", "b"));
    OK(rename("a", "b"));
    CHECK(exists("a") && exists("b"));
}

CASE(rename_works_on_links_themselves) {
    touch("a");
    OK(symlink("a", "l"));
    OK(rename("l", "m"));
    char target[8];
    CHECK_EQ(readlink("m", target, 8), 1);
    CHECK(exists("a"));
}

CASE(rename_flags) {
    touch("a");
    touch("b");
    ino_t a = inode_of("a"), b = inode_of("b");
    CHECK_ERRNO(renameat2(AT_FDCWD, "a", AT_FDCWD, "b", RENAME_NOREPLACE), EEXIST);
    OK(renameat2(AT_FDCWD, "a", AT_FDCWD, "c", RENAME_NOREPLACE));
    OK(renameat2(AT_FDCWD, "b", AT_FDCWD, "c", RENAME_EXCHANGE));
    CHECK_EQ(inode_of("b"), a);
    CHECK_EQ(inode_of("c"), b);
    CHECK_ERRNO(renameat2(AT_FDCWD, "b", AT_FDCWD, "none", RENAME_EXCHANGE), ENOENT);
    CHECK_ERRNO(renameat2(AT_FDCWD, "b", AT_FDCWD, "c", RENAME_EXCHANGE | RENAME_NOREPLACE), EINVAL);
    CHECK_ERRNO(renameat2(AT_FDCWD, "b", AT_FDCWD, "c", 1 << 20), EINVAL);
    OK(mkdir("d", 0700));
    OK(renameat2(AT_FDCWD, "b", AT_FDCWD, "d", RENAME_EXCHANGE));
    CHECK_EQ(inode_of("d"), a);
}

CASE(directory_link_counts) {
    OK(mkdir("d", 0700));
    CHECK_EQ(links_of("d"), 2);
    OK(mkdir("d/a", 0700));
    OK(mkdir("d/b", 0700));
    CHECK_EQ(links_of("d"), 4);
    OK(mkdir("other", 0700));
    OK(rename("d/a", "other/a"));
    CHECK_EQ(links_of("d"), 3);
    CHECK_EQ(links_of("other"), 3);
    OK(rmdir("d/b"));
    CHECK_EQ(links_of("d"), 2);
}

CASE(directory_moved_knows_its_new_parent) {
    OK(mkdir("a", 0700));
    OK(mkdir("b", 0700));
    OK(mkdir("a/c", 0700));
    OK(rename("a/c", "b/c"));
    CHECK_EQ(inode_of("b/c/.."), inode_of("b"));
    OK(chdir("b/c"));
    char path[PATH_MAX];
    CHECK(getcwd(path, sizeof path) != NULL);
    CHECK_STR(path + strlen(path) - 4, "/b/c");
}

static int compare_names(const void *left, const void *right) {
    return strcmp(*(char *const *)left, *(char *const *)right);
}

CASE(listing_has_every_name_once_with_its_type) {
    OK(mkdir("d", 0700));
    touch("d/file");
    OK(mkdir("d/dir", 0700));
    OK(symlink("file", "d/link"));
    OK(mkfifo("d/fifo", 0600));
    DIR *directory = opendir("d");
    struct dirent *entry;
    char *names[16];
    int count = 0;
    while ((entry = readdir(directory)) != NULL) {
        char text[64];
        int type = entry->d_type;
        struct stat about;
        OK(fstatat(dirfd(directory), entry->d_name, &about, AT_SYMLINK_NOFOLLOW));
        CHECK_EQ(type, IFTODT(about.st_mode));
        if (strcmp(entry->d_name, "..") != 0) CHECK_EQ(entry->d_ino, about.st_ino);
        snprintf(text, sizeof text, "%s", entry->d_name);
        names[count++] = strdup(text);
    }
    qsort(names, count, sizeof *names, compare_names);
    static const char *const expected[] = {".", "..", "dir", "fifo", "file", "link"};
    CHECK_EQ(count, 6);
    for (int i = 0; i < 6; i++) CHECK_STR(names[i], expected[i]);
    closedir(directory);
}

CASE(large_directory_read_in_pieces) {
    OK(mkdir("d", 0700));
    char name[64];
    for (int i = 0; i < 700; i++) {
        snprintf(name, sizeof name, "d/entry-with-a-rather-long-name-%d", i);
        touch(name);
    }
    int fd = OK(open("d", O_RDONLY | O_DIRECTORY)), seen = 0;
    static char buffer[1000];
    static char found[700];
    for (;;) {
        long size = OK(syscall(SYS_getdents64, fd, buffer, sizeof buffer));
        if (size == 0) break;
        for (long at = 0; at < size;) {
            struct dirent64 *entry = (struct dirent64 *)(buffer + at);
            int number;
            CHECK_EQ(entry->d_reclen % 8, 0);
            if (sscanf(entry->d_name, "entry-with-a-rather-long-name-%d", &number) == 1) {
                CHECK_EQ(found[number], 0);
                found[number] = 1;
                seen++;
            }
            at += entry->d_reclen;
        }
    }
    CHECK_EQ(seen, 700);
    OK(lseek(fd, 0, SEEK_SET));
    CHECK(syscall(SYS_getdents64, fd, buffer, sizeof buffer) > 0);
    CHECK_ERRNO(syscall(SYS_getdents64, fd, buffer, 8), EINVAL);
}

CASE(telldir_and_seekdir_return_to_a_place) {
    char name[8];
    OK(mkdir("d", 0700));
    OK(chdir("d"));
    for (int i = 0; i < 20; i++) {
        snprintf(name, sizeof name, "f%d", i);
        touch(name);
    }
    DIR *directory = opendir(".");
    for (int i = 0; i < 7; i++) CHECK(readdir(directory) != NULL);
    long place = telldir(directory);
    char expected[256];
    strcpy(expected, readdir(directory)->d_name);
    while (readdir(directory) != NULL) {
    }
    seekdir(directory, place);
    CHECK_STR(readdir(directory)->d_name, expected);
}

/* rm -r deletes while it reads: no name may be skipped or repeated. */
CASE(deleting_while_listing) {
    OK(mkdir("d", 0700));
    char name[64];
    for (int i = 0; i < 300; i++) {
        snprintf(name, sizeof name, "d/%d", i);
        touch(name);
    }
    int fd = OK(open("d", O_RDONLY)), removed = 0;
    char buffer[512];
    for (;;) {
        long size = OK(syscall(SYS_getdents64, fd, buffer, sizeof buffer));
        if (size == 0) break;
        for (long at = 0; at < size;) {
            struct dirent64 *entry = (struct dirent64 *)(buffer + at);
            if (entry->d_name[0] != '.') {
                OK(unlinkat(fd, entry->d_name, 0));
                removed++;
            }
            at += entry->d_reclen;
        }
    }
    CHECK_EQ(removed, 300);
    OK(rmdir("d"));
}

CASE(getdents_needs_a_directory) {
    touch("f");
    char buffer[512];
    int fd = OK(open("f", O_RDONLY));
    CHECK_ERRNO(syscall(SYS_getdents64, fd, buffer, sizeof buffer), ENOTDIR);
    CHECK_ERRNO(syscall(SYS_getdents64, 999, buffer, sizeof buffer), EBADF);
    int directory = OK(open(".", O_RDONLY));
    CHECK_ERRNO(syscall(SYS_getdents64, directory, (void *)8, 512), EFAULT);
}

CASE(listing_of_a_removed_directory) {
    OK(mkdir("d", 0700));
    int fd = OK(open("d", O_RDONLY));
    OK(rmdir("d"));
    char buffer[512];
    CHECK_ERRNO(syscall(SYS_getdents64, fd, buffer, sizeof buffer), ENOENT);
}

CASE(working_directory) {
    char path[PATH_MAX], small[4];
    CHECK(getcwd(path, sizeof path) == path && path[0] == '/');
    CHECK_ERRNO(syscall(SYS_getcwd, small, sizeof small), ERANGE);
    OK(mkdir("d", 0700));
    int here = OK(open(".", O_RDONLY));
    OK(chdir("d"));
    CHECK(getcwd(path, sizeof path) && strcmp(path + strlen(path) - 2, "/d") == 0);
    OK(fchdir(here));
    touch("f");
    CHECK_ERRNO(chdir("f"), ENOTDIR);
    CHECK_ERRNO(chdir("none"), ENOENT);
    CHECK_ERRNO(fchdir(999), EBADF);
    CHECK_ERRNO(fchdir(OK(open("f", O_RDONLY))), ENOTDIR);
    OK(chdir("/"));
    CHECK_STR(getcwd(path, sizeof path), "/");
}

CASE(removed_working_directory) {
    OK(mkdir("d", 0700));
    OK(chdir("d"));
    OK(rmdir("../d"));
    char path[PATH_MAX];
    CHECK_ERRNO(syscall(SYS_getcwd, path, sizeof path), ENOENT);
    CHECK_ERRNO(open("f", O_RDWR | O_CREAT, 0600), ENOENT);
    struct stat about;
    OK(stat(".", &about));
    OK(chdir(".."));
}

CASE(getcwd_goes_through_no_links) {
    OK(mkdir("real", 0700));
    OK(symlink("real", "link"));
    OK(chdir("link"));
    char path[PATH_MAX];
    CHECK(getcwd(path, sizeof path) != NULL);
    CHECK_STR(path + strlen(path) - 5, "/real");
}

CASE(chroot_confines) {
    IN_CHILD({
        OK(mkdir("jail", 0700));
        OK(mkdir("jail/sub", 0700));
        touch("jail/f");
        OK(symlink("/f", "jail/l"));
        OK(chroot("jail"));
        OK(chdir("/"));
        CHECK(exists("/f"));
        CHECK(exists("/../../f"));
        char text[16];
        read_file("/l", text, sizeof text);
        CHECK_STR(text, "jail/f");
        char path[PATH_MAX];
        OK(chdir("/sub"));
        CHECK_STR(getcwd(path, sizeof path), "/sub");
        CHECK_ERRNO(chroot("/f"), ENOTDIR);
    });
    CHECK(exists("jail/f"));
    IN_CHILD({
        OK(setresuid(1000, 1000, 1000));
        CHECK_ERRNO(chroot("/"), EPERM);
    });
}

CASE(deep_tree) {
    for (int i = 0; i < 200; i++) {
        OK(mkdir("deeper", 0700));
        OK(chdir("deeper"));
    }
    char path[PATH_MAX];
    CHECK(getcwd(path, sizeof path) != NULL);
    CHECK(strlen(path) > 200 * 7);
    for (int i = 0; i < 200; i++) {
        OK(chdir(".."));
        OK(rmdir("deeper"));
    }
}

CASE(mknod_makes_files_and_fifos) {
    umask(0);
    OK(mknod("f", S_IFREG | 0640, 0));
    OK(mknod("p", S_IFIFO | 0600, 0));
    OK(mknod("s", S_IFSOCK | 0600, 0));
    struct stat about;
    OK(stat("f", &about));
    CHECK_EQ(about.st_mode, S_IFREG | 0640);
    OK(stat("p", &about));
    CHECK(S_ISFIFO(about.st_mode));
    OK(stat("s", &about));
    CHECK(S_ISSOCK(about.st_mode));
    CHECK_ERRNO(open("s", O_RDONLY), ENXIO);
    CHECK_ERRNO(mknod("f", S_IFREG | 0600, 0), EEXIST);
    CHECK_ERRNO(mknod("d", S_IFDIR | 0600, 0), EPERM);
}
