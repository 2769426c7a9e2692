package dev.littlecloud.kernel.fs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.littlecloud.kernel.Errno;
import dev.littlecloud.kernel.task.Credentials;
import dev.littlecloud.kernel.task.Task;
import dev.littlecloud.kernel.testing.ImageTree;
import dev.littlecloud.kernel.testing.TestInstance;
import org.junit.jupiter.api.Test;

/** path_resolution(7). */
class PathWalkTest {
    private final TestInstance instance =
            new TestInstance(
                    new ImageTree()
                            .file("/etc/passwd", "root")
                            .directory("/usr/bin", 0755)
                            .file("/usr/bin/env", "env")
                            .symlink("/bin", "usr/bin")
                            .symlink("/usr/up", "../etc")
                            .symlink("/loop", "loop")
                            .symlink("/dangling", "/nowhere")
                            .symlink("/slash", "/etc/")
                            .symlink("/file-slash", "/etc/passwd/")
                            .directory("/secret", 0700)
                            .file("/secret/key", "key"),
                    16 << 20);
    private final Task task = instance.task();
    private final PathWalk walk = instance.vfs().walk();

    private int find(String path) {
        return walk.find(task, task.fs().workingDirectory(), path, PathWalk.FOLLOW);
    }

    private String found(String path) {
        assertThat(find(path)).as(path).isZero();
        return walk.dentry().display(instance.vfs().root());
    }

    @Test
    void followsLinksInTheMiddleAndAtTheEnd() {
        assertThat(found("/bin/env")).isEqualTo("/usr/bin/env");
        assertThat(found("/bin")).isEqualTo("/usr/bin");
        assertThat(found("/usr/up/passwd")).isEqualTo("/etc/passwd");
        assertThat(found("/slash")).isEqualTo("/etc");
    }

    @Test
    void doesNotFollowTheLastLinkUnlessAsked() {
        assertThat(walk.find(task, instance.vfs().root(), "/bin", 0)).isZero();
        assertThat(walk.dentry().inode().isSymlink()).isTrue();
        // A trailing slash asks.
        assertThat(walk.find(task, instance.vfs().root(), "/bin/", 0)).isZero();
        assertThat(walk.dentry().inode().isDirectory()).isTrue();
    }

    @Test
    void staysBelowTheRoot() {
        assertThat(found("/../../etc/./../etc//passwd")).isEqualTo("/etc/passwd");
        task.fs().root(place("/usr"));
        task.fs().workingDirectory(place("/"));
        assertThat(walk.find(task, task.fs().root(), "/../etc", 0)).isEqualTo(-Errno.ENOENT);
        assertThat(walk.find(task, task.fs().root(), "/../../bin/env", 0)).isZero();
    }

    private Dentry place(String path) {
        assertThat(find(path)).isZero();
        return walk.dentry();
    }

    @Test
    void tellsWhyItFails() {
        assertThat(find("")).isEqualTo(-Errno.ENOENT);
        assertThat(find("/nothing")).isEqualTo(-Errno.ENOENT);
        assertThat(find("/nothing/more")).isEqualTo(-Errno.ENOENT);
        assertThat(find("/dangling")).isEqualTo(-Errno.ENOENT);
        assertThat(find("/etc/passwd/more")).isEqualTo(-Errno.ENOTDIR);
        assertThat(find("/etc/passwd/")).isEqualTo(-Errno.ENOTDIR);
        assertThat(find("/etc/passwd/.")).isEqualTo(-Errno.ENOTDIR);
        assertThat(find("/file-slash")).isEqualTo(-Errno.ENOTDIR);
        assertThat(find("/loop")).isEqualTo(-Errno.ELOOP);
        assertThat(find("/" + "n".repeat(256))).isEqualTo(-Errno.ENAMETOOLONG);
        assertThat(find("/" + "n".repeat(255))).isEqualTo(-Errno.ENOENT);
    }

    @Test
    void fortyLinksAreAllowedAndNotOneMore() {
        Boot boot = instance.files().boot();
        boot.symlink("/l0", "/etc/passwd");
        for (int i = 1; i <= 40; i++) {
            boot.symlink("/l" + i, "l" + (i - 1));
        }
        assertThat(found("/l39")).isEqualTo("/etc/passwd");
        assertThat(find("/l40")).isEqualTo(-Errno.ELOOP);
    }

    @Test
    void searchingNeedsPermission() {
        Task nobody = instance.newTask(Credentials.of(1000, 1000));
        Dentry root = instance.vfs().root();
        assertThat(walk.find(nobody, root, "/secret/key", 0)).isEqualTo(-Errno.EACCES);
        assertThat(walk.find(nobody, root, "/secret/nothing", 0)).isEqualTo(-Errno.EACCES);
        assertThat(walk.find(nobody, root, "/secret", 0)).isZero();
        assertThat(walk.find(task, root, "/secret/key", 0)).isZero();
    }

    @Test
    void mountsAreCrossedBothWays() {
        assertThat(found("/dev/null")).isEqualTo("/dev/null");
        assertThat(found("/dev/shm/../null")).isEqualTo("/dev/null");
        assertThat(found("/dev/../etc/passwd")).isEqualTo("/etc/passwd");
        assertThat(walk.find(task, instance.vfs().root(), "/dev/null", PathWalk.NO_MOUNTS))
                .isEqualTo(-Errno.EXDEV);
    }

    @Test
    void beneathRefusesToLeave() {
        Dentry usr = place("/usr");
        assertThat(walk.find(task, usr, "bin/env", PathWalk.BENEATH)).isZero();
        assertThat(walk.find(task, usr, "bin/../..", PathWalk.BENEATH)).isEqualTo(-Errno.EXDEV);
        assertThat(walk.find(task, usr, "up/passwd", PathWalk.BENEATH)).isEqualTo(-Errno.EXDEV);
        assertThat(walk.find(task, usr, "/bin", PathWalk.BENEATH)).isEqualTo(-Errno.EXDEV);
        assertThat(walk.find(task, usr, "/bin/../../bin/env", PathWalk.IN_ROOT)).isZero();
    }

    @Test
    void parentWalkNamesTheLastComponent() {
        Dentry root = instance.vfs().root();
        assertThat(walk.findParent(task, root, "/bin/new/", 0)).isZero();
        assertThat(walk.last()).isEqualTo(PathWalk.Last.NAME);
        assertThat(walk.name()).isEqualTo("new");
        assertThat(walk.isDirectoryWanted()).isTrue();
        assertThat(walk.dentry().display(root)).isEqualTo("/usr/bin");
        assertThat(walk.findParent(task, root, "/etc/..", 0)).isZero();
        assertThat(walk.last()).isEqualTo(PathWalk.Last.DOT_DOT);
        assertThat(walk.findParent(task, root, "///", 0)).isZero();
        assertThat(walk.last()).isEqualTo(PathWalk.Last.ROOT);
    }
}
