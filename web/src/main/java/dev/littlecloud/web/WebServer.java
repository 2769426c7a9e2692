package dev.littlecloud.web;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.BindException;
import java.time.Duration;
import org.eclipse.jetty.io.QuietException;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.VirtualThreads;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/** An HTTP/1.1 server on one address. */
public final class WebServer implements AutoCloseable {
    private static final Logger LOG = System.getLogger(WebServer.class.getName());
    private static final int CARRIER_THREADS = 8;
    private static final int BACKLOG = 256;

    /** How long connections without a request are waited for when the server is closed. */
    private static final long IDLE_AT_CLOSE_MILLIS = 10;

    /** Starts and stops are ours to tell. Held here, or it would be forgotten with its level. */
    private static final java.util.logging.Logger JETTY =
            java.util.logging.Logger.getLogger("org.eclipse.jetty");

    static {
        JETTY.setLevel(java.util.logging.Level.WARNING);
    }

    private final Server server;
    private final ServerConnector connector;

    private WebServer(Server server, ServerConnector connector) {
        this.server = server;
        this.connector = connector;
    }

    /**
     * Where to listen and how long to wait.
     *
     * @param name of its threads
     * @param host address to listen on
     * @param port 0 for any that is free
     * @param idleTimeout how long a peer may stay silent in the middle of something
     * @param drainTimeout how long requests under way may take when the server is closed
     */
    public record Config(
            String name, String host, int port, Duration idleTimeout, Duration drainTimeout) {
        public static Config loopback(String name, int port) {
            return new Config(
                    name, "127.0.0.1", port, Duration.ofSeconds(60), Duration.ofSeconds(5));
        }
    }

    /**
     * Starts to serve.
     *
     * @throws IOException when the address cannot be listened on
     */
    public static WebServer start(Config config, Endpoint endpoint) throws IOException {
        QueuedThreadPool threads = new QueuedThreadPool(CARRIER_THREADS, 1);
        threads.setName(config.name());
        threads.setDaemon(true);
        threads.setVirtualThreadsExecutor(VirtualThreads.getDefaultVirtualThreadsExecutor());
        Server server = new Server(threads);
        HttpConfiguration http = new HttpConfiguration();
        http.setSendServerVersion(false);
        http.setSendDateHeader(true);
        ServerConnector connector =
                new ServerConnector(server, 1, 1, new HttpConnectionFactory(http));
        connector.setHost(config.host());
        connector.setPort(config.port());
        connector.setAcceptQueueSize(BACKLOG);
        connector.setIdleTimeout(config.idleTimeout().toMillis());
        connector.setShutdownIdleTimeout(IDLE_AT_CLOSE_MILLIS);
        server.addConnector(connector);
        server.setStopTimeout(config.drainTimeout().toMillis());
        server.setHandler(new GracefulHandler(new Adapter(endpoint)));
        WebServer started = new WebServer(server, connector);
        try {
            server.start();
        } catch (Exception failure) {
            started.close();
            throw refused(config, failure);
        }
        return started;
    }

    private static IOException refused(Config config, Exception failure) {
        String where = config.host() + ":" + config.port();
        Throwable cause = failure.getCause() instanceof BindException bind ? bind : failure;
        return new IOException("cannot listen on " + where + ": " + cause.getMessage(), failure);
    }

    /** The port it listens on. */
    public int port() {
        return connector.getLocalPort();
    }

    /** Takes no more requests, lets those under way end within the drain timeout, and stops. */
    @Override
    public void close() {
        try {
            server.stop();
        } catch (Exception failure) {
            LOG.log(Level.WARNING, "stopping the server", failure);
        }
    }

    /** Leads Jetty's calls to an endpoint. */
    private static final class Adapter extends Handler.Abstract {
        private final Endpoint endpoint;

        Adapter(Endpoint endpoint) {
            this.endpoint = endpoint;
        }

        @Override
        public boolean handle(Request request, Response response, Callback callback) {
            try {
                endpoint.handle(new Exchange(request, response));
                callback.succeeded();
            } catch (IOException | UncheckedIOException gone) {
                callback.failed(gone);
            } catch (RuntimeException defect) {
                if (!(defect instanceof QuietException)) {
                    LOG.log(
                            Level.ERROR,
                            request.getMethod() + " " + request.getHttpURI().getPath(),
                            defect);
                }
                Response.writeError(request, response, callback, 500, "internal error");
            }
            return true;
        }
    }
}
