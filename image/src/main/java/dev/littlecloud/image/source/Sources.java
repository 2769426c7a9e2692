package dev.littlecloud.image.source;

import dev.littlecloud.image.ImageException;
import dev.littlecloud.image.ImageLimits;
import dev.littlecloud.image.ImageReference;
import dev.littlecloud.image.ImageReference.DockerArchive;
import dev.littlecloud.image.ImageReference.OciArchive;
import dev.littlecloud.image.ImageReference.OciLayout;
import dev.littlecloud.image.Progress;
import java.io.IOException;
import java.nio.file.Path;

/** Opens archives and layouts. */
public final class Sources {
    private Sources() {}

    /**
     * @param scratch a folder for temporary files
     */
    public static ImageSource open(
            DockerArchive reference, Path scratch, ImageLimits limits, Progress progress) {
        return opened(
                reference,
                () -> ArchiveFiles.open(reference.file(), scratch, limits, progress),
                files ->
                        new DockerArchiveSource(
                                files, reference.file().toString(), reference.name()));
    }

    public static ImageSource open(OciLayout reference) {
        return opened(
                reference,
                () -> new DirectoryFiles(reference.directory()),
                files ->
                        new OciLayoutSource(
                                files, reference.directory().toString(), reference.tag()));
    }

    /**
     * @param scratch a folder for temporary files
     */
    public static ImageSource open(
            OciArchive reference, Path scratch, ImageLimits limits, Progress progress) {
        return opened(
                reference,
                () -> ArchiveFiles.open(reference.file(), scratch, limits, progress),
                files -> new OciLayoutSource(files, reference.file().toString(), reference.tag()));
    }

    private interface FilesOpener {
        FileSet open() throws IOException;
    }

    private interface SourceOpener {
        ImageSource open(FileSet files) throws IOException;
    }

    private static ImageSource opened(
            ImageReference reference, FilesOpener filesOpener, SourceOpener sourceOpener) {
        try {
            FileSet files = filesOpener.open();
            try {
                return sourceOpener.open(files);
            } catch (IOException | RuntimeException e) {
                files.close();
                throw e;
            }
        } catch (IOException e) {
            throw ImageException.io("reading " + reference, e);
        }
    }
}
