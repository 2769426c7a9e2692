package dev.littlecloud.gateway.scaling;

/** Hears why instances come and go. Called without a lock, on any thread; must be quick. */
public interface ScalingListener {
    void starting(String why);

    void started(long nanos);

    void stopped(String why);

    /**
     * An instance did not start, or ended unasked.
     *
     * @param failures in a row
     * @param pauseNanos until the next try
     */
    void failed(String why, int failures, long pauseNanos);

    ScalingListener NONE =
            new ScalingListener() {
                @Override
                public void starting(String why) {
                    // Nobody listens.
                }

                @Override
                public void started(long nanos) {
                    // Nobody listens.
                }

                @Override
                public void stopped(String why) {
                    // Nobody listens.
                }

                @Override
                public void failed(String why, int failures, long pauseNanos) {
                    // Nobody listens.
                }
            };
}
