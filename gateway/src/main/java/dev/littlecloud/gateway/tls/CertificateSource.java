package dev.littlecloud.gateway.tls;

import java.util.Optional;

/** Knows certificates by host name. Asked for each handshake, from event loops: must not block. */
public interface CertificateSource {
    /**
     * @param host in lower case, without a final dot
     */
    Optional<Credentials> find(String host);
}
