package dev.littlecloud.image.registry;

import dev.littlecloud.image.ErrorCode;
import dev.littlecloud.image.ImageException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Who may vouch for a registry: the JDK's authorities, the system's, and those that its owner set up
 * for it, in the directories where Docker and Podman look.
 *
 * @param system a file of certificates, which need not exist
 * @param own certificates for this registry alone
 */
record Authorities(Path system, List<Path> own) {
    private static final String SYSTEM = "/etc/ssl/certs/ca-certificates.crt";

    static Authorities of(String registry, Map<String, String> environment, Path home) {
        return of(
                Path.of(environment.getOrDefault("SSL_CERT_FILE", SYSTEM)),
                List.of(
                        directory(Path.of("/etc/docker"), registry),
                        directory(Path.of("/etc/containers"), registry),
                        directory(home.resolve(".config/containers"), registry)));
    }

    private static Path directory(Path configuration, String registry) {
        return configuration.resolve("certs.d").resolve(registry);
    }

    /**
     * @param directories of files whose names end in .crt; they need not exist
     */
    static Authorities of(Path system, List<Path> directories) {
        List<Path> files = new ArrayList<>();
        for (Path directory : directories) {
            try (DirectoryStream<Path> found = Files.newDirectoryStream(directory, "*.crt")) {
                found.forEach(files::add);
            } catch (NoSuchFileException | NotDirectoryException e) {
                // Most registries need none.
            } catch (IOException e) {
                throw ImageException.io("reading " + directory, e);
            }
        }
        return new Authorities(system, List.copyOf(files));
    }

    /** Whether the registry's owner has set some up, so that it speaks TLS wherever it is. */
    boolean areSetUp() {
        return !own.isEmpty();
    }

    /** Trusts them all. */
    SSLContext context() {
        try {
            KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
            trusted.load(null, null);
            add(trusted, "jdk", ofTheJdk());
            if (Files.isReadable(system)) {
                add(trusted, "system", read(system));
            }
            for (Path file : own) {
                add(trusted, file.toString(), read(file));
            }
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, managers(trusted), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("this JDK has no TLS", e);
        }
    }

    private static void add(KeyStore to, String from, List<? extends Certificate> certificates)
            throws GeneralSecurityException {
        for (int i = 0; i < certificates.size(); i++) {
            to.setCertificateEntry(from + " " + i, certificates.get(i));
        }
    }

    private static List<X509Certificate> ofTheJdk() throws GeneralSecurityException {
        List<X509Certificate> all = new ArrayList<>();
        for (TrustManager manager : managers(null)) {
            if (manager instanceof X509TrustManager x509) {
                all.addAll(List.of(x509.getAcceptedIssuers()));
            }
        }
        return all;
    }

    private static TrustManager[] managers(@Nullable KeyStore trusted)
            throws GeneralSecurityException {
        TrustManagerFactory factory =
                TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(trusted);
        return factory.getTrustManagers();
    }

    private static List<Certificate> read(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            return List.copyOf(CertificateFactory.getInstance("X.509").generateCertificates(in));
        } catch (CertificateException e) {
            throw new ImageException(
                    ErrorCode.MALFORMED, file + " has no certificate: " + e.getMessage(), e);
        } catch (IOException e) {
            throw ImageException.io("reading " + file, e);
        }
    }
}
