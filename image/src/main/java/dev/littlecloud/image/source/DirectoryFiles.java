package dev.littlecloud.image.source;

import dev.littlecloud.image.ErrorCode;
import dev.littlecloud.image.ImageException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** The files of a folder. */
final class DirectoryFiles implements FileSet {
    private final Path directory;

    DirectoryFiles(Path directory) {
        if (!Files.isDirectory(directory)) {
            throw new ImageException(
                    ErrorCode.NOT_FOUND, "there is no folder " + directory + " with an OCI layout");
        }
        this.directory = directory;
    }

    @Override
    public boolean has(String name) {
        return Files.isRegularFile(directory.resolve(name));
    }

    @Override
    public long size(String name) throws IOException {
        return Files.size(directory.resolve(name));
    }

    @Override
    public InputStream open(String name) throws IOException {
        return Files.newInputStream(directory.resolve(name));
    }

    @Override
    public void close() {}
}
