package dev.littlecloud.control.model;

import dev.littlecloud.control.ControlException;

/**
 * How many instances there are of a service, and for how long. Changes without a new revision.
 *
 * @param min instances kept without requests
 * @param max instances at a time
 * @param softConcurrency requests at a time in an instance from which on another one starts
 * @param hardConcurrency requests at a time that an instance never has more of
 * @param isolation {@code instance}, or {@code request} for an instance of its own for each
 * @param idleMillis how long an instance without requests stays
 * @param stopTimeoutMillis what its program gets to end when it is asked to; 0 for one that is not asked
 * @param requestTimeoutMillis longest time for a response
 * @param scaleToZero {@code on}, {@code off} to keep the last instance, or {@code stateful} to
 *     freeze the only instance when it is idle, and to go on with it later
 */
public record Scaling(
        int min,
        int max,
        int softConcurrency,
        int hardConcurrency,
        String isolation,
        long idleMillis,
        long stopTimeoutMillis,
        long requestTimeoutMillis,
        String scaleToZero) {
    public static final Scaling DEFAULT =
            new Scaling(0, 10, 20, 100, "instance", 5_000, 10_000, 60_000, "on");

    private static final String STATEFUL = "stateful";
    private static final int MOST_INSTANCES = 1000;
    private static final long DAY_MILLIS = 86_400_000;
    private static final long HOUR_MILLIS = 3_600_000;

    static Scaling read(JsonFields fields) {
        int min = (int) fields.number("min", DEFAULT.min, 0, MOST_INSTANCES);
        String scaleToZero =
                fields.choice("scaleToZero", DEFAULT.scaleToZero, "on", "off", STATEFUL);
        boolean isStateful = scaleToZero.equals(STATEFUL);
        int usualMax = isStateful ? 1 : Math.max(DEFAULT.max, min);
        int max = (int) fields.number("max", usualMax, 1, MOST_INSTANCES);
        int hard = (int) fields.number("hardConcurrency", DEFAULT.hardConcurrency, 1, 1 << 20);
        int soft =
                (int)
                        fields.number(
                                "softConcurrency",
                                Math.min(DEFAULT.softConcurrency, hard),
                                1,
                                1 << 20);
        if (min > max) {
            throw ControlException.badRequest(
                    "'scaling.min' is " + min + " and 'scaling.max' only " + max);
        }
        if (soft > hard) {
            throw ControlException.badRequest(
                    "'scaling.softConcurrency' is above 'scaling.hardConcurrency'");
        }
        Scaling scaling =
                new Scaling(
                        min,
                        max,
                        soft,
                        hard,
                        fields.choice("isolation", DEFAULT.isolation, "instance", "request"),
                        fields.number("idleMillis", DEFAULT.idleMillis, 0, DAY_MILLIS),
                        fields.number(
                                "stopTimeoutMillis", DEFAULT.stopTimeoutMillis, 0, HOUR_MILLIS),
                        fields.number(
                                "requestTimeoutMillis",
                                DEFAULT.requestTimeoutMillis,
                                1,
                                DAY_MILLIS),
                        scaleToZero);
        if (isStateful && (max > 1 || scaling.isRequestEach())) {
            throw ControlException.badRequest(
                    "a stateful service has one instance, because its memory is in one place: set"
                            + " 'scaling.max' to 1 and 'scaling.isolation' to instance");
        }
        fields.requireNoOthers();
        return scaling;
    }

    /** Whether each request has an instance of its own. */
    public boolean isRequestEach() {
        return isolation.equals("request");
    }

    /** Whether its instance is frozen when it is idle, instead of ended. */
    public boolean isStateful() {
        return scaleToZero.equals(STATEFUL);
    }

    /** {@link #softConcurrency}, the isolation taken into account. */
    public int soft() {
        return isRequestEach() ? 1 : softConcurrency;
    }

    /** {@link #hardConcurrency}, the isolation taken into account. */
    public int hard() {
        return isRequestEach() ? 1 : hardConcurrency;
    }

    /** {@link #stopTimeoutMillis}; 0 for instances of one request, which have nothing to put in order. */
    public long stopMillis() {
        return isRequestEach() ? 0 : stopTimeoutMillis;
    }

    /** Instances kept without requests, {@code scaleToZero: off} taken into account. */
    public int kept() {
        return scaleToZero.equals("off") ? Math.max(min, 1) : min;
    }
}
