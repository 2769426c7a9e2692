package dev.littlecloud.gateway.tls;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Certificates in a folder: {@code NAME.pem}, or {@code NAME.crt} with {@code NAME.key}; {@code
 * _.example.com} is for all names right below example.com, {@code _} for all others. Files that change
 * are read again; while they are broken, what was read before stays in use.
 */
public final class CertificateFiles implements CertificateSource {
    private static final System.Logger LOG = System.getLogger(CertificateFiles.class.getName());

    /** What was read, and of which files. */
    private record Loaded(Credentials credentials, FileTime certificate, FileTime key) {}

    private final Path folder;
    private volatile Map<String, Loaded> loaded = Map.of();

    public CertificateFiles(Path folder) {
        this.folder = folder;
    }

    /**
     * Reads what is new or has changed; call it now and then.
     *
     * @throws IOException when the folder cannot be read
     */
    public void reload() throws IOException {
        Map<String, Loaded> before = loaded;
        Map<String, Loaded> after = new HashMap<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                String fileName = String.valueOf(file.getFileName());
                if (fileName.endsWith(".pem") || fileName.endsWith(".crt")) {
                    String name = fileName.substring(0, fileName.length() - 4);
                    load(name, file, before, after);
                }
            }
        }
        loaded = Map.copyOf(after);
    }

    private void load(
            String name, Path certificate, Map<String, Loaded> before, Map<String, Loaded> after) {
        Path key =
                certificate.toString().endsWith(".pem")
                        ? certificate
                        : folder.resolve(name + ".key");
        Loaded known = before.get(name);
        try {
            FileTime certificateTime = Files.getLastModifiedTime(certificate);
            FileTime keyTime = Files.getLastModifiedTime(key);
            if (known != null
                    && known.certificate().equals(certificateTime)
                    && known.key().equals(keyTime)) {
                after.put(name, known);
                return;
            }
            String text = Files.readString(certificate);
            if (!key.equals(certificate)) {
                text += "\n" + Files.readString(key);
            }
            after.put(name, new Loaded(Pem.credentials(text), certificateTime, keyTime));
        } catch (IOException broken) {
            String what = broken instanceof NoSuchFileException ? "missing " : "";
            LOG.log(
                    System.Logger.Level.WARNING,
                    "certificate {0} is not read: {1}{2}",
                    certificate,
                    what,
                    broken.getMessage());
            if (known != null) {
                after.put(name, known);
            }
        }
    }

    @Override
    public Optional<Credentials> find(String host) {
        Map<String, Loaded> now = loaded;
        int dot = host.indexOf('.');
        Loaded found = now.get(host);
        if (found == null && dot > 0) {
            found = now.get("_" + host.substring(dot));
        }
        if (found == null) {
            found = now.get("_");
        }
        return Optional.ofNullable(found).map(Loaded::credentials);
    }
}
