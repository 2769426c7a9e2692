package dev.littlecloud.kernel.net;

import dev.littlecloud.kernel.fs.OpenFile;
import org.jspecify.annotations.Nullable;

/**
 * What travels beside the bytes of a Unix socket: open files, each with a reference of its own
 * (SCM_RIGHTS), and the sender's identity (SCM_CREDENTIALS).
 */
public final class Ancillary {
    /** Most files in one message; SCM_MAX_FD of Linux. */
    public static final int MAX_FILES = 253;

    static final OpenFile[] NO_FILES = {};

    private OpenFile[] files;
    private final @Nullable PeerCredentials credentials;
    private @Nullable NetworkStack counted;

    /** Takes over one reference of each file. */
    public Ancillary(OpenFile[] files, @Nullable PeerCredentials credentials) {
        this.files = files;
        this.credentials = credentials;
    }

    public OpenFile[] files() {
        return files;
    }

    public boolean hasFiles() {
        return files.length > 0;
    }

    public @Nullable PeerCredentials credentials() {
        return credentials;
    }

    /** Counts the files as in flight; false where the instance has too many. */
    boolean send(NetworkStack stack) {
        if (!stack.filesInFlight(files.length)) {
            return false;
        }
        counted = stack;
        return true;
    }

    /** The files arrived or are dropped: not in flight any more. */
    private void landed() {
        if (counted != null) {
            counted.filesInFlight(-files.length);
            counted = null;
        }
    }

    /** A copy with references of its own, for MSG_PEEK. */
    Ancillary copy() {
        for (OpenFile file : files) {
            file.retain();
        }
        return new Ancillary(files.clone(), credentials);
    }

    /** Hands the files and their references to the caller. */
    public OpenFile[] takeFiles() {
        landed();
        OpenFile[] taken = files;
        files = NO_FILES;
        return taken;
    }

    /** Closes what nobody received. */
    public void drop() {
        NetworkStack sentThrough = counted;
        OpenFile[] unreceived = takeFiles();
        if (sentThrough != null) {
            sentThrough.drop(unreceived);
            return;
        }
        for (OpenFile file : unreceived) {
            file.release();
        }
    }
}
