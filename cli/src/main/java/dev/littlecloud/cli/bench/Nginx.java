package dev.littlecloud.cli.bench;

import dev.littlecloud.gateway.service.Backend;
import dev.littlecloud.image.Image;
import dev.littlecloud.runtime.CpuLimit;
import dev.littlecloud.runtime.InstanceSpec;
import dev.littlecloud.runtime.PortMapping;
import dev.littlecloud.runtime.RunningInstance;
import dev.littlecloud.runtime.template.Clone;
import dev.littlecloud.runtime.template.LocalTemplates;
import dev.littlecloud.runtime.template.Readiness;
import dev.littlecloud.runtime.template.Template;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** nginx as the demo image has it, in a guest and on the host, with one configuration. */
final class Nginx {
    static final String REQUEST = "GET / HTTP/1.0\r\n\r\n";

    private static final int GUEST_PORT = 8080;
    private static final int PROCESSORS = 2;
    private static final Duration READY_WITHIN = Duration.ofSeconds(60);

    private Nginx() {}

    private static String configuration(int port, String root, String scratch) {
        String server = "server { listen %d; root %s; index index.html; }".formatted(port, root);
        return configuration(server, scratch);
    }

    private static String configuration(String servers, String scratch) {
        return """
        worker_processes auto;
        user root;
        daemon off;
        pid %2$s/nginx.pid;
        error_log stderr crit;
        events { worker_connections 768; }
        http {
          sendfile on; tcp_nopush on; access_log off;
          types { text/html html; }
          client_body_temp_path %2$s/body; proxy_temp_path %2$s/proxy;
          fastcgi_temp_path %2$s/fastcgi; uwsgi_temp_path %2$s/uwsgi;
          scgi_temp_path %2$s/scgi;
          %1$s
        }
        """
                .formatted(servers, scratch);
    }

    /** On the host, as reverse proxy in front of a server that listens on {@code target}. */
    static Server proxy(HostRoot root, Path directory, int target) throws IOException {
        int port = Server.freePort();
        Path scratch = Files.createTempDirectory(directory, "proxy");
        Path file = scratch.resolve("conf");
        String location =
                """
                upstream server { server 127.0.0.1:%d; keepalive 64; }
                  server {
                    listen %d;
                    location / {
                      proxy_pass http://server; proxy_http_version 1.1;
                      proxy_set_header Connection ""; proxy_set_header Host $host;
                      proxy_set_header X-Forwarded-For $remote_addr;
                      proxy_set_header X-Forwarded-Proto $scheme;
                    }
                  }
                """
                        .formatted(target, port);
        Files.writeString(file, configuration(location, scratch.toString()));
        return Server.process(
                port, root.command("usr/sbin/nginx", "-e", "stderr", "-c", file.toString()));
    }

    private static InstanceSpec guestSpec() {
        return InstanceSpec.DEFAULT.withProcess(
                InstanceSpec.DEFAULT
                        .process()
                        .withCommand(
                                List.of(
                                        "sh",
                                        "-c",
                                        "echo \"$0\" >/tmp/conf; exec nginx -e stderr -c /tmp/conf",
                                        configuration(
                                                GUEST_PORT, "/usr/share/nginx/html", "/tmp"))));
    }

    /** A template of one in a guest with one processor. */
    static Template template(Image image) throws InterruptedException {
        return new LocalTemplates()
                .boot(guestSpec(), image, new Readiness.Listens(GUEST_PORT), READY_WITHIN);
    }

    /** The way for connections into one that started from the template. */
    static Backend backend(Clone clone) {
        return new Backend.Guest(
                (stream, peer, whenRoom) -> clone.deliver(stream, peer, GUEST_PORT, whenRoom));
    }

    /** In a guest, with a port of the host's loopback interface. */
    static Server guest(Bench bench, Image image) throws IOException {
        int port = Server.freePort();
        RunningInstance instance =
                bench.start(withPort(guestSpec(), port, GUEST_PORT, PROCESSORS), image);
        return new Server(port, instance::close);
    }

    /** The same spec with a published port and so many processors. */
    static InstanceSpec withPort(InstanceSpec spec, int port, int guestPort, int processors) {
        return new InstanceSpec(
                spec.process(),
                spec.limits().withCpus(new CpuLimit(processors * 1000)),
                spec.network(),
                List.of(PortMapping.parse("127.0.0.1:%d:%d".formatted(port, guestPort))),
                spec.volumes(),
                spec.hostname(),
                spec.readOnlyRoot(),
                spec.observation());
    }

    /** On the host, from the image's files. */
    static Server host(HostRoot root, Path directory) throws IOException {
        int port = Server.freePort();
        Path scratch = Files.createTempDirectory(directory, "nginx");
        Path file = scratch.resolve("conf");
        Files.writeString(
                file,
                configuration(
                        port, root.file("usr/share/nginx/html").toString(), scratch.toString()));
        return Server.process(
                port, root.command("usr/sbin/nginx", "-e", "stderr", "-c", file.toString()));
    }
}
