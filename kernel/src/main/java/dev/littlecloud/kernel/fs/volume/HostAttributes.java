package dev.littlecloud.kernel.fs.volume;

/** Attributes of a host's file, as stat(2); a result that is filled in. */
public final class HostAttributes {
    public long device;
    public long inode;
    public int mode;
    public int links;
    public int uid;
    public int gid;

    /** The device a node stands for. */
    public long represents;

    public long size;
    public long blocks;
    public int blockSize;

    /** Nanoseconds since 1970. */
    public long accessTime;

    public long modifyTime;
    public long changeTime;

    /** When the file was made; 0 where the host does not know. */
    public long birthTime;
}
