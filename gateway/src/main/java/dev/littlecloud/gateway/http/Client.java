package dev.littlecloud.gateway.http;

import io.netty.util.AttributeKey;
import java.net.Inet6Address;
import java.net.InetSocketAddress;

/**
 * Who sends requests on a connection.
 *
 * @param address as the PROXY protocol tells it, or the connection's peer
 * @param secure whether the connection has TLS
 * @param trusted whether its X-Forwarded headers are believed
 * @param ip the address in text, for headers
 */
public record Client(InetSocketAddress address, boolean secure, boolean trusted, String ip) {
    /** Of a connection's channel. */
    public static final AttributeKey<Client> KEY = AttributeKey.valueOf("littlecloud.client");

    public static Client of(InetSocketAddress address, boolean secure, boolean trusted) {
        String text = address.getAddress().getHostAddress();
        int scope = text.indexOf('%');
        return new Client(address, secure, trusted, scope < 0 ? text : text.substring(0, scope));
    }

    public Client withTls() {
        return new Client(address, true, trusted, ip);
    }

    /** As a Forwarded header has it: RFC 7239, 6. */
    String forwardedFor() {
        return address.getAddress() instanceof Inet6Address ? "\"[" + ip + "]\"" : ip;
    }

    String scheme() {
        return secure ? "https" : "http";
    }
}
