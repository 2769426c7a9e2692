#!/bin/bash
# image: java25
# Maven builds and tests a Jetty server without a network; it serves from virtual
# threads; two collectors; the JVM sees the instance's limits.
java -version 2>&1 | grep -o '^openjdk version "25'
mvn -v | grep -o '^Apache Maven 3'
mvn -o -q -B package 2>/dev/null && ls target/*.jar
cat >Load.java <<'JAVA'
import java.net.URI;
import java.net.http.*;
import java.util.*;
import java.util.concurrent.*;
import java.util.concurrent.atomic.*;

void main() throws Exception {
    var client = HttpClient.newHttpClient();
    var page = HttpRequest.newBuilder(URI.create("http://127.0.0.1:8080/page")).build();
    for (boolean up = false; !up; ) {
        try {
            up = client.send(page, HttpResponse.BodyHandlers.ofString()).statusCode() == 200;
        } catch (java.io.IOException notYet) {
            Thread.sleep(50);
        }
    }
    var bodies = new ConcurrentHashMap<String, Integer>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
        for (int i = 0; i < 400; i++) {
            threads.submit(() -> bodies.merge(client.send(page, HttpResponse.BodyHandlers.ofString()).body(), 1, Integer::sum));
        }
    }
    IO.println(bodies);
}
JAVA
cat >Own.java <<'JAVA'
import java.util.concurrent.*;
import java.util.concurrent.atomic.*;

void main() throws Exception {
    var sum = new LongAdder();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
        for (int i = 0; i < 20_000; i++) {
            int number = i;
            threads.submit(() -> {
                Thread.sleep(1);
                sum.add(number);
                return number;
            });
        }
    }
    byte[][] garbage = new byte[64][];
    for (int i = 0; i < 4000; i++) garbage[i % 64] = new byte[100_000];
    var runtime = Runtime.getRuntime();
    IO.println(sum + ", " + runtime.availableProcessors() + " processors, a quarter of the memory: " + (runtime.maxMemory() <= 256L << 20 && runtime.maxMemory() > 200L << 20));
}
JAVA
javac Load.java Own.java
java -XX:+UseG1GC Own
java -XX:+UseZGC Own
java -XX:+UseZGC -cp 'target/hello-1.0.jar:target/lib/*' hello.Hello &
java -XX:+UseSerialGC Load
kill %% && wait %%
echo "server ended: $?"
