package dev.littlecloud.image.source;

import dev.littlecloud.image.ImageException;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;

/** Files by name: a folder, or a tar. */
interface FileSet extends Closeable {
    boolean has(String name);

    /** Bytes of a file that is there. */
    long size(String name) throws IOException;

    InputStream open(String name) throws IOException;

    @Override
    void close() throws IOException;

    /** A whole small file. */
    default byte[] bytes(String name, int most, String label) throws IOException {
        if (!has(name)) {
            throw ImageException.malformed(label + " has no file '" + name + "'");
        }
        try (InputStream in = open(name)) {
            byte[] bytes = in.readNBytes(most + 1);
            if (bytes.length > most) {
                throw ImageException.malformed(
                        "'" + name + "' in " + label + " is larger than " + most + " bytes");
            }
            return bytes;
        }
    }
}
