package dev.littlecloud.image.layer;

import dev.littlecloud.image.ImageException;
import dev.littlecloud.image.tree.MutableTree;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Where the members of an uncompressed tar are, so that they can be read in any order. */
public final class ArchiveIndex {
    /** An archive of images holds a handful of files for each layer. */
    private static final int MOST_MEMBERS = 100_000;

    private final Map<String, Member> members = new HashMap<>();

    private ArchiveIndex() {}

    /**
     * A file in the archive.
     *
     * @param offset of its contents in the archive
     * @param size bytes of contents
     */
    public record Member(long offset, long size) {}

    public static ArchiveIndex read(FileChannel channel) throws IOException {
        ArchiveIndex index = new ArchiveIndex();
        ChannelStream stream = new ChannelStream(channel, 0, channel.size());
        TarReader reader = new TarReader(stream);
        Map<String, String> links = new HashMap<>();
        for (TarEntry entry = reader.next(); entry != null; entry = reader.next()) {
            String name = String.join("/", clean(entry.name()));
            switch (entry.kind()) {
                case REGULAR ->
                        index.members.put(name, new Member(stream.position(), entry.size()));
                // Older versions of docker save link equal layers to each other.
                case SYMLINK -> {
                    List<String> directory = clean(entry.name());
                    directory.removeLast();
                    links.put(
                            name,
                            String.join(
                                    "/",
                                    clean(String.join("/", directory) + "/" + entry.linkName())));
                }
                case HARD_LINK -> links.put(name, String.join("/", clean(entry.linkName())));
                case DIRECTORY, CHARACTER_DEVICE, BLOCK_DEVICE, FIFO -> {}
            }
            if (index.members.size() + links.size() > MOST_MEMBERS) {
                throw ImageException.malformed(
                        "the archive has more than " + MOST_MEMBERS + " files");
            }
        }
        for (Map.Entry<String, String> link : links.entrySet()) {
            Member target = index.members.get(link.getValue());
            if (target != null) {
                index.members.putIfAbsent(link.getKey(), target);
            }
        }
        return index;
    }

    public Optional<Member> find(String name) {
        return Optional.ofNullable(members.get(String.join("/", clean(name))));
    }

    /** The contents of a member; closing it leaves the channel open. */
    public static InputStream open(FileChannel channel, Member member) {
        return new ChannelStream(channel, member.offset(), member.offset() + member.size());
    }

    private static List<String> clean(String name) {
        List<String> path = new ArrayList<>();
        for (String component : MutableTree.components(name)) {
            if (!component.equals("..")) {
                path.add(component);
            } else if (!path.isEmpty()) {
                path.removeLast();
            }
        }
        if (path.isEmpty()) {
            path.add("");
        }
        return path;
    }

    /** A part of a file, with skipping that does not read. */
    private static final class ChannelStream extends InputStream {
        private final FileChannel channel;
        private final long end;
        private long position;

        ChannelStream(FileChannel channel, long start, long end) {
            this.channel = channel;
            this.position = start;
            this.end = end;
        }

        long position() {
            return position;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            if (length == 0) {
                return 0;
            }
            if (position >= end) {
                return -1;
            }
            int most = (int) Math.min(length, end - position);
            int read = channel.read(ByteBuffer.wrap(buffer, offset, most), position);
            if (read > 0) {
                position += read;
            }
            return read;
        }

        @Override
        public long skip(long length) {
            long skipped = Math.clamp(length, 0, end - position);
            position += skipped;
            return skipped;
        }

        @Override
        public int available() {
            return (int) Math.min(Integer.MAX_VALUE, end - position);
        }
    }
}
