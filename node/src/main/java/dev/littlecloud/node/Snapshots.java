package dev.littlecloud.node;

import dev.littlecloud.control.Workloads.RevisionName;
import dev.littlecloud.control.store.Vault;
import dev.littlecloud.runtime.template.Seal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Where frozen instances are kept on disk: a folder for each revision of each service. */
final class Snapshots {
    private final Path directory;

    /**
     * @param directory made when it is not there; for this process alone
     */
    Snapshots(Path directory) throws IOException {
        Files.createDirectories(directory.toAbsolutePath().getParent());
        if (!Files.exists(directory)) {
            // The memory of programs holds their secrets.
            Files.createDirectory(
                    directory,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rwx------")));
        }
        this.directory = directory;
    }

    /** The key that they are encrypted with, made when it is not there. */
    byte[] key(Path file) throws IOException {
        if (!Files.exists(file)) {
            byte[] made = new byte[Seal.KEY_BYTES];
            new SecureRandom().nextBytes(made);
            Vault.writePrivate(file, made);
        }
        byte[] key = Files.readAllBytes(file);
        if (key.length != Seal.KEY_BYTES) {
            throw new IOException(file + " is not a key: it has " + key.length + " bytes");
        }
        return key;
    }

    Shelf of(RevisionName revision) {
        return new Shelf(path(revision));
    }

    private Path path(RevisionName revision) {
        return directory
                .resolve(revision.service())
                .resolve(revision.number() + "-" + revision.createdAt().toEpochMilli());
    }

    /** Removes what is kept of other revisions. */
    void keepOnly(Set<RevisionName> revisions) {
        Set<Path> kept = revisions.stream().map(this::path).collect(Collectors.toSet());
        for (Path service : list(directory)) {
            for (Path revision : list(service)) {
                if (kept.contains(revision)) {
                    new Shelf(revision).tidy();
                } else {
                    Shelf.delete(revision);
                }
            }
            if (list(service).isEmpty()) {
                Shelf.delete(service);
            }
        }
    }

    private static List<Path> list(Path directory) {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.toList();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
