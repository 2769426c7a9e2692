#!/bin/sh
# image: java
# Compiles and runs a server with its clients, with three collectors; sees its own limits.
cat >Check.java <<'JAVA'
import com.sun.net.httpserver.HttpServer;
import java.net.*;
import java.net.http.*;
import java.util.concurrent.*;
import java.util.stream.*;

public class Check {
    public static void main(String[] args) throws Exception {
        HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(200, 5);
            exchange.getResponseBody().write("hello".getBytes());
            exchange.close();
        });
        ExecutorService pool = Executors.newFixedThreadPool(8);
        server.setExecutor(pool);
        server.start();
        HttpClient client = HttpClient.newHttpClient();
        URI uri = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
        int length = IntStream.range(0, 200).mapToObj(i -> client.sendAsync(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString()))
                .collect(Collectors.toList()).stream().mapToInt(page -> page.join().body().length()).sum();
        System.out.println("pages " + length);
        byte[][] garbage = new byte[64][];
        for (int i = 0; i < 4000; i++) garbage[i % 64] = new byte[100_000];
        System.out.println("heap at most a quarter: " + (Runtime.getRuntime().maxMemory() <= (256L << 20)));
        System.out.println("child " + new String(new ProcessBuilder("sh", "-c", "echo 42").start().getInputStream().readAllBytes()).trim());
        System.exit(0);
    }
}
JAVA
javac Check.java
java -XX:+UseG1GC Check
java -XX:+UseZGC Check
java -XX:+UseSerialGC Check
