package dev.littlecloud.gateway.tls;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import org.shredzone.acme4j.Account;
import org.shredzone.acme4j.AccountBuilder;
import org.shredzone.acme4j.Authorization;
import org.shredzone.acme4j.Order;
import org.shredzone.acme4j.Session;
import org.shredzone.acme4j.Status;
import org.shredzone.acme4j.challenge.Http01Challenge;
import org.shredzone.acme4j.exception.AcmeException;

/** Gets certificates of an ACME directory, such as Let's Encrypt. Blocks: for virtual threads. */
final class AcmeClient {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final URI directory;
    private final Path accountFile;
    private final String email;
    private final AcmeChallenges challenges;

    /**
     * @param accountFile where the account's key is kept, and made if it is not there
     * @param email whom the authority may write, or empty
     */
    AcmeClient(URI directory, Path accountFile, String email, AcmeChallenges challenges) {
        this.directory = directory;
        this.accountFile = accountFile;
        this.email = email;
        this.challenges = challenges;
    }

    /**
     * Proves that {@code host} leads here and gets a certificate for it.
     *
     * @throws IOException with why the authority gave none
     */
    Credentials issue(String host) throws IOException, InterruptedException {
        try {
            Order order = account().newOrder().domain(host).create();
            for (Authorization authorization : order.getAuthorizations()) {
                if (authorization.getStatus() != Status.VALID) {
                    prove(authorization);
                }
            }
            order.waitUntilReady(PATIENCE);
            KeyPair keys = Keys.fresh();
            order.execute(keys);
            if (order.waitForCompletion(PATIENCE) != Status.VALID) {
                throw new IOException(
                        "the order for %s failed: %s"
                                .formatted(
                                        host, order.getError().map(Object::toString).orElse("")));
            }
            return new Credentials(keys.getPrivate(), order.getCertificate().getCertificateChain());
        } catch (AcmeException refused) {
            throw new IOException(
                    "no certificate for %s of %s: %s"
                            .formatted(host, directory, refused.getMessage()),
                    refused);
        }
    }

    private void prove(Authorization authorization)
            throws AcmeException, IOException, InterruptedException {
        Http01Challenge challenge =
                authorization
                        .findChallenge(Http01Challenge.class)
                        .orElseThrow(
                                () -> new IOException("the authority offers no http-01 challenge"));
        challenges.put(challenge.getToken(), challenge.getAuthorization());
        try {
            challenge.trigger();
            if (challenge.waitForCompletion(PATIENCE) != Status.VALID) {
                throw new IOException(
                        "the authority did not see the proof: "
                                + challenge.getError().map(Object::toString).orElse(""));
            }
        } finally {
            challenges.remove(challenge.getToken());
        }
    }

    private Account account() throws AcmeException, IOException {
        KeyPair keys;
        if (Files.exists(accountFile)) {
            keys = Pem.keys(Files.readString(accountFile));
        } else {
            keys = Keys.fresh();
            PrivateFiles.write(accountFile, Pem.text(keys));
        }
        AccountBuilder builder = new AccountBuilder().agreeToTermsOfService().useKeyPair(keys);
        if (!email.isEmpty()) {
            builder.addEmail(email);
        }
        return builder.create(new Session(directory));
    }
}
