package dev.littlecloud.image.layer;

import dev.littlecloud.image.ImageException;
import dev.littlecloud.image.ImageLimits;
import java.io.IOException;
import java.io.InputStream;
import java.util.Collections;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads a tar: v7, ustar, PAX and GNU with long names and every kind of sparse file. Whatever the
 * bytes, it gives entries or an ImageException, and keeps no more than {@link #SPECIAL_BYTES} of an
 * extension header in memory.
 */
final class TarReader {
    /** The most that a long name or a PAX header may have, as in Go's reader. */
    static final int SPECIAL_BYTES = 1 << 20;

    private static final int PERMISSIONS = 07777;
    private static final long LARGEST_ID = 0xffff_fffeL;

    private static final SortedMap<String, byte[]> NO_XATTRS = Collections.emptySortedMap();

    private final TarInput in;
    private long dataLeft;
    private long paddingLeft;
    private @Nullable SparseMap sparse;

    TarReader(InputStream stream) {
        this.in = new TarInput(stream);
    }

    /** Where the contents of an entry go. */
    interface ContentSink {
        void data(byte[] bytes, int offset, int length) throws IOException;

        /** So many zero bytes. */
        void hole(long length) throws IOException;
    }

    /**
     * The next entry, or null at the end. Contents of the one before that were not read are
     * skipped.
     */
    @Nullable TarEntry next() throws IOException {
        PaxHeaders pax = null;
        String longName = null;
        String longLink = null;
        while (true) {
            in.skip(dataLeft);
            in.skip(paddingLeft);
            dataLeft = 0;
            paddingLeft = 0;
            sparse = null;
            byte[] block = in.header();
            if (block == null) {
                return null;
            }
            TarHeader header = new TarHeader(block);
            switch (header.type()) {
                case 'x', 'X' -> pax = PaxHeaders.parse(special(header));
                // Global headers hold comments (git archive); container tools do not apply them.
                case 'g' -> special(header);
                case 'L' -> longName = TarInput.textUpToNul(special(header));
                case 'K' -> longLink = TarInput.textUpToNul(special(header));
                // The volume's label.
                case 'V' -> {
                    begin(header.size());
                }
                default -> {
                    return entry(header, pax, longName, longLink);
                }
            }
        }
    }

    private byte[] special(TarHeader header) throws IOException {
        long size = header.size();
        if (size < 0 || size > SPECIAL_BYTES) {
            throw ImageException.malformed(
                    "a layer has a tar extension header of " + size + " bytes");
        }
        begin(size);
        byte[] data = in.bytes((int) size);
        dataLeft = 0;
        return data;
    }

    private void begin(long size) {
        if (size < 0) {
            throw ImageException.malformed("a layer has a file of negative size");
        }
        dataLeft = size;
        paddingLeft = -size & (TarHeader.BLOCK - 1);
    }

    private TarEntry entry(
            TarHeader header,
            @Nullable PaxHeaders pax,
            @Nullable String longName,
            @Nullable String longLink)
            throws IOException {
        String name = longName == null ? header.name() : longName;
        String link = longLink == null ? header.linkName() : longLink;
        long size = header.size();
        long uid = header.uid();
        long gid = header.gid();
        long seconds = header.mtime();
        int nanos = 0;
        if (pax != null) {
            name = or(pax.text("GNU.sparse.name"), or(pax.text("path"), name));
            link = or(pax.text("linkpath"), link);
            size = pax.number("size", size);
            uid = pax.number("uid", uid);
            gid = pax.number("gid", gid);
            long[] time = pax.time("mtime");
            if (time != null) {
                seconds = time[0];
                nanos = (int) time[1];
            }
        }
        TarEntry.Kind kind = kind(header, name);
        boolean hasData = kind == TarEntry.Kind.REGULAR;
        // Links may carry the size of their target and no data; nothing else has any either.
        begin(hasData || header.type() == '7' ? size : 0);
        if (hasData) {
            readSparseMap(header, pax, name);
        }
        boolean isDevice =
                kind == TarEntry.Kind.CHARACTER_DEVICE || kind == TarEntry.Kind.BLOCK_DEVICE;
        return new TarEntry(
                name,
                kind,
                (int) (header.mode() & PERMISSIONS),
                id(uid, name),
                id(gid, name),
                Math.clamp(seconds, -ImageLimits.FURTHEST_SECONDS, ImageLimits.FURTHEST_SECONDS),
                nanos,
                link,
                sparse == null ? dataLeft : sparse.size(),
                isDevice ? device(header.deviceMajor(), 0xfff, name) : 0,
                isDevice ? device(header.deviceMinor(), 0xfffff, name) : 0,
                pax == null ? NO_XATTRS : pax.xattrs());
    }

    private static TarEntry.Kind kind(TarHeader header, String name) {
        return switch (header.type()) {
            // Before ustar a directory was a file whose name ends in a slash.
            case '0', '\0', '7' ->
                    name.endsWith("/") ? TarEntry.Kind.DIRECTORY : TarEntry.Kind.REGULAR;
            case 'S' -> TarEntry.Kind.REGULAR;
            case '1' -> TarEntry.Kind.HARD_LINK;
            case '2' -> TarEntry.Kind.SYMLINK;
            case '3' -> TarEntry.Kind.CHARACTER_DEVICE;
            case '4' -> TarEntry.Kind.BLOCK_DEVICE;
            case '5' -> TarEntry.Kind.DIRECTORY;
            case '6' -> TarEntry.Kind.FIFO;
            default ->
                    throw ImageException.malformed(
                            "'"
                                    + name
                                    + "' in a layer has the unknown tar type '"
                                    + header.type()
                                    + "'");
        };
    }

    private void readSparseMap(TarHeader header, @Nullable PaxHeaders pax, String name)
            throws IOException {
        SparseMap.Builder map = new SparseMap.Builder();
        long realSize;
        if (header.type() == 'S') {
            realSize = header.gnuRealSize();
            header.addGnuExtents(map);
            boolean isExtended = header.gnuSparseIsExtended();
            while (isExtended) {
                byte[] block = in.bytes(TarHeader.BLOCK);
                TarHeader.addExtents(block, 0, 21, map);
                isExtended = block[504] != 0;
            }
        } else if (pax != null && pax.isSparse()) {
            realSize = pax.number("GNU.sparse.realsize", pax.number("GNU.sparse.size", -1));
            if (pax.isSparseMapInData()) {
                dataLeft -= in.sparseMapInData(map, dataLeft);
            } else {
                pax.addSparseExtents(map);
            }
        } else {
            return;
        }
        if (realSize < 0) {
            throw ImageException.malformed("the sparse file '" + name + "' has no size");
        }
        sparse = map.build(realSize, name);
        if (sparse.dataBytes() != dataLeft) {
            throw ImageException.malformed(
                    "the pieces of the sparse file '" + name + "' do not fit its size");
        }
    }

    /** Gives the contents of the current entry to the sink. */
    void copyTo(ContentSink sink) throws IOException {
        SparseMap map = sparse;
        if (map == null) {
            copy(dataLeft, sink);
            return;
        }
        long at = 0;
        for (int i = 0; i < map.offsets().length; i++) {
            if (map.offsets()[i] > at) {
                sink.hole(map.offsets()[i] - at);
            }
            copy(map.lengths()[i], sink);
            at = map.offsets()[i] + map.lengths()[i];
        }
        if (map.size() > at) {
            sink.hole(map.size() - at);
        }
    }

    private void copy(long length, ContentSink sink) throws IOException {
        in.copy(length, sink);
        dataLeft -= length;
    }

    private static int id(long id, String name) {
        // -1 means "leave it as it is" to chown(2), so it is nobody's number.
        if (id < 0 || id > LARGEST_ID) {
            throw ImageException.malformed(
                    "'" + name + "' in a layer has the impossible owner " + id);
        }
        return (int) id;
    }

    private static int device(long number, int largest, String name) {
        if (number < 0 || number > largest) {
            throw ImageException.malformed(
                    "'" + name + "' in a layer has the impossible device number " + number);
        }
        return (int) number;
    }

    private static String or(@Nullable String text, String otherwise) {
        return text == null ? otherwise : text;
    }
}
