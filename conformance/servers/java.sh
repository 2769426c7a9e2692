#!/bin/sh
# image: java
# port: 8000
# get: /abc
# first: 3 so far, 400 MB of garbage
# second: 6 so far, 800 MB of garbage
# ends: 143
# OpenJDK 17 with G1, whose threads were there before.
cat >/tmp/Count.java <<'JAVA'
import com.sun.net.httpserver.HttpServer;
import java.net.InetSocketAddress;
import java.util.concurrent.*;

public class Count {
    static long asked, made;

    public static void main(String[] arguments) throws Exception {
        HttpServer server = HttpServer.create(new InetSocketAddress(8000), 0);
        server.setExecutor(Executors.newFixedThreadPool(4));
        Semaphore ticks = new Semaphore(0);
        Executors.newScheduledThreadPool(1).scheduleAtFixedRate(ticks::release, 500, 500, TimeUnit.MILLISECONDS);
        server.createContext("/", exchange -> {
            ticks.acquireUninterruptibly();
            byte[][] garbage = new byte[32][];
            for (int i = 0; i < 400; i++) garbage[i % 32] = new byte[1_000_000];
            made += 400;
            asked += exchange.getRequestURI().getPath().length() - 1;
            byte[] answer = (asked + " so far, " + made + " MB of garbage").getBytes();
            exchange.sendResponseHeaders(200, answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        server.start();
    }
}
JAVA
exec java -XX:+UseG1GC /tmp/Count.java
