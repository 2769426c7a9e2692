package dev.littlecloud.gateway.http;

import dev.littlecloud.gateway.service.Service;
import io.netty.util.AttributeKey;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Who sends requests on a connection.
 *
 * @param address as the PROXY protocol tells it, or the connection's peer
 * @param secure whether the connection has TLS
 * @param trusted whether its X-Forwarded headers are believed
 * @param ip the address in text, for headers
 * @param asked the only service that the connection is for; null where each request says by its Host
 */
public record Client(
        InetSocketAddress address,
        boolean secure,
        boolean trusted,
        String ip,
        @Nullable Service asked) {
    /** Of a connection's channel. */
    public static final AttributeKey<Client> KEY = AttributeKey.valueOf("littlecloud.client");

    public static Client of(InetSocketAddress address, boolean secure, boolean trusted) {
        String text = address.getAddress().getHostAddress();
        int scope = text.indexOf('%');
        return new Client(
                address, secure, trusted, scope < 0 ? text : text.substring(0, scope), null);
    }

    public Client withTls() {
        return new Client(address, true, trusted, ip, asked);
    }

    /** The same, whose requests are all for one service, whatever they say. */
    public Client asking(Service service) {
        return new Client(address, secure, trusted, ip, service);
    }

    /** As a Forwarded header has it: RFC 7239, 6. */
    String forwardedFor() {
        return address.getAddress() instanceof Inet6Address ? "\"[" + ip + "]\"" : ip;
    }

    String scheme() {
        return secure ? "https" : "http";
    }
}
