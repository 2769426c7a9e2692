package dev.littlecloud.cli.cloud;

import dev.littlecloud.cli.ExitCodes;
import java.time.Duration;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;

/** Waits until a revision serves. */
record RevisionWatch(CloudClient cloud, String service, int revision) {
    private static final long POLL_MILLIS = 100;

    /**
     * Gives the service once the revision serves.
     *
     * @param told hears of each step
     * @throws CloudException where it fails, is replaced, or takes longer than {@code limit}
     */
    JsonNode await(Duration limit, Consumer<String> told) throws InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        String path = CloudClient.service(service);
        String before = "";
        while (true) {
            JsonNode shown = cloud.get(path + "/revisions/" + revision);
            String state = shown.get("state").stringValue();
            if (!state.equals(before)) {
                told.accept("revision " + revision + ": " + state);
                before = state;
            }
            switch (state) {
                case "ready" -> {
                    return cloud.get(path);
                }
                case "failed" -> throw failure(shown.path("reason").stringValue(""));
                case "superseded" ->
                        throw new CloudException(
                                ExitCodes.FAILURE,
                                "a newer deployment of '" + service + "' came in between");
                default -> {}
            }
            if (System.nanoTime() > deadline) {
                throw new CloudException(
                        ExitCodes.TIMED_OUT,
                        "'%s' is not ready after %d s; see 'littlecloud show %s'"
                                .formatted(service, limit.toSeconds(), service));
            }
            Thread.sleep(POLL_MILLIS);
        }
    }

    private CloudException failure(String reason) {
        return new CloudException(
                ExitCodes.FAILURE,
                "revision %d of '%s' failed: %s".formatted(revision, service, reason));
    }
}
