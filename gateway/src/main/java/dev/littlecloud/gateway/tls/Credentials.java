package dev.littlecloud.gateway.tls;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * What proves that a server is who its name says. Compared by identity: a renewed certificate is
 * another object.
 */
public final class Credentials {
    private final PrivateKey key;
    private final List<X509Certificate> chain;

    /**
     * @param chain the server's certificate first, then those that lead to a root
     */
    public Credentials(PrivateKey key, List<X509Certificate> chain) {
        if (chain.isEmpty()) {
            throw new IllegalArgumentException("credentials without a certificate");
        }
        this.key = key;
        this.chain = List.copyOf(chain);
    }

    public PrivateKey key() {
        return key;
    }

    public List<X509Certificate> chain() {
        return chain;
    }

    public X509Certificate certificate() {
        return chain.getFirst();
    }
}
