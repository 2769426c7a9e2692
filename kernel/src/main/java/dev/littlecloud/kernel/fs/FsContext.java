package dev.littlecloud.kernel.fs;

/** Root, working directory and umask of a process; shared by threads (CLONE_FS). */
public final class FsContext {
    private Dentry root;
    private Dentry workingDirectory;
    private int umask;

    public FsContext(Dentry root, Dentry workingDirectory, int umask) {
        this.root = root;
        this.workingDirectory = workingDirectory;
        this.umask = umask;
    }

    public FsContext copy() {
        return new FsContext(root, workingDirectory, umask);
    }

    public Dentry root() {
        return root;
    }

    public void root(Dentry newRoot) {
        root = newRoot;
    }

    public Dentry workingDirectory() {
        return workingDirectory;
    }

    public void workingDirectory(Dentry directory) {
        workingDirectory = directory;
    }

    public int umask() {
        return umask;
    }

    public void umask(int mask) {
        umask = mask;
    }
}
