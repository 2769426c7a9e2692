package dev.littlecloud.kernel.net;

/**
 * An instance's place in its network.
 *
 * @param hasInterface whether there is an eth0; without it only the loopback exists
 * @param address the IPv4 address of eth0 in host order
 * @param prefixLength bits of the network in {@code address}
 * @param gateway the IPv4 address that stands for the host
 * @param bufferBytes most memory that data under way in sockets may use
 */
public record NetworkConfig(
        boolean hasInterface, int address, int prefixLength, int gateway, long bufferBytes) {
    /** Where the instance's own name server answers; the address that Docker uses too. */
    public static final int NAME_SERVER = 0x7F00000B;

    private static final int NETWORK = 172 << 24 | 20 << 16;
    private static final long LEAST_BUFFERS = 8L << 20;
    private static final long MOST_BUFFERS = 256L << 20;

    /**
     * The usual network: 172.20.0.2/16 behind 172.20.0.1.
     *
     * @param memoryBytes the instance's memory, of which an eighth may be data in sockets
     */
    public static NetworkConfig of(boolean hasInterface, long memoryBytes) {
        long buffers = Math.clamp(memoryBytes / 8, LEAST_BUFFERS, MOST_BUFFERS);
        return new NetworkConfig(hasInterface, NETWORK | 2, 16, NETWORK | 1, buffers);
    }

    /** /etc/resolv.conf as the instance should see it. */
    public String resolvConf() {
        return hasInterface ? "nameserver 127.0.0.11\noptions ndots:0\n" : "";
    }

    /** /etc/hosts as the instance should see it. */
    public String hosts(String hostname) {
        String local =
                "127.0.0.1\tlocalhost\n"
                        + "::1\tlocalhost ip6-localhost ip6-loopback\n"
                        + "fe00::0\tip6-localnet\n"
                        + "ff00::0\tip6-mcastprefix\n"
                        + "ff02::1\tip6-allnodes\n"
                        + "ff02::2\tip6-allrouters\n";
        String own = hasInterface ? text(address) : "127.0.0.1";
        String host = hasInterface ? text(gateway) + "\thost.docker.internal\n" : "";
        return local + host + own + "\t" + hostname + "\n";
    }

    private static String text(int address) {
        String endpoint = InetEndpoint.v4(address, 0).toString();
        return endpoint.substring(0, endpoint.indexOf(':'));
    }
}
