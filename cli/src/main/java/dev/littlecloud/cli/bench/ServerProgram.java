package dev.littlecloud.cli.bench;

import dev.littlecloud.runtime.InstanceSpec;
import dev.littlecloud.runtime.RunningInstance;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A server of a demo image as people start it.
 *
 * @param name what it is called in a figure
 * @param image the demo image
 * @param user number of the user that runs it
 * @param script starts it, by the image's shell; {@code %d} is the port
 * @param request what it answers when it is ready, in ISO 8859-1
 * @param unit what the load generator counts
 * @param load its usual load generator
 */
record ServerProgram(
        String name,
        String image,
        int user,
        String script,
        String request,
        String unit,
        Load load) {
    private static final int GUEST_PORT = 8000;
    private static final int PROCESSORS = 1;

    /** The number of the user postgres in the image. */
    private static final int POSTGRES = 999;

    /** SSLRequest, which is answered by one letter before anybody logs in. */
    private static final String SSL_REQUEST = "\0\0\0\10\4\u00d2\26/";

    private static final Pattern TRANSACTIONS = Pattern.compile("tps = ([0-9.]+)");

    /** Puts a server under load; requests or transactions each second. */
    @FunctionalInterface
    interface Load {
        double perSecond(HostRoot files, int port) throws Exception;
    }

    static List<ServerProgram> all() {
        return List.of(
                http(
                        "node http",
                        "node",
                        "exec node -e 'require(\"http\").createServer((q, s) => s.end(\"hello\"))"
                                + ".listen(%d)'"),
                http(
                        "python http.server",
                        "python",
                        "mkdir -p /tmp/site; echo hello >/tmp/site/index.html;"
                                + " exec python3 -m http.server -d /tmp/site %d"),
                http(
                        "php -S",
                        "php",
                        "mkdir -p /tmp/site; echo '<?php header(\"Content-Length: 5\"); echo"
                                + " \"hello\";' >/tmp/site/index.php; exec php -S 0.0.0.0:%d -t /tmp/site"),
                new ServerProgram(
                        "postgres, pgbench with 8 clients",
                        "postgres",
                        POSTGRES,
                        "export PGDATA=/tmp/data;"
                                + " exec docker-entrypoint postgres -p %d -k /tmp",
                        SSL_REQUEST,
                        "transactions/s",
                        ServerProgram::pgbench));
    }

    private static ServerProgram http(String name, String image, String script) {
        return new ServerProgram(
                name, image, 0, script, Nginx.REQUEST, "requests/s", ServerProgram::wrk);
    }

    Server guest(Bench bench) throws Exception {
        int port = Server.freePort();
        RunningInstance instance =
                bench.start(
                        Nginx.withPort(
                                InstanceSpec.DEFAULT.withProcess(
                                        InstanceSpec.DEFAULT
                                                .process()
                                                .withCommand(
                                                        List.of(
                                                                "sh",
                                                                "-c",
                                                                script.formatted(GUEST_PORT)))),
                                port,
                                GUEST_PORT,
                                PROCESSORS),
                        bench.image(image));
        return new Server(port, instance::close);
    }

    Server host(HostPrograms programs) throws Exception {
        int port = Server.freePort();
        return programs.start(user, port, script.formatted(port));
    }

    private static double wrk(HostRoot files, int port) throws Exception {
        return WrkReport.run("-t1", "-c8", "-d2s", "http://127.0.0.1:%d/".formatted(port))
                .requests();
    }

    private static double pgbench(HostRoot files, int port) throws Exception {
        List<String> command =
                files.command(
                        "usr/lib/postgresql/15/bin/pgbench",
                        "-h",
                        "127.0.0.1",
                        "-p",
                        Integer.toString(port),
                        "-U",
                        "postgres");
        List<String> prepare = new ArrayList<>(command);
        prepare.addAll(List.of("-i", "-q", "postgres"));
        HostRoot.run(prepare);
        command.addAll(List.of("-c", "8", "-T", "5", "postgres"));
        String report = HostRoot.run(command);
        Matcher rate = TRANSACTIONS.matcher(report);
        if (!rate.find()) {
            throw new IOException("pgbench printed no rate: " + report);
        }
        return Double.parseDouble(rate.group(1));
    }
}
