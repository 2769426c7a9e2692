package dev.littlecloud.gateway.tls;

import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;

/** Keys and certificates as text: RFC 7468. */
final class Pem {
    private Pem() {}

    /**
     * Reads certificates and a key, in any order, from one text or several joined.
     *
     * @throws IOException when there is no key or no certificate, or one is broken
     */
    static Credentials credentials(String text) throws IOException {
        PrivateKey key = null;
        List<X509Certificate> chain = new ArrayList<>();
        try (PEMParser parser = new PEMParser(new StringReader(text))) {
            for (Object part = parser.readObject(); part != null; part = parser.readObject()) {
                switch (part) {
                    case X509CertificateHolder certificate ->
                            chain.add(
                                    new JcaX509CertificateConverter().getCertificate(certificate));
                    case PEMKeyPair pair ->
                            key = new JcaPEMKeyConverter().getKeyPair(pair).getPrivate();
                    case PrivateKeyInfo info -> key = new JcaPEMKeyConverter().getPrivateKey(info);
                    default -> {
                        // Parameters of elliptic curves, say: the key has them, too.
                    }
                }
            }
        } catch (CertificateException broken) {
            throw new IOException("a certificate is broken: " + broken.getMessage(), broken);
        }
        if (key == null || chain.isEmpty()) {
            throw new IOException(
                    key == null ? "there is no private key" : "there is no certificate");
        }
        return new Credentials(key, chain);
    }

    static String text(Credentials credentials) {
        return write(credentials.key(), credentials.chain());
    }

    private static String write(PrivateKey key, List<?> others) {
        StringWriter text = new StringWriter();
        try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
            writer.writeObject(new JcaPKCS8Generator(key, null));
            for (Object other : others) {
                writer.writeObject(other);
            }
        } catch (IOException impossible) {
            throw new UncheckedIOException("a string takes all", impossible);
        }
        return text.toString();
    }

    /** Reads what {@link #text(KeyPair)} wrote. */
    static KeyPair keys(String text) throws IOException {
        JcaPEMKeyConverter converter = new JcaPEMKeyConverter();
        try (PEMParser parser = new PEMParser(new StringReader(text))) {
            if (parser.readObject() instanceof PrivateKeyInfo key
                    && parser.readObject() instanceof SubjectPublicKeyInfo publicKey) {
                return new KeyPair(converter.getPublicKey(publicKey), converter.getPrivateKey(key));
            }
        }
        throw new IOException("there is no pair of keys");
    }

    static String text(KeyPair keys) {
        return write(keys.getPrivate(), List.of(keys.getPublic()));
    }
}
