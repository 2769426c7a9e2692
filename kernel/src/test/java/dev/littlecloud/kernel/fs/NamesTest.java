package dev.littlecloud.kernel.fs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.task.Credentials;
import dev.littlecloud.kernel.task.Task;
import dev.littlecloud.kernel.testing.ImageTree;
import dev.littlecloud.kernel.testing.TestInstance;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Changes of names over an image: mkdir, link, unlink, rename and what a listing shows then. */
class NamesTest {
    private static final int CWD = Vfs.AT_FDCWD;

    private final TestInstance instance =
            new TestInstance(
                    new ImageTree()
                            .file("/image/a", "a")
                            .file("/image/b", "b")
                            .file("/image/sub/c", "c")
                            .directory("/image/empty", 0755)
                            .directory("/sticky", 01777),
                    16 << 20);
    private final Task task = instance.task();

    private List<String> list(String path) {
        Opened opened = Opener.open(task, CWD, path, OpenFlags.O_DIRECTORY, 0, 0);
        assertThat(opened.status()).isZero();
        List<String> names = new ArrayList<>();
        if (opened.file() instanceof OpenDirectory directory) {
            directory.list(
                    task,
                    (name, inode, mode, next) -> {
                        names.add(name);
                        return true;
                    });
            directory.release();
        }
        return names;
    }

    private Inode inode(String path) {
        assertThat(FoundFile.find(task, CWD, path, false)).as(path).isZero();
        return instance.vfs().found().inode();
    }

    private int exists(String path) {
        return FoundFile.find(task, CWD, path, false);
    }

    @Test
    void addedAndRemovedNamesShowInListings() {
        assertThat(list("/image")).containsExactly(".", "..", "a", "b", "empty", "sub");
        assertThat(Names.unlink(task, CWD, "/image/a")).isZero();
        assertThat(Names.makeDirectory(task, CWD, "/image/new", 0777)).isZero();
        assertThat(list("/image")).containsExactly(".", "..", "b", "empty", "sub", "new");
        assertThat(exists("/image/a")).isEqualTo(-Errno.ENOENT);
        // A name of the image comes back as a file of its own.
        assertThat(Names.makeDirectory(task, CWD, "/image/a", 0777)).isZero();
        assertThat(inode("/image/a").isDirectory()).isTrue();
        assertThat(list("/image/a")).containsExactly(".", "..");
    }

    @Test
    void listingGoesOnWhereItStoppedWhileNamesGo() {
        for (int i = 0; i < 10; i++) {
            Names.makeDirectory(task, CWD, "/image/n" + i, 0755);
        }
        Opened opened = Opener.open(task, CWD, "/image", OpenFlags.O_DIRECTORY, 0, 0);
        List<String> names = new ArrayList<>();
        if (opened.file() instanceof OpenDirectory directory) {
            int before;
            do {
                before = names.size();
                int limit = before + 3;
                directory.list(
                        task, (name, inode, mode, next) -> names.size() < limit && names.add(name));
                Names.removeDirectory(task, CWD, "/image/n" + (before % 10));
            } while (names.size() > before);
        }
        // Removed on the way were n0, n3, n6 and n9.
        assertThat(names)
                .doesNotHaveDuplicates()
                .contains("a", "b", "empty", "sub", "n1", "n2", "n4", "n5", "n7", "n8");
    }

    @Test
    void linksAreCounted() {
        assertThat(inode("/image").links()).isEqualTo(4);
        Names.makeDirectory(task, CWD, "/image/new", 0755);
        assertThat(inode("/image").links()).isEqualTo(5);
        Names.removeDirectory(task, CWD, "/image/empty");
        assertThat(inode("/image").links()).isEqualTo(4);
        Inode file = inode("/image/a");
        assertThat(Names.link(task, null, file, CWD, "/image/hard")).isZero();
        assertThat(file.links()).isEqualTo(2);
        assertThat(inode("/image/hard")).isSameAs(file);
        assertThat(Renaming.rename(task, CWD, "/image/sub", CWD, "/image/new/sub", 0)).isZero();
        assertThat(inode("/image").links()).isEqualTo(3);
        assertThat(inode("/image/new").links()).isEqualTo(3);
    }

    @Test
    void directoriesMustBeEmptyToGo() {
        assertThat(Names.removeDirectory(task, CWD, "/image/sub")).isEqualTo(-Errno.ENOTEMPTY);
        assertThat(Names.unlink(task, CWD, "/image/sub/c")).isZero();
        assertThat(Names.removeDirectory(task, CWD, "/image/sub")).isZero();
        assertThat(Names.removeDirectory(task, CWD, "/image/a")).isEqualTo(-Errno.ENOTDIR);
        assertThat(Names.unlink(task, CWD, "/image/empty")).isEqualTo(-Errno.EISDIR);
        assertThat(Names.removeDirectory(task, CWD, "/dev")).isEqualTo(-Errno.EBUSY);
        assertThat(Names.removeDirectory(task, CWD, "/image/.")).isEqualTo(-Errno.EINVAL);
        assertThat(Names.removeDirectory(task, CWD, "/image/..")).isEqualTo(-Errno.ENOTEMPTY);
    }

    @Test
    void renameReplacesAndRefuses() {
        Inode a = inode("/image/a");
        assertThat(Renaming.rename(task, CWD, "/image/a", CWD, "/image/b", 0)).isZero();
        assertThat(inode("/image/b")).isSameAs(a);
        assertThat(exists("/image/a")).isEqualTo(-Errno.ENOENT);
        assertThat(Renaming.rename(task, CWD, "/image", CWD, "/image/sub/x", 0))
                .isEqualTo(-Errno.EINVAL);
        assertThat(Renaming.rename(task, CWD, "/image/b", CWD, "/image/sub", 0))
                .isEqualTo(-Errno.EISDIR);
        assertThat(Renaming.rename(task, CWD, "/image/empty", CWD, "/image/b", 0))
                .isEqualTo(-Errno.ENOTDIR);
        assertThat(Renaming.rename(task, CWD, "/image/empty", CWD, "/image/sub", 0))
                .isEqualTo(-Errno.ENOTEMPTY);
        assertThat(Renaming.rename(task, CWD, "/image/b", CWD, "/dev/b", 0))
                .isEqualTo(-Errno.EXDEV);
        assertThat(Renaming.rename(task, CWD, "/image/b", CWD, "/image/sub/c", Renaming.NO_REPLACE))
                .isEqualTo(-Errno.EEXIST);
        assertThat(Renaming.rename(task, CWD, "/image/b", CWD, "/image/sub", Renaming.EXCHANGE))
                .isZero();
        assertThat(inode("/image/sub")).isSameAs(a);
        assertThat(inode("/image/b/c").size()).isEqualTo(1);
    }

    @Test
    void workingDirectoryMovesWithItsName() {
        assertThat(FoundFile.find(task, CWD, "/image/sub", true)).isZero();
        task.fs().workingDirectory(instance.vfs().walk().dentry());
        assertThat(Renaming.rename(task, CWD, "/image", CWD, "/moved", 0)).isZero();
        assertThat(task.fs().workingDirectory().pathFrom(instance.vfs().root()))
                .isEqualTo("/moved/sub");
        assertThat(exists("../a")).isZero();
    }

    @Test
    void stickyDirectoriesLeaveFilesToTheirOwners() {
        Task one = instance.newTask(Credentials.of(1, 1));
        Task two = instance.newTask(Credentials.of(2, 2));
        assertThat(Names.makeDirectory(one, CWD, "/sticky/one", 0777)).isZero();
        assertThat(Names.removeDirectory(two, CWD, "/sticky/one")).isEqualTo(-Errno.EPERM);
        assertThat(Renaming.rename(two, CWD, "/sticky/one", CWD, "/sticky/two", 0))
                .isEqualTo(-Errno.EPERM);
        assertThat(Names.makeDirectory(two, CWD, "/image/two", 0777)).isEqualTo(-Errno.EACCES);
        assertThat(Names.removeDirectory(one, CWD, "/sticky/one")).isZero();
    }

    @Test
    void filesWithoutEndMeetNoSpaceAndGiveItBack() {
        long before = instance.kernel().frames().charged();
        int made = 0;
        int status = 0;
        while (status == 0) {
            status = Names.makeNode(task, CWD, "/image/f" + made, Inode.S_IFREG | 0644, 0);
            made += status == 0 ? 1 : 0;
        }
        assertThat(status).isEqualTo(-Errno.ENOSPC);
        assertThat(made).isBetween(10_000, 60_000);
        assertThat(instance.kernel().frames().available()).isPositive();
        for (int i = 0; i < made; i++) {
            assertThat(Names.unlink(task, CWD, "/image/f" + i)).isZero();
        }
        assertThat(instance.kernel().frames().charged()).isLessThan(before + 4096);
    }

    @Test
    void readOnlyFileSystemsRefuseEveryChange() {
        instance.files().sealRoot();
        assertThat(Names.makeDirectory(task, CWD, "/new", 0755)).isEqualTo(-Errno.EROFS);
        assertThat(Names.unlink(task, CWD, "/image/a")).isEqualTo(-Errno.EROFS);
        assertThat(Opener.open(task, CWD, "/image/a", OpenFlags.O_RDWR, 0, 0).status())
                .isEqualTo(-Errno.EROFS);
        assertThat(Names.makeDirectory(task, CWD, "/dev/shm/new", 0755)).isZero();
    }
}
