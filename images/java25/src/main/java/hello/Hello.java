package hello;

import java.util.concurrent.Executors;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/** A Jetty server with a virtual thread for each request, which takes its time to answer. */
public final class Hello {
    private static final long TAKES_MILLIS = 20;

    private Hello() {}

    static Server start(int port) throws Exception {
        QueuedThreadPool threads = new QueuedThreadPool(16);
        threads.setVirtualThreadsExecutor(Executors.newVirtualThreadPerTaskExecutor());
        Server server = new Server(threads);
        ServerConnector connector = new ServerConnector(server);
        connector.setPort(port);
        connector.setAcceptQueueSize(1024);
        server.addConnector(connector);
        server.setHandler(
                new Handler.Abstract() {
                    @Override
                    public boolean handle(Request request, Response response, Callback callback)
                            throws Exception {
                        Thread.sleep(TAKES_MILLIS);
                        response.getHeaders().put(HttpHeader.CONTENT_TYPE, "text/plain");
                        String kind = Thread.currentThread().isVirtual() ? "virtual" : "platform";
                        String path = Request.getPathInContext(request);
                        Content.Sink.write(response, true, path + " on a " + kind + " thread", callback);
                        return true;
                    }
                });
        server.start();
        return server;
    }

    public static void main(String[] arguments) throws Exception {
        start(8080).join();
    }
}
