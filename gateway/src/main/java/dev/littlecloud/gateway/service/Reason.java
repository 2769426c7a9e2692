package dev.littlecloud.gateway.service;

/** Why a request got no answer of its service: a stable code, and the HTTP status it becomes. */
public enum Reason {
    BAD_REQUEST("bad-request", 400, "Bad Request"),
    UNKNOWN_HOST("unknown-host", 404, "Not Found"),
    REQUEST_TIMEOUT("request-timeout", 408, "Request Timeout"),
    BODY_TOO_LARGE("body-too-large", 413, "Content Too Large"),
    TARGET_TOO_LONG("target-too-long", 414, "URI Too Long"),
    MISDIRECTED("misdirected", 421, "Misdirected Request"),
    HEADERS_TOO_LARGE("headers-too-large", 431, "Request Header Fields Too Large"),
    NOT_IMPLEMENTED("not-implemented", 501, "Not Implemented"),
    NOT_LISTENING("not-listening", 502, "Bad Gateway"),
    CONNECTION_LOST("connection-lost", 502, "Bad Gateway"),
    BAD_RESPONSE("bad-response", 502, "Bad Gateway"),
    START_FAILED("start-failed", 502, "Bad Gateway"),
    CRASH_LOOP("crash-loop", 503, "Service Unavailable"),
    OVERLOADED("overloaded", 503, "Service Unavailable"),
    ENDING("ending", 503, "Service Unavailable"),
    START_TIMEOUT("start-timeout", 504, "Gateway Timeout"),
    CONNECT_TIMEOUT("connect-timeout", 504, "Gateway Timeout"),
    RESPONSE_TIMEOUT("response-timeout", 504, "Gateway Timeout"),
    VERSION_NOT_SUPPORTED("version-not-supported", 505, "HTTP Version Not Supported");

    private final String code;
    private final int status;
    private final String phrase;

    Reason(String code, int status, String phrase) {
        this.code = code;
        this.status = status;
        this.phrase = phrase;
    }

    /** Stable, for programs. */
    public String code() {
        return code;
    }

    public int status() {
        return status;
    }

    /** The status in words, as RFC 9110 has it. */
    public String phrase() {
        return phrase;
    }
}
