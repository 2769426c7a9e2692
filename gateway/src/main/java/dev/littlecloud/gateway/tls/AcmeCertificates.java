package dev.littlecloud.gateway.tls;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Certificates of an ACME directory. Nothing is asked for because a client names a host: only {@link
 * #maintain} asks, for names that services have, so that strangers cannot use up the authority's limits.
 */
public final class AcmeCertificates implements CertificateSource {
    private static final System.Logger LOG = System.getLogger(AcmeCertificates.class.getName());
    private static final Duration RENEWED_BEFORE = Duration.ofDays(30);

    /** After a failure: authorities count failed orders, too. */
    private static final Duration PAUSE = Duration.ofHours(1);

    private final AcmeClient client;
    private final Path folder;
    private final InstantSource clock;
    private final ConcurrentHashMap<String, Credentials> known = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<String, Instant> notBefore = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<String, String> failures = new ConcurrentHashMap<>();
    private final ReentrantLock orders = new ReentrantLock();

    /**
     * @param directory the authority's, such as {@code https://acme-v02.api.letsencrypt.org/directory}
     * @param folder where keys and certificates are kept
     * @param email whom the authority may write, or empty
     * @param challenges what the gateway answers from
     */
    public AcmeCertificates(
            URI directory,
            Path folder,
            String email,
            AcmeChallenges challenges,
            InstantSource clock) {
        this.client = new AcmeClient(directory, folder.resolve("account.pem"), email, challenges);
        this.folder = folder;
        this.clock = clock;
    }

    @Override
    public Optional<Credentials> find(String host) {
        return Optional.ofNullable(known.get(host));
    }

    /** Why some names have no certificate, or keep an old one. */
    public Map<String, String> failures() {
        return Map.copyOf(failures);
    }

    /**
     * Sees to it that each name has a certificate that lasts; call it now and then and when names
     * change. Blocks while the authority works.
     */
    public void maintain(Collection<String> hosts) throws InterruptedException {
        orders.lockInterruptibly();
        try {
            for (String host : hosts) {
                if (!isFresh(host)) {
                    order(host);
                }
            }
        } finally {
            orders.unlock();
        }
    }

    private boolean isFresh(String host) {
        Credentials credentials = known.get(host);
        if (credentials == null) {
            credentials = stored(host);
        }
        if (credentials == null) {
            return false;
        }
        known.put(host, credentials);
        Instant end = credentials.certificate().getNotAfter().toInstant();
        return end.isAfter(clock.instant().plus(RENEWED_BEFORE));
    }

    private @Nullable Credentials stored(String host) {
        Path file = file(host);
        try {
            return Files.exists(file) ? Pem.credentials(Files.readString(file)) : null;
        } catch (IOException broken) {
            LOG.log(System.Logger.Level.WARNING, "a stored certificate is broken: " + file, broken);
            return null;
        }
    }

    /** Host names have no slash: the gateway's routes see to that, and so does this. */
    private Path file(String host) {
        return folder.resolve(host.replace('/', '_') + ".pem");
    }

    private void order(String host) throws InterruptedException {
        Instant earliest = notBefore.get(host);
        if (earliest != null && clock.instant().isBefore(earliest)) {
            return;
        }
        try {
            Credentials fresh = client.issue(host);
            PrivateFiles.write(file(host), Pem.text(fresh));
            known.put(host, fresh);
            failures.remove(host);
            notBefore.remove(host);
        } catch (IOException failed) {
            failures.put(host, String.valueOf(failed.getMessage()));
            notBefore.put(host, clock.instant().plus(PAUSE));
            LOG.log(System.Logger.Level.WARNING, failed.getMessage());
        }
    }
}
