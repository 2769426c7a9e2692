package dev.littlecloud.runtime.network;

import dev.littlecloud.kernel.fs.Boot;
import dev.littlecloud.kernel.net.NetworkConfig;
import java.nio.charset.StandardCharsets;

/** The files that tell programs where they are, as Docker writes them over the image's own. */
public final class NetworkFiles {
    private static final int PERMISSIONS = 0644;

    private NetworkFiles() {}

    /** Writes /etc/hostname, /etc/hosts and /etc/resolv.conf. */
    public static void write(Boot boot, String hostname, NetworkConfig config) {
        write(boot, "/etc/hostname", hostname + "\n");
        write(boot, "/etc/hosts", config.hosts(hostname));
        write(boot, "/etc/resolv.conf", config.resolvConf());
    }

    private static void write(Boot boot, String path, String text) {
        boot.write(path, PERMISSIONS, text.getBytes(StandardCharsets.UTF_8));
    }
}
