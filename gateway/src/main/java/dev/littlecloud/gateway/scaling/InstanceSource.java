package dev.littlecloud.gateway.scaling;

import dev.littlecloud.gateway.service.Backend;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Starts instances of one revision of a service. */
public interface InstanceSource {
    /** An instance that takes connections. */
    interface Running {
        /** Where to connect to; equal only for the same instance. */
        Backend backend();

        /** Done when the instance has ended, with why in a sentence. */
        CompletionStage<String> ended();

        /** Ends it. Connections that it has are closed. */
        void stop();
    }

    /** Starts one; done when it takes connections, or failed with why it does not. Never blocks. */
    CompletableFuture<Running> start();
}
