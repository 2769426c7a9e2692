package dev.littlecloud.cli.bench;

/** A benchmark cannot run here; the message says in one line why, and what to do. */
final class UnavailableException extends Exception {
    private static final long serialVersionUID = 1L;

    UnavailableException(String message) {
        super(message);
    }
}
