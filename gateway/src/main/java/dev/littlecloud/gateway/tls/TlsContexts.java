package dev.littlecloud.gateway.tls;

import io.netty.handler.codec.http2.Http2SecurityUtil;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.WeakHashMap;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.ssl.SSLException;

/** What handshakes need, made once for each certificate; the first source that knows a name wins. */
public final class TlsContexts {
    private static final System.Logger LOG = System.getLogger(TlsContexts.class.getName());

    private final List<CertificateSource> sources;
    private final ReentrantLock lock = new ReentrantLock();

    /** Guarded by {@link #lock}. Gone with the certificate, when it is renewed. */
    private final Map<Credentials, SslContext> web = new WeakHashMap<>();

    /** Guarded by {@link #lock}. */
    private final Map<Credentials, SslContext> bytes = new WeakHashMap<>();

    public TlsContexts(List<CertificateSource> sources) {
        this.sources = List.copyOf(sources);
    }

    /** For HTTP: agrees on HTTP/2 or HTTP/1.1. */
    public Optional<SslContext> web(String host) {
        return find(host).flatMap(credentials -> context(web, credentials, true));
    }

    /** For services of bytes. */
    public Optional<SslContext> bytes(String host) {
        return find(host).flatMap(credentials -> context(bytes, credentials, false));
    }

    private Optional<Credentials> find(String host) {
        return sources.stream().flatMap(source -> source.find(host).stream()).findFirst();
    }

    private Optional<SslContext> context(
            Map<Credentials, SslContext> contexts, Credentials credentials, boolean negotiates) {
        lock.lock();
        try {
            SslContext known = contexts.get(credentials);
            if (known == null) {
                known = build(credentials, negotiates);
                contexts.put(credentials, known);
            }
            return Optional.of(known);
        } catch (SSLException broken) {
            LOG.log(System.Logger.Level.WARNING, "a certificate cannot be used", broken);
            return Optional.empty();
        } finally {
            lock.unlock();
        }
    }

    private static SslContext build(Credentials credentials, boolean negotiates)
            throws SSLException {
        SslContextBuilder builder =
                SslContextBuilder.forServer(credentials.key(), credentials.chain())
                        .sslProvider(SslProvider.JDK)
                        .protocols("TLSv1.3", "TLSv1.2")
                        .ciphers(Http2SecurityUtil.CIPHERS, SupportedCipherSuiteFilter.INSTANCE);
        if (negotiates) {
            builder.applicationProtocolConfig(
                    new ApplicationProtocolConfig(
                            Protocol.ALPN,
                            SelectorFailureBehavior.NO_ADVERTISE,
                            SelectedListenerFailureBehavior.ACCEPT,
                            ApplicationProtocolNames.HTTP_2,
                            ApplicationProtocolNames.HTTP_1_1));
        }
        return builder.build();
    }
}
