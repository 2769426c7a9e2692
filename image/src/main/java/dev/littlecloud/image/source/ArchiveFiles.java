package dev.littlecloud.image.source;

import dev.littlecloud.image.ErrorCode;
import dev.littlecloud.image.ImageException;
import dev.littlecloud.image.ImageLimits;
import dev.littlecloud.image.Progress;
import dev.littlecloud.image.layer.ArchiveIndex;
import dev.littlecloud.image.layer.ArchiveIndex.Member;
import dev.littlecloud.image.layer.Compression;
import dev.littlecloud.image.layer.VerifiedStream;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/** The files in a tar, which is unpacked into a temporary file first if it is compressed. */
final class ArchiveFiles implements FileSet {
    private final FileChannel channel;
    private final ArchiveIndex index;

    private ArchiveFiles(FileChannel channel, ArchiveIndex index) {
        this.channel = channel;
        this.index = index;
    }

    /**
     * @param scratch a folder for the unpacked archive; the file in it has no name any more when
     *     this returns
     */
    static ArchiveFiles open(Path file, Path scratch, ImageLimits limits, Progress progress)
            throws IOException {
        if (!Files.exists(file)) {
            throw new ImageException(
                    ErrorCode.NOT_FOUND, "there is no file " + file + "; check the path");
        }
        if (!Files.isRegularFile(file)) {
            throw new ImageException(ErrorCode.MALFORMED, file + " is not a file");
        }
        FileChannel channel = openPlain(file, scratch, limits, progress);
        try {
            return new ArchiveFiles(channel, ArchiveIndex.read(channel));
        } catch (ImageException e) {
            channel.close();
            throw new ImageException(
                    e.code(), file + " is not an image archive: " + e.getMessage(), e);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private static FileChannel openPlain(
            Path file, Path scratch, ImageLimits limits, Progress progress) throws IOException {
        try (BufferedInputStream in = new BufferedInputStream(Files.newInputStream(file))) {
            Compression compression = Compression.detect(in, file.toString());
            if (compression == Compression.NONE) {
                return FileChannel.open(file, StandardOpenOption.READ);
            }
            Path plain = scratch.resolve("archive.tar");
            try (Progress.Task task =
                            progress.begin("unpacking " + file.getFileName(), Files.size(file));
                    VerifiedStream counted =
                            new VerifiedStream(
                                    in,
                                    file.toString(),
                                    Optional.empty(),
                                    Long.MAX_VALUE,
                                    task::advance);
                    VerifiedStream bounded =
                            new VerifiedStream(
                                    compression.open(counted, file.toString()),
                                    file.toString(),
                                    Optional.empty(),
                                    limits.imageBytes(),
                                    bytes -> {})) {
                Files.copy(bounded, plain);
            }
            return FileChannel.open(
                    plain, StandardOpenOption.READ, StandardOpenOption.DELETE_ON_CLOSE);
        }
    }

    private Member member(String name) {
        return index.find(name)
                .orElseThrow(
                        () -> ImageException.malformed("the archive has no file '" + name + "'"));
    }

    @Override
    public boolean has(String name) {
        return index.find(name).isPresent();
    }

    @Override
    public long size(String name) {
        return member(name).size();
    }

    @Override
    public InputStream open(String name) {
        return ArchiveIndex.open(channel, member(name));
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
