package dev.littlecloud.kernel.net;

import dev.littlecloud.kernel.fs.AnonymousInode;

/** What fstat(2) shows of a socket. */
final class SocketInode extends AnonymousInode {
    SocketInode(int uid, int gid) {
        super(S_IFSOCK | 0777, uid, gid);
    }
}
