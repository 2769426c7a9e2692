package dev.littlecloud.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.littlecloud.gateway.service.GatewayMetrics;
import dev.littlecloud.gateway.service.Routes;
import dev.littlecloud.gateway.tls.AcmeCertificates;
import dev.littlecloud.gateway.tls.AcmeChallenges;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Certificates of an ACME authority that asks the gateway for its proofs. */
class AcmeTest {
    private static final List<String> HOSTS = List.of("shop.example");

    private Instant now = Instant.now();
    private final InstantSource clock = () -> now;

    @Test
    void getsKeepsAndRenewsCertificates(@TempDir Path folder) throws Exception {
        AcmeChallenges challenges = new AcmeChallenges();
        try (Gateway gateway = gateway(challenges);
                FakeAcmeServer authority = new FakeAcmeServer(port(gateway))) {
            AcmeCertificates certificates = certificates(authority, folder, challenges);
            assertThat(certificates.find("shop.example")).isEmpty();
            certificates.maintain(HOSTS);
            var first = certificates.find("shop.example").orElseThrow();
            assertThat(first.certificate().getSubjectAlternativeNames().toString())
                    .contains("shop.example");
            for (String file : List.of("shop.example.pem", "account.pem")) {
                var permissions = Files.getPosixFilePermissions(folder.resolve(file));
                assertThat(PosixFilePermissions.toString(permissions)).isEqualTo("rw-------");
            }

            certificates.maintain(HOSTS);
            AcmeCertificates restarted = certificates(authority, folder, challenges);
            restarted.maintain(HOSTS);
            assertThat(restarted.find("shop.example").orElseThrow().certificate())
                    .isEqualTo(first.certificate());
            assertThat(authority.orders).hasSize(1);

            now = now.plus(Duration.ofDays(61));
            restarted.maintain(HOSTS);
            assertThat(authority.orders).hasSize(2);
            assertThat(restarted.find("shop.example").orElseThrow().certificate())
                    .isNotEqualTo(first.certificate());
        }
    }

    @Test
    void saysWhyThereIsNoneAndWaitsBeforeTheNextTry(@TempDir Path folder) throws Exception {
        AcmeChallenges challenges = new AcmeChallenges();
        try (Gateway gateway = gateway(challenges);
                FakeAcmeServer authority = new FakeAcmeServer(port(gateway))) {
            AcmeCertificates certificates = certificates(authority, folder, challenges);
            authority.refusing = true;
            certificates.maintain(HOSTS);
            assertThat(certificates.failures().get("shop.example"))
                    .contains("shop.example", "too many certificates");

            authority.refusing = false;
            certificates.maintain(HOSTS);
            assertThat(authority.orders).isEmpty();
            now = now.plus(Duration.ofHours(2));
            certificates.maintain(HOSTS);
            assertThat(certificates.failures()).isEmpty();
            assertThat(certificates.find("shop.example")).isPresent();
        }
    }

    private AcmeCertificates certificates(
            FakeAcmeServer authority, Path folder, AcmeChallenges challenges) {
        URI directory = URI.create(authority.url("/directory"));
        return new AcmeCertificates(directory, folder, "admin@example.org", challenges, clock);
    }

    private static Gateway gateway(AcmeChallenges challenges) throws Exception {
        return Gateway.start(
                GatewayConfig.DEFAULT.withHttp(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)),
                new Routes(),
                GatewayMetrics.NONE,
                List.of(),
                challenges);
    }

    private static int port(Gateway gateway) {
        return gateway.httpAddress().orElseThrow().getPort();
    }
}
