package dev.littlecloud.image.registry;

import dev.littlecloud.image.Digest;
import java.io.IOException;
import java.io.InputStream;

/** Reads one repository of a registry. */
public interface RegistryClient extends AutoCloseable {
    /**
     * A manifest or index, not checked against any digest.
     *
     * @param reference a tag or a digest
     * @throws dev.littlecloud.image.ImageException NOT_FOUND, DENIED, NETWORK or LIMIT_EXCEEDED
     */
    byte[] manifest(String reference);

    /**
     * The bytes of a blob, not checked.
     *
     * @param offset of the first byte wanted
     * @throws IOException where another try may help, then or while reading
     * @throws dev.littlecloud.image.ImageException where it would not
     */
    Blob blob(Digest digest, long offset) throws IOException;

    @Override
    void close();

    /**
     * An answer under way.
     *
     * @param body closed by the caller
     * @param offset of the first byte of the body, which is zero from a registry without ranges
     */
    record Blob(InputStream body, long offset) {}
}
