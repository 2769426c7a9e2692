package dev.littlecloud.web;

import java.io.IOException;

/** Answers requests. Called on a virtual thread for each of them. */
@FunctionalInterface
public interface Endpoint {
    /**
     * Answers one request.
     *
     * @throws IOException when the client is gone or its request breaks off
     */
    void handle(Exchange exchange) throws IOException;
}
