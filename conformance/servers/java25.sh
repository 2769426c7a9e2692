#!/bin/sh
# image: java25
# port: 8000
# get: /abc
# first: 3 so far, 499500 by virtual threads
# second: 6 so far, 499500 by virtual threads
# ends: 143
# OpenJDK 25 with ZGC, and virtual threads of which some have slept since before.
cat >/tmp/Count.java <<'JAVA'
import com.sun.net.httpserver.HttpServer;
import java.net.InetSocketAddress;
import java.util.concurrent.*;
import java.util.concurrent.atomic.*;

static final AtomicLong asked = new AtomicLong();

void main() throws Exception {
    var ticks = new Semaphore(0);
    Thread.ofVirtual().start(() -> {
        while (true) {
            try {
                Thread.sleep(500);
            } catch (InterruptedException never) {
                return;
            }
            ticks.release();
        }
    });
    var server = HttpServer.create(new InetSocketAddress(8000), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", exchange -> {
        ticks.acquireUninterruptibly();
        var sum = new LongAdder();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 1000; i++) {
                int number = i;
                threads.submit(() -> {
                    Thread.sleep(1);
                    sum.add(number);
                    return new byte[100_000];
                });
            }
        }
        byte[] answer = (asked.addAndGet(exchange.getRequestURI().getPath().length() - 1) + " so far, " + sum + " by virtual threads").getBytes();
        exchange.sendResponseHeaders(200, answer.length);
        exchange.getResponseBody().write(answer);
        exchange.close();
    });
    server.start();
}
JAVA
exec java -XX:+UseZGC /tmp/Count.java
