package dev.littlecloud.node;

import dev.littlecloud.control.Workloads.RevisionName;
import dev.littlecloud.control.store.Vault;
import dev.littlecloud.image.ImageReference;
import dev.littlecloud.runtime.template.Lineage;
import dev.littlecloud.runtime.template.Seal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Where frozen instances are kept on disk: a folder for each revision of each service, in one for all
 * services that an owner made of images of one repository. These keep identical pages once, because
 * there are many; nothing is shared with another owner, who could find out by it what is there.
 */
final class Snapshots {
    private static final int HASH_BYTES = 16;

    private final Path directory;
    private final Seal seal;
    private final Map<Path, Lineage> lineages = new ConcurrentHashMap<>();

    /**
     * @param directory made when it is not there; for this process alone
     */
    Snapshots(Path directory, Seal seal) throws IOException {
        this.seal = seal;
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
    static byte[] key(Path file) throws IOException {
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
        return new Shelf(path(revision), lineage(folder(revision)));
    }

    private Lineage lineage(Path folder) {
        return lineages.computeIfAbsent(folder, path -> new Lineage(path, seal));
    }

    private Path path(RevisionName revision) {
        return folder(revision)
                .resolve(revision.service())
                .resolve(revision.number() + "-" + revision.createdAt().toEpochMilli());
    }

    private Path folder(RevisionName revision) {
        String repository =
                ImageReference.tryParseName(revision.image())
                        .map(name -> name.registry() + "/" + name.repository())
                        .orElse(revision.image());
        String name = revision.owner() + "\n" + repository;
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-256")
                            .digest(name.getBytes(StandardCharsets.UTF_8));
            return directory.resolve(HexFormat.of().formatHex(digest, 0, HASH_BYTES));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** Removes what is kept of other revisions. */
    void keepOnly(Set<RevisionName> revisions) {
        Set<Path> kept = revisions.stream().map(this::path).collect(Collectors.toSet());
        for (Path folder : list(directory)) {
            for (Path service : list(folder)) {
                for (Path revision : list(service)) {
                    if (kept.contains(revision)) {
                        new Shelf(revision, lineage(folder)).tidy();
                    } else {
                        Shelf.delete(revision);
                    }
                }
                deleteIfEmpty(service);
            }
            lineage(folder).collectAll();
            deleteIfEmpty(folder);
        }
    }

    private static void deleteIfEmpty(Path folder) {
        if (list(folder).isEmpty()) {
            Shelf.delete(folder);
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
