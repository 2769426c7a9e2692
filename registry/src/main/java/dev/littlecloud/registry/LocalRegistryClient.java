package dev.littlecloud.registry;

import dev.littlecloud.image.Digest;
import dev.littlecloud.image.ErrorCode;
import dev.littlecloud.image.ImageException;
import dev.littlecloud.image.registry.RegistryClient;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;

/** Pulls from the registry in this process, without HTTP and without credentials. */
public final class LocalRegistryClient implements RegistryClient {
    private final Registry registry;
    private final String repository;

    public LocalRegistryClient(Registry registry, String repository) {
        this.registry = registry;
        this.repository = repository;
    }

    @Override
    public byte[] manifest(String reference) {
        try {
            return registry.manifest(repository, reference)
                    .map(Registry.Manifest::bytes)
                    .orElseThrow(() -> unknown(Registry.manifestUnknown(repository, reference)));
        } catch (IOException e) {
            throw ImageException.io("reading the registry", e);
        } catch (RegistryException refused) {
            throw unknown(refused);
        }
    }

    @Override
    public Blob blob(Digest digest, long offset) throws IOException {
        try {
            InputStream in = Files.newInputStream(registry.blob(repository, digest));
            in.skipNBytes(offset);
            return new Blob(in, offset);
        } catch (RegistryException refused) {
            throw unknown(refused);
        }
    }

    private static ImageException unknown(RegistryException refused) {
        return new ImageException(
                ErrorCode.NOT_FOUND, refused.getMessage() + "; push it first", refused);
    }

    @Override
    public void close() {}
}
