/* stat(2), statx(2), times, owners, modes, access rules, extended attributes. */
#include "../case.h"
#include <sys/sysmacros.h>
#include <sys/xattr.h>

static struct stat about_of(const char *path) {
    struct stat about;
    OK(lstat(path, &about));
    return about;
}

static int64_t ns(struct timespec time) { return time.tv_sec * 1000000000LL + time.tv_nsec; }

static void touch(const char *path) { write_file(path, "", 0); }

/* Runs the statements as a user without privilege, whose groups are only his own. */
#define AS_USER(user, ...)                                       \
    IN_CHILD({                                                   \
        OK(setgroups(0, NULL));                                  \
        OK(setresgid(user, user, user));                         \
        OK(setresuid(user, user, user));                         \
        __VA_ARGS__;                                             \
    })

#include <grp.h>

CASE(fields_of_a_regular_file) {
    write_file("f", "hello", 5);
    struct stat about = about_of("f"), directory = about_of(".");
    CHECK(S_ISREG(about.st_mode));
    CHECK_EQ(about.st_size, 5);
    CHECK_EQ(about.st_nlink, 1);
    CHECK_EQ(about.st_uid, geteuid());
    CHECK_EQ(about.st_gid, getegid());
    CHECK_EQ(about.st_dev, directory.st_dev);
    CHECK(about.st_ino != 0 && about.st_ino != directory.st_ino);
    CHECK(about.st_blksize >= 512);
    CHECK(about.st_blocks * 512 <= 1 << 20);
    CHECK(S_ISDIR(directory.st_mode));
}

CASE(stat_errors) {
    struct stat about;
    CHECK_ERRNO(stat("none", &about), ENOENT);
    CHECK_ERRNO(stat("", &about), ENOENT);
    CHECK_ERRNO(fstat(999, &about), EBADF);
    CHECK_ERRNO(syscall(SYS_stat, ".", (void *)8), EFAULT);
    CHECK_ERRNO(syscall(SYS_stat, (char *)8, &about), EFAULT);
    CHECK_ERRNO(syscall(SYS_newfstatat, AT_FDCWD, ".", &about, 0x12345), EINVAL);
    CHECK_ERRNO(fstatat(999, "f", &about, 0), EBADF);
}

CASE(fstatat_with_empty_path) {
    write_file("f", "hello", 5);
    int fd = OK(open("f", O_RDONLY));
    struct stat about;
    OK(fstatat(fd, "", &about, AT_EMPTY_PATH));
    CHECK_EQ(about.st_size, 5);
    CHECK_ERRNO(fstatat(fd, "", &about, 0), ENOENT);
    OK(fstatat(AT_FDCWD, "", &about, AT_EMPTY_PATH));
    CHECK(S_ISDIR(about.st_mode));
}

CASE(statx_fills_what_is_asked) {
    write_file("f", "hello", 5);
    struct statx about;
    OK(statx(AT_FDCWD, "f", 0, STATX_BASIC_STATS, &about));
    CHECK_EQ(about.stx_mask & STATX_BASIC_STATS, STATX_BASIC_STATS);
    CHECK_EQ(about.stx_size, 5);
    CHECK_EQ(about.stx_ino, about_of("f").st_ino);
    CHECK_EQ(makedev(about.stx_dev_major, about.stx_dev_minor), about_of("f").st_dev);
    CHECK_EQ(about.stx_mode, about_of("f").st_mode);
    OK(symlink("f", "l"));
    OK(statx(AT_FDCWD, "l", AT_SYMLINK_NOFOLLOW, STATX_TYPE, &about));
    CHECK(S_ISLNK(about.stx_mode));
    CHECK_ERRNO(statx(AT_FDCWD, "f", 0, STATX__RESERVED, &about), EINVAL);
    CHECK_ERRNO(statx(AT_FDCWD, "none", 0, STATX_TYPE, &about), ENOENT);
    CHECK_ERRNO(syscall(SYS_statx, AT_FDCWD, "f", 0, STATX_TYPE, (void *)8), EFAULT);
}

CASE(times_follow_reads_and_writes) {
    struct timespec old[2] = {{1000000000, 0}, {1000000000, 0}};
    write_file("f", "x", 1);
    OK(utimensat(AT_FDCWD, "f", old, 0));
    struct stat before = about_of("f");
    CHECK_EQ(before.st_mtim.tv_sec, 1000000000);
    CHECK(ns(before.st_ctim) > 1000000000LL * 1000000000LL + 1000000000LL); /* ctime is now */
    int fd = OK(open("f", O_RDWR));
    CHECK_EQ(write(fd, "y", 1), 1);
    struct stat after = about_of("f");
    CHECK(ns(after.st_mtim) > ns(before.st_mtim));
    CHECK(ns(after.st_ctim) >= ns(before.st_ctim));
    CHECK_EQ(after.st_atim.tv_sec, 1000000000);
    OK(utimensat(AT_FDCWD, "f", old, 0));
    OK(fchmod(fd, 0640)); /* changes ctime only */
    after = about_of("f");
    CHECK_EQ(after.st_mtim.tv_sec, 1000000000);
    OK(utimensat(AT_FDCWD, "f", old, 0));
    OK(ftruncate(fd, 10));
    CHECK(about_of("f").st_mtim.tv_sec > 1000000000);
}

CASE(directory_times_follow_its_entries) {
    OK(mkdir("d", 0700));
    struct timespec old[2] = {{1000000000, 0}, {1000000000, 0}};
    static const char *const changes[] = {"create", "link", "rename", "unlink"};
    touch("outside");
    for (int i = 0; i < 4; i++) {
        OK(utimensat(AT_FDCWD, "d", old, 0));
        if (i == 0) touch("d/f");
        if (i == 1) OK(link("outside", "d/g"));
        if (i == 2) OK(rename("d/f", "d/h"));
        if (i == 3) OK(unlink("d/h"));
        if (about_of("d").st_mtim.tv_sec == 1000000000) FAIL("%s left the time", changes[i]);
    }
    OK(utimensat(AT_FDCWD, "d", old, 0));
    write_file("d/g", "inside", 6); /* contents of a file are not its directory's */
    CHECK_EQ(about_of("d").st_mtim.tv_sec, 1000000000);
}

/* A descriptor is an int: the upper half of its register says nothing. */
CASE(paths_are_looked_at_where_no_descriptor_is_given) {
    char text[16];
    CHECK_ERRNO(syscall(SYS_utimensat, 0xFFFFFF9CL, NULL, NULL, 0), EFAULT);
    CHECK_ERRNO(syscall(SYS_utimensat, (long)AT_FDCWD, NULL, NULL, 0), EFAULT);
    CHECK_ERRNO(syscall(SYS_readlinkat, 0xFFFFFF9CL, "", text, sizeof text), ENOENT);
    CHECK_ERRNO(syscall(SYS_readlinkat, (long)AT_FDCWD, "", text, sizeof text), ENOENT);
}

CASE(utimensat_now_and_omit) {
    touch("f");
    struct timespec times[2] = {{1000000000, 123456789}, {2000000000, 987654321}};
    OK(utimensat(AT_FDCWD, "f", times, 0));
    struct stat about = about_of("f");
    CHECK_EQ(about.st_atim.tv_nsec, 123456789);
    CHECK_EQ(about.st_mtim.tv_nsec, 987654321);
    times[0].tv_nsec = UTIME_OMIT;
    times[1].tv_nsec = UTIME_NOW;
    OK(utimensat(AT_FDCWD, "f", times, 0));
    about = about_of("f");
    CHECK_EQ(about.st_atim.tv_sec, 1000000000);
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    CHECK_RANGE(now.tv_sec - about.st_mtim.tv_sec, -1, 10);
    OK(utimensat(AT_FDCWD, "f", NULL, 0));
    times[0].tv_nsec = 1000000000;
    CHECK_ERRNO(utimensat(AT_FDCWD, "f", times, 0), EINVAL);
    CHECK_ERRNO(utimensat(AT_FDCWD, "none", NULL, 0), ENOENT);
    OK(symlink("none", "l"));
    struct timespec link_times[2] = {{5, 0}, {6, 0}};
    OK(utimensat(AT_FDCWD, "l", link_times, AT_SYMLINK_NOFOLLOW));
    CHECK_EQ(about_of("l").st_mtim.tv_sec, 6);
    int fd = OK(open("f", O_RDONLY));
    OK(futimens(fd, link_times));
    CHECK_EQ(about_of("f").st_mtim.tv_sec, 6);
}

CASE(ctime_advances_with_every_chmod) {
    int fd = OK(open("f", O_RDWR | O_CREAT, 0600));
    struct stat first, second; /* gunicorn's heartbeat */
    OK(fchmod(fd, 0));
    OK(fstat(fd, &first));
    sleep_ms(20);
    OK(fchmod(fd, 1));
    OK(fstat(fd, &second));
    CHECK(ns(second.st_ctim) > ns(first.st_ctim));
}

CASE(chmod_forms) {
    touch("f");
    OK(chmod("f", 0751));
    CHECK_EQ(about_of("f").st_mode, S_IFREG | 0751);
    OK(chmod("f", 06755));
    CHECK_EQ(about_of("f").st_mode & 07777, 06755);
    OK(fchmodat(AT_FDCWD, "f", 0600, 0));
    CHECK_EQ(about_of("f").st_mode & 07777, 0600);
    CHECK_ERRNO(chmod("none", 0600), ENOENT);
    CHECK_ERRNO(fchmod(999, 0600), EBADF);
    OK(mkdir("d", 0700));
    OK(chmod("d", 01777));
    CHECK_EQ(about_of("d").st_mode, S_IFDIR | 01777);
    OK(symlink("f", "l"));
    OK(chmod("l", 0644)); /* follows */
    CHECK_EQ(about_of("f").st_mode & 07777, 0644);
}

CASE(chown_forms) {
    touch("f");
    OK(chown("f", 123, 456));
    CHECK_EQ(about_of("f").st_uid, 123);
    CHECK_EQ(about_of("f").st_gid, 456);
    OK(chown("f", -1, 7));
    CHECK_EQ(about_of("f").st_uid, 123);
    CHECK_EQ(about_of("f").st_gid, 7);
    OK(symlink("f", "l"));
    OK(lchown("l", 9, 9));
    CHECK_EQ(about_of("l").st_uid, 9);
    CHECK_EQ(about_of("f").st_uid, 123);
    OK(fchownat(AT_FDCWD, "l", 5, 5, 0));
    CHECK_EQ(about_of("f").st_uid, 5);
    int fd = OK(open("f", O_RDONLY));
    OK(fchown(fd, 0, 0));
    OK(fchownat(fd, "", 8, 8, AT_EMPTY_PATH));
    CHECK_EQ(about_of("f").st_gid, 8);
    CHECK_ERRNO(chown("none", 0, 0), ENOENT);
}

CASE(chown_clears_set_id_bits) {
    touch("f");
    OK(chmod("f", 06755));
    OK(chown("f", 1, 1));
    CHECK_EQ(about_of("f").st_mode & 07777, 0755);
}

CASE(write_by_a_user_clears_set_id_bits) {
    touch("f");
    OK(chmod("f", 06777));
    OK(chmod(".", 0777));
    AS_USER(1000, {
        int fd = OK(open("f", O_WRONLY));
        CHECK_EQ(write(fd, "x", 1), 1);
    });
    CHECK_EQ(about_of("f").st_mode & 07777, 0777);
}

CASE(owner_rules) {
    touch("f");
    OK(chmod(".", 0755));
    OK(chown("f", 1000, 1000));
    AS_USER(2000, {
        CHECK_ERRNO(chmod("f", 0777), EPERM);
        CHECK_ERRNO(chown("f", 2000, -1), EPERM);
        struct timespec old[2] = {{5, 0}, {6, 0}};
        CHECK_ERRNO(utimensat(AT_FDCWD, "f", old, 0), EPERM);
        CHECK_ERRNO(utimensat(AT_FDCWD, "f", NULL, 0), EACCES);
    });
    AS_USER(1000, {
        OK(chmod("f", 0640));
        CHECK_ERRNO(chown("f", 1001, -1), EPERM);
        CHECK_ERRNO(chown("f", -1, 1001), EPERM);
        OK(chown("f", 1000, 1000));
    });
}

CASE(permission_bits_bind_users) {
    OK(chmod(".", 0755));
    write_file("f", "x", 1);
    OK(chown("f", 1000, 1001));
    OK(chmod("f", 0640));
    AS_USER(1000, OK(open("f", O_RDWR)));
    AS_USER(1001, {
        OK(open("f", O_RDONLY));
        CHECK_ERRNO(open("f", O_RDWR), EACCES);
    });
    AS_USER(1002, CHECK_ERRNO(open("f", O_RDONLY), EACCES));
    OK(chmod("f", 0046)); /* the class decides, not the most generous bits */
    AS_USER(1000, CHECK_ERRNO(open("f", O_RDONLY), EACCES));
    AS_USER(1001, CHECK_ERRNO(open("f", O_WRONLY), EACCES));
    AS_USER(1002, OK(open("f", O_RDWR)));
    OK(open("f", O_RDWR)); /* CAP_DAC_OVERRIDE */
}

CASE(supplementary_groups_count) {
    OK(chmod(".", 0755));
    write_file("f", "x", 1);
    OK(chown("f", 1, 500));
    OK(chmod("f", 0060));
    IN_CHILD({
        gid_t groups[2] = {400, 500};
        gid_t now[8];
        OK(setgroups(2, groups));
        OK(setresgid(1000, 1000, 1000));
        OK(setresuid(1000, 1000, 1000));
        OK(open("f", O_RDWR));
        CHECK_EQ(getgroups(8, now), 2);
        CHECK_EQ(now[1], 500);
        CHECK_ERRNO(getgroups(1, now), EINVAL);
        CHECK_EQ(getgroups(0, NULL), 2);
        CHECK_ERRNO(setgroups(0, NULL), EPERM);
    });
}

CASE(directory_permissions) {
    OK(chmod(".", 0755));
    OK(mkdir("d", 0700));
    touch("d/f");
    OK(chmod("d/f", 0666));
    OK(chmod("d", 0744)); /* others may list, not search */
    AS_USER(1000, {
        OK(open("d", O_RDONLY));
        CHECK_ERRNO(open("d/f", O_RDONLY), EACCES);
        struct stat about;
        CHECK_ERRNO(stat("d/f", &about), EACCES);
        CHECK_ERRNO(chdir("d"), EACCES);
    });
    OK(chmod("d", 0711)); /* search, not list, not write */
    AS_USER(1000, {
        CHECK_ERRNO(open("d", O_RDONLY), EACCES);
        OK(open("d/f", O_RDONLY));
        CHECK_ERRNO(open("d/new", O_RDWR | O_CREAT, 0600), EACCES);
        CHECK_ERRNO(unlink("d/f"), EACCES);
        CHECK_ERRNO(mkdir("d/e", 0700), EACCES);
        CHECK_ERRNO(rename("d/f", "d/g"), EACCES);
    });
}

CASE(sticky_directory_protects_files_of_others) {
    OK(chmod(".", 0755));
    OK(mkdir("d", 0700));
    OK(chmod("d", 01777));
    touch("d/f");
    OK(chown("d/f", 1000, 1000));
    AS_USER(2000, {
        CHECK_ERRNO(unlink("d/f"), EPERM);
        CHECK_ERRNO(rename("d/f", "d/g"), EPERM);
        touch("d/own");
        OK(unlink("d/own"));
    });
    AS_USER(1000, OK(unlink("d/f")));
}

CASE(set_group_id_directory_hands_down_its_group) {
    OK(mkdir("d", 0700));
    OK(chown("d", -1, 777));
    OK(chmod("d", 02777));
    touch("d/f");
    CHECK_EQ(about_of("d/f").st_gid, 777);
    OK(mkdir("d/e", 0700));
    CHECK_EQ(about_of("d/e").st_gid, 777);
    CHECK(about_of("d/e").st_mode & S_ISGID);
}

CASE(access_uses_the_real_user) {
    OK(chmod(".", 0755));
    touch("f");
    OK(chmod("f", 0600));
    CHECK_EQ(access("f", R_OK | W_OK), 0);
    CHECK_ERRNO(access("f", X_OK), EACCES); /* even root needs one execute bit */
    OK(chmod("f", 0610));
    CHECK_EQ(access("f", X_OK), 0);
    CHECK_ERRNO(access("f", 99), EINVAL);
    IN_CHILD({
        OK(setresuid(1000, 0, 0));
        CHECK_ERRNO(access("f", R_OK), EACCES);
        OK(faccessat(AT_FDCWD, "f", R_OK, AT_EACCESS));
        OK(open("f", O_RDONLY));
    });
    OK(symlink("none", "l"));
    CHECK_ERRNO(access("l", F_OK), ENOENT);
    OK(faccessat(AT_FDCWD, "l", F_OK, AT_SYMLINK_NOFOLLOW));
}

CASE(user_extended_attributes) {
    touch("f");
    char value[64];
    CHECK_ERRNO(getxattr("f", "user.a", value, 64), ENODATA);
    OK(setxattr("f", "user.a", "hello", 5, 0));
    CHECK_EQ(getxattr("f", "user.a", value, 64), 5);
    CHECK_MEM(value, "hello", 5);
    CHECK_EQ(getxattr("f", "user.a", NULL, 0), 5);
    CHECK_ERRNO(getxattr("f", "user.a", value, 3), ERANGE);
    CHECK_ERRNO(setxattr("f", "user.a", "x", 1, XATTR_CREATE), EEXIST);
    CHECK_ERRNO(setxattr("f", "user.b", "x", 1, XATTR_REPLACE), ENODATA);
    OK(setxattr("f", "user.b", "", 0, 0));
    CHECK_EQ(getxattr("f", "user.b", value, 64), 0);
    ssize_t size = OK(listxattr("f", value, 64));
    CHECK_EQ(size, 14);
    CHECK_ERRNO(listxattr("f", value, 5), ERANGE);
    OK(removexattr("f", "user.a"));
    CHECK_ERRNO(removexattr("f", "user.a"), ENODATA);
    CHECK_ERRNO(getxattr("none", "user.a", value, 64), ENOENT);
    CHECK_ERRNO(setxattr("f", "nonsense", "x", 1, 0), EOPNOTSUPP);
    CHECK_ERRNO(setxattr("f", "user.", "x", 1, 0), EINVAL);
    int fd = OK(open("f", O_RDONLY));
    OK(fsetxattr(fd, "user.c", "1", 1, 0));
    CHECK_EQ(fgetxattr(fd, "user.c", value, 64), 1);
    OK(symlink("f", "l"));
    CHECK_EQ(getxattr("l", "user.c", value, 64), 1);
    CHECK_ERRNO(lgetxattr("l", "user.c", value, 64), ENODATA);
    CHECK_ERRNO(lsetxattr("l", "user.c", "x", 1, 0), EPERM);
}

CASE(umask_is_per_process) {
    umask(0);
    CHECK_EQ(umask(077), 0);
    IN_CHILD(CHECK_EQ(umask(0), 077));
    CHECK_EQ(umask(01777 | 07000), 077);
    CHECK_EQ(umask(0), 0777); /* only permission bits are kept */
}

CASE(devices_report_their_numbers) {
    struct stat about = about_of("/dev/null");
    CHECK(S_ISCHR(about.st_mode));
    CHECK_EQ(about.st_rdev, makedev(1, 3));
    CHECK_EQ(about_of("/dev/zero").st_rdev, makedev(1, 5));
    CHECK_EQ(about_of("/dev/full").st_rdev, makedev(1, 7));
    CHECK_EQ(about_of("/dev/urandom").st_rdev, makedev(1, 9));
    CHECK_EQ(about_of("/dev/tty").st_rdev, makedev(5, 0));
}
