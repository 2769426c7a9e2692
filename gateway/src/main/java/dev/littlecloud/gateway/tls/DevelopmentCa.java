package dev.littlecloud.gateway.tls;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * Issues certificates for {@code NAME.localhost} on one developer's machine. Its root is made once and
 * kept in a folder; it is constrained to localhost, so that trusting it in a browser gives nobody who
 * finds its key any other name.
 */
public final class DevelopmentCa implements CertificateSource {
    private static final String ZONE = "localhost";
    private static final Duration ROOT_LIFE = Duration.ofDays(3650);

    /** Browsers refuse longer ones. */
    private static final Duration LEAF_LIFE = Duration.ofDays(90);

    private static final Duration RENEWED_BEFORE = Duration.ofDays(30);

    /** Clocks of clients are not exact. */
    private static final Duration BACKDATED = Duration.ofHours(1);

    private static final int MOST_NAMES = 1000;

    private final Credentials root;
    private final InstantSource clock;
    private final SecureRandom random = new SecureRandom();
    private final ConcurrentHashMap<String, Credentials> issued = new ConcurrentHashMap<>();

    private DevelopmentCa(Credentials root, InstantSource clock) {
        this.root = root;
        this.clock = clock;
    }

    /**
     * Opens the authority whose key and certificate are in {@code folder}, or makes it.
     *
     * @throws IOException when the folder cannot be written or what is in it is broken
     */
    public static DevelopmentCa open(Path folder, InstantSource clock) throws IOException {
        Path file = folder.resolve("ca.pem");
        if (Files.exists(file)) {
            return new DevelopmentCa(Pem.credentials(Files.readString(file)), clock);
        }
        Credentials root = newRoot(clock);
        PrivateFiles.write(file, Pem.text(root));
        return new DevelopmentCa(root, clock);
    }

    /** What a browser has to trust. */
    public X509Certificate rootCertificate() {
        return root.certificate();
    }

    @Override
    public Optional<Credentials> find(String host) {
        if (!host.equals(ZONE) && !host.endsWith("." + ZONE)) {
            return Optional.empty();
        }
        Credentials known = issued.get(host);
        if (known != null && isFresh(known)) {
            return Optional.of(known);
        }
        if (issued.size() >= MOST_NAMES) {
            // Names come from clients: what is not used again costs nothing but a signature.
            issued.clear();
        }
        Credentials leaf = issue(host);
        issued.put(host, leaf);
        return Optional.of(leaf);
    }

    private boolean isFresh(Credentials credentials) {
        return credentials
                .certificate()
                .getNotAfter()
                .toInstant()
                .isAfter(clock.instant().plus(RENEWED_BEFORE));
    }

    private static Credentials newRoot(InstantSource clock) throws IOException {
        KeyPair keys = Keys.fresh();
        X500Name name =
                new X500NameBuilder().addRDN(BCStyle.CN, "Littlecloud development CA").build();
        var builder = builder(name, name, keys, clock, ROOT_LIFE, new SecureRandom());
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
        builder.addExtension(
                Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
        GeneralSubtree zone = new GeneralSubtree(new GeneralName(GeneralName.dNSName, ZONE));
        builder.addExtension(
                Extension.nameConstraints,
                true,
                new NameConstraints(new GeneralSubtree[] {zone}, null));
        return new Credentials(keys.getPrivate(), List.of(sign(builder, keys)));
    }

    private Credentials issue(String host) {
        KeyPair keys = Keys.fresh();
        X500Name issuer =
                X500Name.getInstance(root.certificate().getSubjectX500Principal().getEncoded());
        X500Name subject = new X500NameBuilder().addRDN(BCStyle.O, "Littlecloud").build();
        var builder = builder(issuer, subject, keys, clock, LEAF_LIFE, random);
        try {
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
            builder.addExtension(
                    Extension.extendedKeyUsage,
                    false,
                    new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth));
            builder.addExtension(
                    Extension.subjectAlternativeName,
                    true,
                    new GeneralNames(new GeneralName(GeneralName.dNSName, host)));
        } catch (CertIOException impossible) {
            throw new IllegalStateException("a host name can be encoded", impossible);
        }
        X509Certificate certificate =
                sign(builder, new KeyPair(root.certificate().getPublicKey(), root.key()));
        return new Credentials(keys.getPrivate(), List.of(certificate, root.certificate()));
    }

    private static X509v3CertificateBuilder builder(
            X500Name issuer,
            X500Name subject,
            KeyPair keys,
            InstantSource clock,
            Duration life,
            SecureRandom random) {
        return new JcaX509v3CertificateBuilder(
                issuer,
                new BigInteger(120, random),
                Date.from(clock.instant().minus(BACKDATED)),
                Date.from(clock.instant().plus(life)),
                subject,
                keys.getPublic());
    }

    private static X509Certificate sign(X509v3CertificateBuilder builder, KeyPair signer) {
        try {
            var signature =
                    new JcaContentSignerBuilder("SHA256withECDSA").build(signer.getPrivate());
            return new JcaX509CertificateConverter().getCertificate(builder.build(signature));
        } catch (OperatorCreationException | GeneralSecurityException impossible) {
            throw new IllegalStateException("the JDK has ECDSA", impossible);
        }
    }
}
