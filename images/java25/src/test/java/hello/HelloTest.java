package hello;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.eclipse.jetty.server.Server;
import org.junit.jupiter.api.Test;

class HelloTest {
    @Test
    void answersOnAVirtualThread() throws Exception {
        Server server = Hello.start(0);
        try (HttpClient client = HttpClient.newHttpClient()) {
            URI page = URI.create("http://127.0.0.1:" + server.getURI().getPort() + "/page");
            HttpResponse<String> answer =
                    client.send(
                            HttpRequest.newBuilder(page).build(),
                            HttpResponse.BodyHandlers.ofString());
            assertEquals("/page on a virtual thread", answer.body());
        } finally {
            server.stop();
        }
    }
}
