package dev.littlecloud.node;

import dev.littlecloud.gateway.service.RouteTable;
import dev.littlecloud.gateway.service.Routes;
import dev.littlecloud.gateway.tls.AcmeCertificates;
import dev.littlecloud.gateway.tls.AcmeChallenges;
import dev.littlecloud.gateway.tls.CertificateFiles;
import dev.littlecloud.gateway.tls.CertificateSource;
import dev.littlecloud.gateway.tls.DevelopmentCa;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Where the gateway's certificates come from, kept up to date on a thread of its own. */
final class Certificates implements AutoCloseable {
    private static final Logger LOG = System.getLogger(Certificates.class.getName());

    /** How soon a certificate that changed in its folder is used. */
    private static final long LOOK_SECONDS = 5;

    private static final int PEM_LINE = 64;

    private final AcmeChallenges challenges = new AcmeChallenges();
    private final List<CertificateSource> sources = new ArrayList<>();
    private final Optional<CertificateFiles> files;
    private final Optional<AcmeCertificates> acme;
    private final Optional<Path> developmentRoot;
    private final Semaphore news = new Semaphore(0);
    private volatile Set<String> names = Set.of();
    private @Nullable Thread keeper;

    private Certificates(EdgeConfig config, Path data, InstantSource clock) throws IOException {
        Path folder = data.resolve("tls");
        files = config.certificates().map(CertificateFiles::new);
        if (files.isPresent()) {
            files.get().reload();
            sources.add(files.get());
        }
        acme =
                config.acme()
                        .map(
                                authority ->
                                        new AcmeCertificates(
                                                authority.directory(),
                                                folder.resolve("acme"),
                                                authority.email(),
                                                challenges,
                                                clock));
        acme.ifPresent(sources::add);
        if (config.hasDevelopmentCa()) {
            DevelopmentCa ours = DevelopmentCa.open(folder, clock);
            sources.add(ours);
            Path root = folder.resolve("ca.crt");
            Files.writeString(root, pem(ours.rootCertificate()));
            developmentRoot = Optional.of(root);
        } else {
            developmentRoot = Optional.empty();
        }
    }

    /**
     * Opens what is configured.
     *
     * @param data the cloud's; what is made is kept in its folder {@code tls}
     * @throws IOException when a folder cannot be read or written
     */
    static Certificates open(EdgeConfig config, Path data, InstantSource clock) throws IOException {
        return new Certificates(config, data, clock);
    }

    /** Which the first one that knows a name wins of. */
    List<CertificateSource> sources() {
        return List.copyOf(sources);
    }

    /** What an ACME authority asks for. */
    AcmeChallenges challenges() {
        return challenges;
    }

    /** The certificate to trust for names below localhost. */
    Optional<Path> developmentRoot() {
        return developmentRoot;
    }

    /** Begins to keep certificates up to date for the names that services have. */
    void follow(Routes routes) {
        if (files.isEmpty() && acme.isEmpty()) {
            return;
        }
        routes.listen(this::routesChanged);
        keeper = Thread.ofVirtual().name("certificates").start(this::keep);
    }

    private void routesChanged(RouteTable table) {
        names =
                table.hosts().keySet().stream()
                        .filter(Certificates::isPublic)
                        .collect(Collectors.toUnmodifiableSet());
        news.release();
    }

    /** No authority issues anything for the others. */
    private static boolean isPublic(String name) {
        return name.contains(".") && !name.endsWith(".localhost");
    }

    private void keep() {
        try {
            while (true) {
                update();
                boolean unused = news.tryAcquire(LOOK_SECONDS, TimeUnit.SECONDS);
                news.drainPermits();
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    private void update() throws InterruptedException {
        try {
            if (files.isPresent()) {
                files.get().reload();
            }
            if (acme.isPresent()) {
                acme.get().maintain(wanted());
            }
        } catch (IOException | RuntimeException failure) {
            // What was read before stays in use; looked at again soon.
            LOG.log(Level.WARNING, "certificates", failure);
        }
    }

    /** Names for which no file is there. */
    private List<String> wanted() {
        return names.stream()
                .filter(name -> files.flatMap(there -> there.find(name)).isEmpty())
                .toList();
    }

    private static String pem(X509Certificate certificate) throws IOException {
        try {
            Base64.Encoder lines = Base64.getMimeEncoder(PEM_LINE, new byte[] {'\n'});
            return "-----BEGIN CERTIFICATE-----\n"
                    + lines.encodeToString(certificate.getEncoded())
                    + "\n-----END CERTIFICATE-----\n";
        } catch (CertificateEncodingException broken) {
            throw new IOException("the development CA's certificate cannot be written", broken);
        }
    }

    @Override
    public void close() {
        Thread running = keeper;
        if (running != null) {
            running.interrupt();
        }
    }
}
